package plugin

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// A real Go guest: its calls, and what the words of its panics and its stacks look
// like.
func TestGoGuest(t *testing.T) {
	m := newModule(t, goGuest(t), Options{Limits: abi.Limits{TurnTime: time.Second}})
	t.Run("describe", func(t *testing.T) {
		definition, err := m.Describe(t.Context())
		if err != nil || definition.Name != "guest" {
			t.Errorf("Describe() = %+v, %v, want the name guest", definition, err)
		}
	})
	t.Run("no handler", func(t *testing.T) {
		if turn := play(t, m, abi.OnEvent, "{}", draft.Base{}); turn.result != abi.NotHandled {
			t.Errorf("on_event = %v, %v, want not handled", turn.result, turn.err)
		}
	})
	t.Run("later", func(t *testing.T) {
		turn := play(t, m, abi.OnMessage, "later", draft.Base{Timers: []string{"egg"}})
		timers := []abi.TimerWrite{
			{Name: "tea", Delay: abi.MaxDelay, Data: "3 minutes"}, {Name: "egg", Cancel: true},
		}
		requests := []abi.Request{{
			Name: "weather", Method: "GET", URL: "http://h", Headers: map[string]string{"x-a": "b"},
			TimeoutMillis: abi.DefaultTimeout,
		}}
		if got := turn.draft.Timers(); turn.err != nil || !slices.Equal(got, timers) {
			t.Errorf("later = %v, timers %+v, want %+v", turn.err, got, timers)
		}
		if got := turn.draft.Requests(); !reflect.DeepEqual(got, requests) {
			t.Errorf("later: requests %+v, want %+v", got, requests)
		}
	})
	t.Run("panic", func(t *testing.T) {
		e := callError(t, play(t, m, abi.OnMessage, "panic", draft.Base{}).err)
		for _, want := range []string{"index out of range", `guest/main\.go:\d+`, "goroutine"} {
			if !regexp.MustCompile(want).MatchString(e.Stderr) {
				t.Errorf("Stderr = %s\nwant %s in it", e.Stderr, want)
			}
		}
		if !strings.Contains(e.Stack, "main.explode(") {
			t.Errorf("Stack = %s\nwant main.explode in it", e.Stack)
		}
		playGo(t, m)
	})
	t.Run("loop", func(t *testing.T) {
		err := play(t, m, abi.OnMessage, "loop", draft.Base{}).err
		if callError(t, err); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("loop = %v, want context.DeadlineExceeded", err)
		}
		playGo(t, m)
	})
}

// playGo sees that the module works.
func playGo(t *testing.T, m *Module) {
	t.Helper()
	turn := play(t, m, abi.OnMessage, "hello", draft.Base{})
	if turn.err != nil || !slices.Equal(turn.replies(), []string{"hello"}) {
		t.Errorf("hello = %v, replies %q, want hello", turn.err, turn.replies())
	}
}
