package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// silent are handlers that take everything and do nothing.
type silent struct{ calls int }

func (s *silent) Call(abi.Export, string) (bool, error) { s.calls++; return true, nil }
func (s *silent) Check(string) (bool, error)            { return true, nil }
func (s *silent) Tell(string, ...any)                   {}

// known is a classifier that needs no time.
type known struct{ p abi.Prediction }

func (k *known) ClassifyAt(string, []string, time.Time) (abi.Prediction, bool) { return k.p, true }

// ring is a dialog of 30 states, each with five intents and a condition, and with a
// global state.
func ring(tb testing.TB) *abi.Definition {
	var b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&b, "s%d", i)
		if i == 29 {
			b.WriteString(" (global intent help)")
		}
		fmt.Fprintf(&b, ": when x == 1 -> s0; intent a -> s1; intent b -> s2; intent c -> s3;"+
			"intent d -> s4; intent next -> s%d\n", (i+1)%29)
	}
	return define(tb, b.String())
}

// BenchmarkRun is what a turn costs around its handlers: of a bot without states,
// and of one of 30 states, with an event that moves and with one that does not.
// Begin is part of all three.
func BenchmarkRun(b *testing.B) {
	limits := abi.Limits{}.Defaults()
	next := &known{abi.Prediction{Intent: "next", Score: 1}}
	other := &known{abi.Prediction{Intent: "other", Score: 1}}
	plain := dialog.New(&abi.Definition{}, nil)
	states, stay := dialog.New(ring(b), next), dialog.New(ring(b), other)
	for _, row := range []struct {
		name   string
		dialog *dialog.Dialog
		state  string
		calls  int
	}{
		{"bot=plain", plain, "", 1},
		{"bot=states/event=moves", states, "s7", 1},
		{"bot=states/event=stays", stay, "s7", 1},
	} {
		b.Run(row.name, func(b *testing.B) {
			var t draft.Draft
			var h silent
			ev := abi.Event{Kind: abi.EventMessage, Text: "next please", Human: true}
			base := draft.Base{State: row.state, Target: row.dialog.Target(),
				Vars: map[string]string{"x": "2", "y": "3"}}
			b.ReportAllocs()
			for b.Loop() {
				t.Begin(&ev, base, &limits)
				if err := row.dialog.Run(&t, &h); err != nil {
					b.Fatal(err)
				}
			}
			if h.calls != b.N*row.calls {
				b.Errorf("%d calls in %d turns", h.calls, b.N)
			}
		})
	}
}

// large is about the largest definition: many states, and global ones with patterns,
// which all of them have.
func large(tb testing.TB) *abi.Definition {
	var text strings.Builder
	for i := range 4096 {
		fmt.Fprintf(&text, "s%d", i)
		if i < 32 {
			text.WriteString(" (global intent help when x matches \"a{150}\")")
		}
		text.WriteString(":\n")
	}
	return define(tb, text.String())
}

// BenchmarkNew is the dialog of a large definition.
func BenchmarkNew(b *testing.B) {
	def := large(b)
	b.ReportAllocs()
	for b.Loop() {
		dialog.New(def, nil)
	}
}

// TestNew_Globals holds that states share the global transitions, patterns and all.
func TestNew_Globals(t *testing.T) {
	def := large(t)
	if n := testing.AllocsPerRun(1, func() { dialog.New(def, nil) }); n > 100_000 {
		t.Errorf("New() of 4096 states allocates %.0f times", n)
	}
}
