package plugin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/wat"
)

// sample is 60 bytes, the size of a chat message.
var sample = strings.Repeat("0123456789", 6)

// assembleFile assembles a file below testdata.
func assembleFile(tb testing.TB, path string) []byte {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "testdata", path))
	if err != nil {
		tb.Fatal(err)
	}
	return assemble(tb, string(source))
}

func assemble(tb testing.TB, source string) []byte {
	tb.Helper()
	data, err := wat.Assemble(source)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func newModule(tb testing.TB, data []byte, opts Options) *Module {
	tb.Helper()
	m, err := Compile(tb.Context(), data, opts)
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

func BenchmarkCall(b *testing.B) {
	for _, limited := range []bool{true, false} {
		name := "limit=on"
		if !limited {
			name = "limit=off"
		}
		b.Run("guest=wat/"+name, func(b *testing.B) {
			benchmarkCall(b, assembleFile(b, "bots/call.wat"), Options{unlimited: !limited})
		})
	}
}

func benchmarkCall(b *testing.B, data []byte, opts Options) {
	m := newModule(b, data, opts)
	if err := m.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	event := &abi.Event{Kind: abi.EventMessage, Text: sample, Human: true}
	vars := map[string]string{"last": sample}
	limits := abi.Limits{}.Defaults()
	var d draft.Draft
	b.ReportAllocs()
	for b.Loop() {
		d.Begin(event, draft.Base{Vars: vars, VarBytes: 64}, limits)
		in, err := m.Checkout(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := in.Call(abi.OnMessage, event.Text, 0, &d); err != nil {
			b.Fatal(err)
		}
		in.Release()
	}
}
