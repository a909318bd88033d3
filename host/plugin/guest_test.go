package plugin

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// A real Go guest: what the words of its panics and its stacks look like.

func TestGoGuest(t *testing.T) {
	m := newModule(t, goGuest(t), Options{})
	definition, err := m.Describe(t.Context())
	if err != nil || definition.Name != "guest" {
		t.Fatalf("Describe() = %+v, %v, want the name guest", definition, err)
	}
	turn := play(t, m, abi.OnMessage, "hello", draft.Base{})
	if turn.err != nil || !slices.Equal(turn.replies(), []string{"hello"}) {
		t.Errorf("hello = %v, replies %q, want hello", turn.err, turn.replies())
	}
	if turn := play(t, m, abi.OnEvent, "{}", draft.Base{}); turn.result != abi.NotHandled {
		t.Errorf("on_event without a handler = %v, %v, want not handled", turn.result, turn.err)
	}
}

func TestGoGuest_panic(t *testing.T) {
	m := newModule(t, goGuest(t), Options{})
	e := callError(t, play(t, m, abi.OnMessage, "panic", draft.Base{}).err)
	for _, want := range []string{"index out of range", `guest/main\.go:\d+`, "goroutine"} {
		if !regexp.MustCompile(want).MatchString(e.Stderr) {
			t.Errorf("Stderr = %s\nwant %s in it", e.Stderr, want)
		}
	}
	if !strings.Contains(e.Stack, "main.explode(") {
		t.Errorf("Stack = %s\nwant main.explode in it", e.Stack)
	}
	turn := play(t, m, abi.OnMessage, "hello", draft.Base{})
	if turn.err != nil {
		t.Errorf("the next call: %v", turn.err)
	}
}

func TestGoGuest_loop(t *testing.T) {
	limits := abi.Limits{TurnTime: 50 * time.Millisecond}
	m := newModule(t, goGuest(t), Options{Limits: limits})
	err := play(t, m, abi.OnMessage, "loop", draft.Base{}).err
	if callError(t, err); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("loop = %v, want context.DeadlineExceeded", err)
	}
}
