package meter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A specCommand is one line of a script of the specification tests.
type specCommand struct {
	Type, Name, Filename, As string
	Line                     int
	Action                   struct {
		Type, Field, Module string
		Args                []specValue
	}
}

type specValue struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type"`
	Value    json.RawMessage `json:"value"`
}

// A scriptRun runs one script and writes down what each command answered.
type scriptRun struct {
	tb      testing.TB
	rt      wazero.Runtime
	dir     string
	options *meter.Options // nil: unmetered
	modules map[string]api.Module
	last    api.Module
	log     []string
	refused bool
}

// runScript returns the answers of a script, nil if a module was refused.
func runScript(
	tb testing.TB, file string, features api.CoreFeatures, o *meter.Options, refuels *int,
) []string {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features))
	defer func() { _ = rt.Close(ctx) }()
	run := &scriptRun{
		tb: tb, rt: rt, dir: filepath.Dir(file), options: o, modules: map[string]api.Module{},
	}
	spectest := readFile(tb, filepath.Join(run.dir, "../../testdata/spectest.wasm"))
	config := wazero.NewModuleConfig().WithName("spectest")
	if _, err := rt.InstantiateWithConfig(ctx, spectest, config); err != nil {
		tb.Fatal(err)
	}
	if o != nil {
		addRefuel(tb, rt, 20, refuels)
	}
	var script struct{ Commands []specCommand }
	if err := json.Unmarshal(readFile(tb, file), &script); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	for i, c := range script.Commands {
		run.command(c, script.Commands[i+1:], i)
	}
	if run.refused {
		return nil
	}
	return run.log
}

func (s *scriptRun) say(c specCommand, format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf("line %d: ", c.Line)+fmt.Sprintf(format, args...))
}

func (s *scriptRun) command(c specCommand, next []specCommand, i int) {
	switch c.Type {
	case "module", "assert_uninstantiable", "assert_unlinkable":
		s.module(c, moduleName(c, next, i))
	case "assert_return", "assert_trap", "assert_exhaustion", "action", "assert_exception":
		m := s.last
		if c.Action.Module != "" {
			m = s.modules[c.Action.Module]
		}
		switch {
		case m == nil:
			s.say(c, "no module")
		case c.Action.Type == "get":
			s.say(c, "get %x", m.ExportedGlobal(c.Action.Field).Get())
		default:
			s.call(c, m)
		}
	}
}

// moduleName is the name that a later command registers the module under.
func moduleName(c specCommand, next []specCommand, i int) string {
	for _, d := range next {
		if d.Type == "register" && d.Name == c.Name {
			return d.As
		}
		if d.Type == "module" && c.Name == "" {
			break
		}
	}
	return fmt.Sprint("module", i)
}

func (s *scriptRun) module(c specCommand, name string) {
	if strings.HasSuffix(c.Filename, ".wat") {
		return
	}
	module := readFile(s.tb, filepath.Join(s.dir, c.Filename))
	if s.options != nil {
		out, err := meter.Rewrite(module, *s.options)
		if err != nil && c.Type == "module" {
			s.refused = true
			s.say(c, "Rewrite: %v", err)
			return
		} else if err == nil {
			module = out
		}
	}
	config := wazero.NewModuleConfig().WithName(name).WithStartFunctions()
	m, err := s.rt.InstantiateWithConfig(context.Background(), module, config)
	s.say(c, "%s %s", c.Type, firstLine(err))
	if c.Type != "module" {
		return
	}
	s.last = m
	if c.Name != "" {
		s.modules[c.Name] = m
	}
}

func (s *scriptRun) call(c specCommand, m api.Module) {
	fn := m.ExportedFunction(c.Action.Field)
	if fn == nil {
		s.say(c, "no function")
		return
	}
	var args []uint64
	for _, a := range c.Action.Args {
		args = append(args, a.encode(s.tb)...)
	}
	results, err := fn.Call(context.Background(), args...)
	s.say(c, "%s %x %s", c.Action.Field, hideAddresses(fn, results), firstLine(err))
}

// hideAddresses makes one of every function reference: it is an address.
func hideAddresses(fn api.Function, results []uint64) []uint64 {
	k := 0
	for _, typ := range fn.Definition().ResultTypes() {
		if typ == 0x70 && k < len(results) && results[k] != 0 {
			results[k] = 1
		}
		if typ == 0x7b {
			k++
		}
		k++
	}
	return results
}

// An index of a function in an error is that of the module that runs.
var indexInError = regexp.MustCompile(`function\[\d+\]`)

func firstLine(err error) string {
	if err == nil {
		return "ok"
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return indexInError.ReplaceAllString(line, "function[]")
}

// encode returns the value as wazero passes it.
func (v specValue) encode(tb testing.TB) []uint64 {
	tb.Helper()
	if v.Type == "v128" {
		return v.encodeVector(tb)
	}
	var text string
	if err := json.Unmarshal(v.Value, &text); err != nil {
		tb.Fatal(err)
	}
	n := parseValue(text)
	switch {
	case v.Type == "i32", v.Type == "f32":
		n = uint64(uint32(n))
	case v.Type == "externref" && text != "null":
		n++
	}
	return []uint64{n}
}

func (v specValue) encodeVector(tb testing.TB) []uint64 {
	tb.Helper()
	var lanes []string
	if err := json.Unmarshal(v.Value, &lanes); err != nil {
		tb.Fatal(err)
	}
	bits, err := strconv.Atoi(v.LaneType[1:])
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]uint64, 2)
	for i, lane := range lanes {
		n := parseValue(lane)
		if bits < 64 {
			n &= 1<<bits - 1
		}
		out[i*bits/64] |= n << (i * bits % 64)
	}
	return out
}

// parseValue reads a number of either sign; null and the NaN patterns are 0.
func parseValue(s string) uint64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return uint64(n)
	}
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}
