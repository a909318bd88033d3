package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/bothost/bothost/host/intent"
)

func main() {
	runtime.GOMAXPROCS(1)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	flags.SetOutput(stderr)
	train := flags.String("train", "", "file to learn from")
	test := flags.String("test", "", "file with the queries to ask; none: cross-validation")
	examples := flags.Int("examples", 0, "learn from so many examples of each intent only; 0: all")
	folds := flags.Int("folds", 5, "parts of a cross-validation")
	threshold := flags.Float64("threshold", intent.DefaultThreshold,
		"score that an intent has at least")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *train == "" || flags.NArg() > 0 || *folds < 2 {
		fmt.Fprintln(stderr, "eval: needs -train FILE, and at least 2 folds")
		return 2
	}
	m := measure{threshold: *threshold, examples: *examples}
	if err := m.files(*train, *test, *folds); err != nil {
		fmt.Fprintf(stderr, "eval: %v\n", err)
		return 1
	}
	m.report(stdout)
	return 0
}
