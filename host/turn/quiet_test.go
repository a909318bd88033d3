package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// quiet is a dialog with a state that waits for a user who says nothing.
func quiet() *script {
	return &script{after: map[string][]int64{"a": {1000, 3000}, "b": {500}}}
}

// TestAfter: the user was quiet for as long as a transition waits for, counted from
// what the user did last, each time once.
func TestAfter(t *testing.T) {
	const first, second = "after 1000 in a", "after 3000 in a"
	for _, test := range []struct {
		name  string
		steps string // messages, and how long nothing happens
		want  []string
	}{
		{"both", "enter=a 1h", []string{first, second}},
		{"not yet", "enter=a 999ms", nil},
		{"the first", "enter=a 2999ms", []string{first}},
		{"a message begins anew", "enter=a 999ms hi 999ms hi 1s", []string{first}},
		{"a message between", "enter=a 2s hi 1h", []string{first, first, second}},
		{"news do not", "enter=a 500ms news 500ms", []string{"event news in a", first}},
		{"news between", "enter=a 2s news 1s", []string{first, "event news in a", second}},
		{"files do", "enter=a 999ms file 999ms", []string{"file  in a"}},
		{"a state that does not wait", "enter=a 999ms enter=c 1h", nil},
		{"another state", "enter=a 999ms enter=b 1h", []string{"after 500 in b"}},
		{"the same state", "enter=a 2s enter=a 2s", []string{first, first}},
		{"another name", "enter=a 2s quietly 1h", []string{
			first, "event quietly in a", "after 3000 in d",
		}},
		{"reset", "enter=a 500ms reset 1h", []string{"reset  in "}},
		{"a turn that fails", "enter=a 900ms fail 900ms", []string{abi.WordsFailed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := quiet()
				s.after["d"] = s.after["a"]
				s.event = func(d *draft.Draft, _ draft.Handlers) error {
					if d.Event().Name == "quietly" {
						d.Rename("d")
					}
					return nil
				}
				r, h := newScript(t, s, turn.Options{Store: newStore()})
				play(t, h, test.steps)
				got := slices.DeleteFunc(said(t, h), func(line string) bool {
					return strings.HasPrefix(line, "at ")
				})
				if !slices.Equal(got, test.want) {
					t.Errorf("%s: said %q, want %q", test.steps, got, test.want)
				}
				if err := r.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// play does what the words say: wait for a time, or let an event or a message come.
func play(tb testing.TB, h *turn.Handle, steps string) {
	tb.Helper()
	for step := range strings.FieldsSeq(steps) {
		switch d, err := time.ParseDuration(step); {
		case err == nil:
			time.Sleep(d)
			synctest.Wait()
		case step == "news", step == "quietly":
			accept(tb, h, &abi.Event{Kind: abi.EventCustom, Name: step})
		case step == "file":
			accept(tb, h, &abi.Event{Kind: abi.EventFile, Human: true})
		case step == "reset":
			accept(tb, h, &abi.Event{Kind: abi.EventReset})
		default:
			accept(tb, h, message("", step))
		}
	}
}

// TestAfter_enters: a transition that moves begins the time anew in its state.
func TestAfter_enters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := quiet()
		s.event = func(d *draft.Draft, _ draft.Handlers) error {
			if d.Event().Kind == abi.EventAfter && d.State() == "a" {
				d.Enter("b")
			}
			return nil
		}
		r, h := newScript(t, s, turn.Options{Store: newStore()})
		play(t, h, "enter=a 1h")
		want := []string{`at "a" back [] waiting []`, "after 1000 in a", "after 500 in b"}
		if got := said(t, h); !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestAfter_restart: the time goes on while no host runs, and each comes once.
func TestAfter_restart(t *testing.T) {
	for _, test := range []struct {
		down time.Duration
		want []string
	}{
		{500 * time.Millisecond, nil},
		{2 * time.Second, []string{"after 1000 in a"}},
		{time.Hour, []string{"after 1000 in a", "after 3000 in a"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			opts := turn.Options{Store: newStore()}
			b := &bot{dialog: quiet()}
			r := newRunner(t, b, opts)
			accept(t, newSession(t, r, "s"), message("", "enter=a"))
			if err := r.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(test.down)
			r, h := restarted(t, r, b, opts)
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			if got := said(t, h)[1:]; !slices.Equal(got, test.want) {
				t.Errorf("after %v said %q, want %q", test.down, got, test.want)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			want := []string{"after 1000 in a", "after 3000 in a"}
			if got := said(t, h)[1:]; !slices.Equal(got, want) {
				t.Errorf("at the end said %q, want %q", got, want)
			}
			if err := r.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// rechecked is a dialog with a state whose conditions are looked at each second;
// look is what the look does.
func rechecked(look func(d *draft.Draft, h draft.Handlers) error) *script {
	s := &script{recheck: map[string]int64{"a": 1000}}
	s.event = func(d *draft.Draft, h draft.Handlers) error {
		if d.Event().Kind != abi.EventRecheck {
			return nil
		}
		return look(d, h)
	}
	return s
}

// TestRecheck: conditions are looked at as often as the state says, and as long as
// nothing comes of it nothing is written.
func TestRecheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		var moves atomic.Bool
		s := rechecked(func(d *draft.Draft, _ draft.Handlers) error {
			if looks.Add(1); moves.Load() {
				d.Enter("b")
				say(d, "moved")
			}
			return nil
		})
		store := newStore()
		r, h := newScript(t, s, turn.Options{Store: store})
		accept(t, h, message("", "enter=a"))
		commits, head := store.count("Commit"), h.Head()
		time.Sleep(time.Hour + 500*time.Millisecond)
		synctest.Wait()
		after := h.Head()
		if looks.Load() != 3600 || store.count("Commit") != commits || !after.Equal(&head) {
			t.Errorf("%d looks in an hour and %d commits, want 3600 and none",
				looks.Load(), store.count("Commit")-commits)
		}
		// What the user does in the state does not put the looks off.
		for range 10 {
			accept(t, h, message("", "hi"))
			time.Sleep(500 * time.Millisecond)
		}
		synctest.Wait()
		if looks.Load() != 3605 {
			t.Errorf("%d looks, want 3605", looks.Load())
		}
		moves.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := last(t, h); looks.Load() != 3606 || got != "moved" || h.Head().State != "b" {
			t.Errorf("%d looks, said %q in %q, want a move and no look more",
				looks.Load(), got, h.Head().State)
		}
		if jobs := jobsOf(t, store); len(jobs) != 0 {
			t.Errorf("jobs = %v, want none", jobs)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRecheck_restart: a host that starts looks at once, and then as often as the
// state says.
func TestRecheck_restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		b := &bot{dialog: rechecked(func(*draft.Draft, draft.Handlers) error {
			looks.Add(1)
			return nil
		})}
		opts := turn.Options{Store: newStore()}
		r := newRunner(t, b, opts)
		accept(t, newSession(t, r, "s"), message("", "enter=a"))
		time.Sleep(2500 * time.Millisecond)
		r, _ = restarted(t, r, b, opts)
		synctest.Wait()
		if looks.Load() != 3 {
			t.Errorf("%d looks, want 3: one more at the start", looks.Load())
		}
		time.Sleep(10500 * time.Millisecond)
		synctest.Wait()
		if looks.Load() != 13 {
			t.Errorf("%d looks, want 13", looks.Load())
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRecheck_fails: nobody did anything, so nobody is told but the operator, ever
// less often; and once it works again, all is as before.
func TestRecheck_fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		var broken atomic.Bool
		broken.Store(true)
		s := rechecked(func(d *draft.Draft, _ draft.Handlers) error {
			if looks.Add(1); broken.Load() {
				say(d, "lost")
				return errors.New("unreachable")
			}
			return nil
		})
		store := newStore()
		var lines strings.Builder
		r, h := newScript(t, s, turn.Options{Store: store, Logger: newLogger(&lines)})
		accept(t, h, message("", "enter=a"))
		commits, entries := store.count("Commit"), log(t, h)
		time.Sleep(time.Hour)
		synctest.Wait()
		if looks.Load() < 60 || looks.Load() > 70 {
			t.Errorf("%d looks in an hour of failures, want about one a minute", looks.Load())
		}
		if got := log(t, h); store.count("Commit") != commits || !slices.Equal(got, entries) {
			t.Errorf("log = %q, want nothing new", got)
		}
		if n := strings.Count(lines.String(), "turn failed"); int64(n) != looks.Load() {
			t.Errorf("the operator was told %d times of %d failures", n, looks.Load())
		}
		broken.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		looks.Store(0)
		time.Sleep(time.Minute)
		synctest.Wait()
		if looks.Load() != 60 {
			t.Errorf("%d looks in a minute, want 60", looks.Load())
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRecheck_gone: a new version of the bot whose state does not want it.
func TestRecheck_gone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		s := rechecked(func(*draft.Draft, draft.Handlers) error {
			looks.Add(1)
			return nil
		})
		store := newStore()
		r, h := newScript(t, s, turn.Options{Store: store})
		play(t, h, "enter=a 2500ms")
		s.gone.Store(true)
		play(t, h, "1h")
		if jobs := jobsOf(t, store); looks.Load() != 3 || len(jobs) != 0 {
			t.Errorf("%d looks, jobs %v, want 3 and none", looks.Load(), jobs)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestQuiet_NothingPilesUp: however much is said in a session, it has one job of each
// kind and one alarm for each, and a session that is deleted leaves none.
func TestQuiet_NothingPilesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := rechecked(func(*draft.Draft, draft.Handlers) error { return nil })
		s.after = map[string][]int64{"a": {60_000}}
		store := newStore()
		r, h := newScript(t, s, turn.Options{Store: store})
		accept(t, h, message("", "enter=a"))
		for i := range 10_000 {
			accept(t, h, message("", fmt.Sprint(i)))
			if i%100 == 0 {
				accept(t, h, message("", "enter=a"))
				time.Sleep(time.Second)
			}
		}
		synctest.Wait()
		var kinds []session.JobKind
		for _, job := range jobsOf(t, store) {
			kinds = append(kinds, job.Kind)
		}
		if want := []session.JobKind{session.JobAfter, session.JobRecheck}; !slices.Equal(kinds, want) {
			t.Errorf("jobs of kinds %q, want %q", kinds, want)
		}
		if n := r.Alarms(); n != 2 {
			t.Errorf("%d alarms, want 2", n)
		}
		if err := r.Delete(t.Context(), testKey("s")); err != nil {
			t.Error(err)
		}
		if n := r.Alarms(); n != 0 {
			t.Errorf("%d alarms of no session, want none", n)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
