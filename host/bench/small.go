package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// packages hold the benchmarks of the parts.
var packages = []string{"./host/plugin", "./host", "./host/turn"}

// count is how often each benchmark runs; the median is printed.
const count = 5

// result is the median of one benchmark.
type result struct {
	name              string
	ns, bytes, allocs float64
}

// small runs the benchmarks of the parts and prints their medians, each with its
// ratio to the first one of the same group.
func small(ctx context.Context, w io.Writer) error {
	args := append([]string{"test", "-run", "^$", "-bench", ".", "-benchmem",
		"-count", strconv.Itoa(count)}, packages...)
	cmd := exec.CommandContext(ctx, "go", args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test: %w\n%s", err, out)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "benchmark\tµs/op\tB/op\tallocs/op\tratio\t")
	var group string
	var first float64
	for _, r := range parse(out) {
		if g, _, _ := strings.Cut(r.name, "/"); g != group {
			group, first = g, r.ns
		}
		fmt.Fprintf(tw, "%s\t%.2f\t%.0f\t%.0f\t%.2f\t\n",
			r.name, r.ns/1000, r.bytes, r.allocs, r.ns/first)
	}
	return tw.Flush()
}

// parse reads the output of go test -bench and takes the median of each
// benchmark's runs, in the order in which they stand there.
func parse(out []byte) []result {
	var order []string
	runs := make(map[string][3][]float64)
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		fields := strings.Fields(sc.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
		r, seen := runs[name]
		if !seen {
			order = append(order, name)
		}
		for i := 2; i+1 < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			column := slices.Index([]string{"ns/op", "B/op", "allocs/op"}, fields[i+1])
			if err == nil && column >= 0 {
				r[column] = append(r[column], v)
			}
		}
		runs[name] = r
	}
	var all []result
	for _, name := range order {
		r := runs[name]
		all = append(all, result{name, median(r[0]), median(r[1]), median(r[2])})
	}
	return all
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
