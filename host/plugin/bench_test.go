package plugin

import (
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin/extism/guests"
)

// benchGuests are the modules of the benchmarks. All read the input and a session
// variable, set the variable and reply; the last one by way of Extism.
var benchGuests = []struct {
	name string
	load func(tb testing.TB) []byte
}{
	{"wat", func(tb testing.TB) []byte { return assembleFile(tb, "bots/call.wat") }},
	{"go", goGuest},
	{"extism", func(tb testing.TB) []byte { return guests.CBot.Must(tb) }},
}

// benchCaller makes the turns of a benchmark.
type benchCaller struct {
	m     *Module
	event *abi.Event
	base  draft.Base
	draft draft.Draft
}

func newBenchCaller(m *Module) *benchCaller {
	vars := map[string]string{"last": sample}
	return &benchCaller{m: m, event: message(sample), base: draft.Base{Vars: vars, VarBytes: 64}}
}

func (c *benchCaller) turn(b *testing.B) {
	c.draft.Begin(c.event, c.base, &c.m.opts.Limits)
	in, err := c.m.Checkout(b.Context())
	if err != nil {
		b.Error(err)
		return
	}
	defer in.Release()
	if _, err := in.Call(abi.OnMessage, c.event.Text, 0, &c.draft); err != nil {
		b.Error(err)
	}
}

// BenchmarkCall is one turn. With the limit on, that is as it is served, the WAT
// guest takes at most 0.6 µs and the Go guest at most 0.8.
func BenchmarkCall(b *testing.B) {
	for _, guest := range benchGuests {
		for _, limited := range []bool{true, false} {
			name := "guest=" + guest.name + "/limit=on"
			if !limited {
				name = "guest=" + guest.name + "/limit=off"
			}
			b.Run(name, func(b *testing.B) {
				m := newModule(b, guest.load(b), Options{unmetered: !limited})
				c := newBenchCaller(m)
				c.turn(b)
				b.ReportAllocs()
				for b.Loop() {
					c.turn(b)
				}
			})
		}
	}
}

// BenchmarkCallParallel is BenchmarkCall with the limit on, from all processors.
func BenchmarkCallParallel(b *testing.B) {
	for _, guest := range benchGuests {
		b.Run("guest="+guest.name, func(b *testing.B) {
			m := newModule(b, guest.load(b), Options{})
			newBenchCaller(m).turn(b)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				c := newBenchCaller(m)
				for pb.Next() {
					c.turn(b)
				}
			})
		})
	}
}

// BenchmarkInstanceStart is the start of an instance in memory that was used
// before.
func BenchmarkInstanceStart(b *testing.B) {
	for _, guest := range benchGuests {
		b.Run("guest="+guest.name, func(b *testing.B) {
			m := newModule(b, guest.load(b), Options{})
			b.ReportAllocs()
			for b.Loop() {
				in := m.prepare()
				if err := in.start(); err != nil {
					b.Fatal(err)
				}
				in.close()
			}
		})
	}
}

// BenchmarkCompile is the way from a file to a module, and its end.
func BenchmarkCompile(b *testing.B) {
	for _, guest := range benchGuests {
		for _, cached := range []bool{false, true} {
			name := "guest=" + guest.name + "/cache=off"
			if cached {
				name = "guest=" + guest.name + "/cache=on"
			}
			b.Run(name, func(b *testing.B) {
				var opts Options
				if cached {
					cache, err := OpenCache(b.TempDir(), 0, nil)
					if err != nil {
						b.Fatal(err)
					}
					opts.Cache = cache
				}
				data := guest.load(b)
				benchmarkCompile(b, data, opts)
				b.ReportAllocs()
				for b.Loop() {
					benchmarkCompile(b, data, opts)
				}
			})
		}
	}
}

func benchmarkCompile(b *testing.B, data []byte, opts Options) {
	m, err := Compile(b.Context(), data, opts)
	if err != nil {
		b.Fatal(err)
	}
	if err := m.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCheck is the reading of a module alone.
func BenchmarkCheck(b *testing.B) {
	for _, guest := range benchGuests {
		b.Run("guest="+guest.name, func(b *testing.B) {
			data := guest.load(b)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Check(data, abi.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
