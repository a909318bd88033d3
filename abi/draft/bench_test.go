package draft_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// BenchmarkTurn is what a small turn asks of a draft: a variable read and set, and
// a reply, of 64 bytes each.
func BenchmarkTurn(b *testing.B) {
	text := []byte(strings.Repeat("x", 60))
	key := []byte("last")
	limits := abi.Limits{}.Defaults()
	ev := &abi.Event{Kind: abi.EventMessage, Text: string(text), Human: true}
	base := draft.Base{Vars: map[string]string{"last": string(text)}, VarBytes: 64}
	var d draft.Draft
	steps := []struct {
		name string
		do   func() error
	}{
		{"begin", func() error { d.Begin(ev, base, &limits); return nil }},
		{"get", func() error { _, _, err := d.Get(key); return err }},
		{"set", func() error { return d.Set(key, text) }},
		{"reply", func() error { return d.Reply([]byte(abi.KindText), text) }},
	}
	for n := range steps {
		b.Run("to="+steps[n].name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, step := range steps[:n+1] {
					if err := step.do(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
