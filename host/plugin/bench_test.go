package plugin

import (
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

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
