package plugin_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/wat/wattest"
)

// Where the guest of a vector keeps what vectors do not show: results as i64,
// and the dump.
const (
	resultsAt = vectorBytes
	dumpBytes = 2 * vectorBytes
	dumpAt    = 1 << 15
	maxSteps  = (dumpBytes - resultsAt) / 8
)

// dumper writes the first bytes of memory to the log, in hexadecimal: a test
// cannot look into a guest, and the log may be written to at any time. It does
// so before and after each step.
var dumper = fmt.Sprintf(`
  (func $digit (param $n i32) (result i32)
    (i32.add (local.get $n)
      (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $n) (i32.const 10)))))
  (func $dump (local $i i32) (local $to i32)
    (local.set $to (i32.const %[2]d))
    (loop $next
      (i32.store8 (local.get $to)
        (call $digit (i32.shr_u (i32.load8_u (local.get $i)) (i32.const 4))))
      (i32.store8 offset=1 (local.get $to)
        (call $digit (i32.and (i32.load8_u (local.get $i)) (i32.const 15))))
      (local.set $to (i32.add (local.get $to) (i32.const 2)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const %[1]d))))
    (call $log (i32.const 0) (i32.const %[2]d) (i32.const %[3]d)))
`, dumpBytes, dumpAt, 2*dumpBytes)

// importLine is the import of a function as the specification has it.
func importLine(f abi.Function, signature string) string {
	return fmt.Sprintf("(import %q %q (func $%s %s))", abi.ModuleCore, f.String(), f,
		strings.TrimSuffix(strings.TrimPrefix(signature, "(func"), ")"))
}

// guest writes the module that takes the vector's steps.
func (v *vector) guest() string {
	var b strings.Builder
	b.WriteString("(module\n")
	for f := range abi.FunctionCount {
		b.WriteString(importLine(f, f.Info().Signature()) + "\n")
	}
	fmt.Fprintf(&b, "(memory (export %q) 1)\n%s", abi.MemoryExport, dumper)
	fmt.Fprintf(&b, "(data (i32.const 0) %s)\n", watBytes(v.before))
	if v.asset != nil {
		fmt.Fprintf(&b, "(@custom %q %s)\n", abi.AssetSection, watBytes([]byte(*v.asset)))
	}
	if v.export != abi.OnStart {
		fmt.Fprintf(&b, "(func (export %q))\n", abi.OnStart)
	}
	fmt.Fprintf(&b, "(func (export %q) (result i32)\n(call $dump)\n", v.export)
	for i, s := range v.steps {
		b.WriteString(s.instructions(resultsAt+8*i) + "(call $dump)\n")
	}
	fmt.Fprintf(&b, "(i32.const %d)))", v.observed.result)
	return b.String()
}

func watBytes(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		fmt.Fprintf(&b, `\%02x`, c)
	}
	return `"` + b.String() + `"`
}

// instructions are a step in the text format; a result goes to an address.
func (s *step) instructions(address int) string {
	var b strings.Builder
	for i, c := range []byte(s.data) {
		fmt.Fprintf(&b, "(i32.store8 (i32.const %d) (i32.const %d))\n", s.at+int64(i), c)
	}
	if !s.call {
		return b.String()
	}
	fmt.Fprintf(&b, "(call $%s", s.f)
	for i, p := range s.f.Info().Params {
		fmt.Fprintf(&b, " (%s.const %d)", p.Type, s.args[i])
	}
	b.WriteString(")")
	call := b.String()
	switch results := s.f.Info().Results; {
	case len(results) == 0:
		return call + "\n"
	case results[0] == abi.I32:
		call = "(i64.extend_i32_s " + call + ")"
	}
	return fmt.Sprintf("(i64.store (i32.const %d) %s)\n", address, call)
}

var assemble = wattest.Assemble

// newModule compiles a module, which is closed with the test.
func newModule(tb testing.TB, data []byte, opts plugin.Options) *plugin.Module {
	tb.Helper()
	m, err := plugin.Compile(tb.Context(), data, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := m.Close(tb.Context()); err != nil {
			tb.Error(err)
		}
	})
	return m
}

// logLine is a line of the bot's log.
type logLine struct{ Level, Source, Line string }

// readLog returns the lines of the bot in a log of JSON.
func readLog(t *testing.T, log []byte) []logLine {
	t.Helper()
	var lines []logLine
	for d := json.NewDecoder(bytes.NewReader(log)); d.More(); {
		var l logLine
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.Source == "log" {
			lines = append(lines, l)
		}
	}
	return lines
}

// play takes the vector's steps on a real instance and replaces what should
// come of them by what did.
func (v *vector) play(t *testing.T) {
	t.Helper()
	if len(v.steps) > maxSteps {
		t.Fatalf("%d steps, want at most %d", len(v.steps), maxSteps)
	}
	var log bytes.Buffer
	limits := abi.Limits{LogBytes: 1 << 20}.Defaults()
	for _, l := range v.limits {
		if err := limits.SetLimit(l[0], l[1]); err != nil {
			t.Fatal(err)
		}
	}
	m := newModule(t, assemble(t, v.guest()), plugin.Options{
		Limits: limits, Config: toMap(v.config),
		Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:    func() time.Time { return time.UnixMilli(v.event.Time) },
	})
	var d draft.Draft
	d.Begin(&v.event, v.base(), &limits)
	o := observed{results: make([]int64, len(v.steps)), result: v.observed.result}
	err := v.call(t, m, &d, &o)
	done := o.readLog(t, log.Bytes()) - 1
	v.checkEnd(t, &o, err, done)
	if !o.ended {
		o.effects = append(o.effects, effects(&d)...)
	}
	v.observed = o
}

func (v *vector) base() draft.Base {
	for i := range v.event.Files {
		v.event.Files[i].Ref = strconv.Itoa(i)
	}
	base := draft.Base{State: v.state, Vars: toMap(v.vars), Timers: v.timers, ReadFile: v.readFile}
	for _, p := range v.vars {
		base.VarBytes += int64(len(p[0]) + len(p[1]))
	}
	return base
}

func (v *vector) readFile(ref string, dst []byte, offset int64) (int, error) {
	i, err := strconv.Atoi(ref)
	if err != nil || i >= len(v.files) {
		return 0, fmt.Errorf("the vector has no content of file %s", ref)
	}
	return strings.NewReader(v.files[i]).ReadAt(dst, offset)
}

func toMap(pairs [][2]string) map[string]string {
	m := make(map[string]string, len(pairs))
	for _, p := range pairs {
		m[p[0]] = p[1]
	}
	return m
}

// call runs the vector's export. Start functions run with the instance.
func (v *vector) call(t *testing.T, m *plugin.Module, d *draft.Draft, o *observed) error {
	t.Helper()
	if err := m.Start(t.Context()); err != nil || v.export == abi.Initialize {
		return err
	}
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	var host abi.Host = d
	if !abi.FuncInput.Info().During.In(v.export) {
		host = nil
	}
	input := ""
	switch v.export {
	case abi.OnMessage, abi.OnFallback:
		input = v.event.Text
	case abi.OnVoice, abi.OnFile:
		input = v.event.EntryBody()
	case abi.OnEvent:
		input = string(v.event.AppendJSON(nil))
	}
	result, err := in.Call(v.export, input, v.event.Time, host)
	if err != nil {
		return err
	}
	o.result = int32(result)
	if said := in.Said(); said != "" {
		o.effects = append(o.effects, "said "+quote(said))
	}
	if output := in.Output(); len(output) > 0 {
		o.effects = append(o.effects, "output "+quote(string(output)))
	}
	return nil
}

// readLog reads lines and dumps of the log, and returns the number of dumps.
func (o *observed) readLog(t *testing.T, log []byte) (dumps int) {
	t.Helper()
	for _, l := range readLog(t, log) {
		if len(l.Line) != 2*dumpBytes {
			o.effects = append(o.effects, "log "+strings.ToLower(l.Level)+" "+quote(l.Line))
			continue
		}
		memory, err := hex.DecodeString(l.Line)
		if err != nil {
			t.Fatal(err)
		}
		dumps++
		o.after = memory[:vectorBytes]
		for i := range o.results {
			o.results[i] = int64(binary.LittleEndian.Uint64(memory[resultsAt+8*i:]))
		}
	}
	return dumps
}

// checkEnd notes whether the turn was ended, and checks that it was in the last
// step.
func (v *vector) checkEnd(t *testing.T, o *observed, err error, done int) {
	t.Helper()
	if err == nil {
		return
	}
	bad, ok := errors.AsType[*abi.ArgumentError](err)
	if !ok || done != len(v.steps)-1 || bad.Function != v.steps[done].f {
		t.Fatalf("after %d of %d steps: %v, want no error, or one of the last step",
			done, len(v.steps), err)
	}
	o.ended, o.argument = true, bad.Argument
}

// effects are the lines of what the turn would commit.
func effects(d *draft.Draft) []string {
	var lines []string
	for _, w := range d.Writes() {
		if w.Deleted {
			lines = append(lines, "delete "+quote(w.Key))
			continue
		}
		lines = append(lines, "set "+quote(w.Key)+" "+quote(w.Value))
	}
	if target, ok := d.Moved(); ok {
		lines = append(lines, "move "+quote(target))
	}
	for _, w := range d.Timers() {
		if w.Cancel {
			lines = append(lines, "cancel "+quote(w.Name))
			continue
		}
		lines = append(lines, fmt.Sprintf("timer %s %d %s", quote(w.Name), w.Delay, quote(w.Data)))
	}
	for _, r := range d.Requests() {
		lines = append(lines, "request "+quote(r.Name)+" "+string(r.AppendJSON(nil)))
	}
	for i, e := range d.Entries() {
		lines = append(lines, "entry "+string(e.AppendJSON([]byte("{")))+"}")
		for _, f := range d.Files() {
			if f.Entry == i {
				lines = append(lines, "content "+quote(string(f.Data)))
			}
		}
	}
	return lines
}
