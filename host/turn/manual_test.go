package turn_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/turn"
)

// advance moves the clock from job to job, as the owner of a manual runner does.
func advance(tb testing.TB, r *turn.Runner, c *clock, d time.Duration) (sessions []string) {
	tb.Helper()
	end := c.ms.Load() + d.Milliseconds()
	for {
		at, ok := r.NextDue()
		if !ok || at > end {
			break
		}
		c.ms.Store(max(at, c.ms.Load()))
		key, ran, err := r.RunDue(tb.Context())
		if err != nil || !ran {
			tb.Fatalf("RunDue() at %d = %v, %v, want a turn", at, ran, err)
		}
		sessions = append(sessions, key.ID)
	}
	c.ms.Store(end)
	return sessions
}

// TestManual: jobs happen when the owner says so, in order of their time.
func TestManual(t *testing.T) {
	for _, test := range []struct {
		name, text string
		wait       time.Duration
		want       []string // what is said, and when
	}{
		{"nothing waits", "", time.Hour, nil},
		{"not yet", "a=1s", 999 * time.Millisecond, nil},
		{"at its time", "a=1s", time.Second, []string{"1000 timer a set for 1s"}},
		{"in order", "b=3s a=1s c=2s", time.Minute,
			[]string{"1000 timer a set for 1s", "2000 timer c set for 2s", "3000 timer b set for 3s"}},
		{"never late", "a=5s b=8760h", 8760 * time.Hour,
			[]string{"5000 timer a set for 5s", "31536000000 timer b set for 8760h"}},
		{"cancelled", "a=1s cancel=a", time.Minute, nil},
		{"a request at once", "a=1s http=http://h", 0, []string{`0 http ask {"status":200}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := new(clock)
			r := newRunner(t, planner(), turn.Options{
				Manual: true, Now: c.Now, Outbound: func(_ context.Context, _, request, _ string) string {
					if !strings.Contains(request, "http://h") {
						t.Errorf("request = %s", request)
					}
					return `{"status":200}`
				},
			})
			h := newSession(t, r, "s")
			accept(t, h, message("", test.text))
			begun := len(log(t, h))
			advance(t, r, c, test.wait)
			page, err := h.Read(t.Context(), uint64(begun), 100, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range page.Entries {
				got = append(got, fmt.Sprint(e.Time, " ", e.Body))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("after %v = %q, want %q", test.wait, got, test.want)
			}
			if _, ran, err := r.RunDue(t.Context()); ran || err != nil {
				t.Errorf("RunDue() once more = %v, %v, want nothing", ran, err)
			}
		})
	}
}

// TestManual_Sessions: one clock for all sessions of the runner.
func TestManual_Sessions(t *testing.T) {
	c := new(clock)
	r := newRunner(t, planner(), turn.Options{Manual: true, Now: c.Now})
	for i, text := range []string{"a=3s", "a=1s b=4s", "a=2s"} {
		accept(t, newSession(t, r, fmt.Sprint("s", i)), message("", text))
	}
	if got, want := advance(t, r, c, time.Minute), []string{"s1", "s2", "s0", "s1"}; !slices.Equal(got, want) {
		t.Errorf("sessions = %v, want %v", got, want)
	}
}

// TestManual_Closed: a job that is due when the runner is closed happens no more.
func TestManual_Closed(t *testing.T) {
	c := new(clock)
	r := newRunner(t, planner(), turn.Options{Manual: true, Now: c.Now})
	accept(t, newSession(t, r, "s"), message("", "a=1s"))
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	c.ms.Store(time.Hour.Milliseconds())
	if _, _, err := r.RunDue(t.Context()); err != turn.ErrClosed {
		t.Errorf("RunDue() = %v, want %v", err, turn.ErrClosed)
	}
}

// TestManual_OwnDoing: what a turn that ran by hand sets is there for the next.
func TestManual_OwnDoing(t *testing.T) {
	b := planner()
	b.handlers[abi.OnEvent] = func(_ string, h abi.Host) (abi.Result, error) {
		return abi.Done, h.TimerSet([]byte("again"), 60_000, nil)
	}
	c := new(clock)
	r := newRunner(t, b, turn.Options{Manual: true, Now: c.Now})
	accept(t, newSession(t, r, "s"), message("", "a=1m"))
	if got := len(advance(t, r, c, time.Hour)); got != 60 {
		t.Errorf("turns in an hour = %d, want 60", got)
	}
}
