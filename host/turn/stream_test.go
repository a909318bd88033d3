package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// shown collects what a handle hears.
type shown struct {
	mu   sync.Mutex // guards the following
	list []string
}

func (s *shown) hear(p session.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Withdrawn {
		s.list = append(s.list, fmt.Sprintf("%d withdrawn", p.Turn))
		return
	}
	s.list = append(s.list, fmt.Sprintf("%d.%d %s", p.Turn, p.Part, p.Text))
}

func (s *shown) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

// streamer is a bot that says what it hears in two pieces.
func streamer(then func(h abi.Host) (abi.Result, error)) *bot {
	b := echo()
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		half := len(input) / 2
		if err := errors.Join(h.ReplyDelta([]byte(input[:half])), h.ReplyDelta([]byte(input[half:]))); err != nil {
			return abi.Failed, err
		}
		return then(h)
	}
	return b
}

var errTrap = errors.New("trap")

// What handles hear of a turn, by how it ends.
func TestStream(t *testing.T) {
	for _, tc := range []struct {
		name string
		then func(h abi.Host) (abi.Result, error)
		want []string
		log  []string
	}{
		{"done", func(abi.Host) (abi.Result, error) { return abi.Done, nil },
			[]string{"2.0 ab", "2.0 cd"}, []string{"2 user text abcd", "3 bot text abcd"}},
		{"trap", func(abi.Host) (abi.Result, error) { return 0, errTrap },
			[]string{"2.0 ab", "2.0 cd", "2 withdrawn"}, []string{"2 user text abcd", "3 " + notice}},
		{"failed", func(abi.Host) (abi.Result, error) { return abi.Failed, nil },
			[]string{"2.0 ab", "2.0 cd", "2 withdrawn"}, []string{"2 user text abcd", "3 " + notice}},
		{"not handled", func(abi.Host) (abi.Result, error) { return abi.NotHandled, nil },
			[]string{"2.0 ab", "2.0 cd", "2 withdrawn"}, []string{"2 user text abcd", "3 " + fallback}},
		{"two replies", func(h abi.Host) (abi.Result, error) {
			h.ReplyEnd()
			return abi.Done, h.ReplyDelta([]byte("x"))
		}, []string{"2.0 ab", "2.0 cd", "2.1 x"},
			[]string{"2 user text abcd", "3 bot text abcd", "4 bot text x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRunner(t, streamer(tc.then), turn.Options{})
			h := newSession(t, r, "s")
			var got shown
			h.Listen(got.hear)
			accept(t, h, message("m1", "abcd"))
			if got := got.take(); !slices.Equal(got, tc.want) {
				t.Errorf("shown = %q, want %q", got, tc.want)
			}
			if got := log(t, h)[1:]; !slices.Equal(got, tc.log) {
				t.Errorf("log = %q, want %q", got, tc.log)
			}
		})
	}
}

// A turn whose commit fails shows nothing that stays.
func TestStream_CommitFails(t *testing.T) {
	store := newStore()
	r := newRunner(t, streamer(func(abi.Host) (abi.Result, error) { return abi.Done, nil }),
		turn.Options{Store: store})
	h := newSession(t, r, "s")
	var got shown
	h.Listen(got.hear)
	store.fail("Commit", errors.New("disk is full"))
	if o := submit(t, h, message("m1", "abcd")); o.Code != abi.CodeStoreUnavailable {
		t.Errorf("outcome = %v, want store_unavailable", o.Code)
	}
	accept(t, h, message("m1", "abcd"))
	want := []string{"2.0 ab", "2.0 cd", "2 withdrawn", "2.0 ab", "2.0 cd"}
	if got := got.take(); !slices.Equal(got, want) {
		t.Errorf("shown = %q, want %q", got, want)
	}
}

// Who comes in the middle of a turn is shown nothing of it, and all of the next one.
func TestStream_Latecomer(t *testing.T) {
	var r *turn.Runner
	var late *turn.Handle
	var early, middle shown
	r = newRunner(t, streamer(func(h abi.Host) (abi.Result, error) {
		if late == nil {
			var err error
			if late, err = r.Open(context.Background(), testKey("s"), nil); err != nil {
				return 0, err
			}
			late.Listen(middle.hear)
			if n := late.Running(); n != 2 {
				return 0, fmt.Errorf("Running() = %d, want 2", n)
			}
		}
		return abi.Done, h.ReplyDelta([]byte("!"))
	}), turn.Options{})
	h := newSession(t, r, "s")
	h.Listen(early.hear)
	accept(t, h, message("m1", "abcd"))
	if late == nil {
		t.Fatalf("log = %q, want a turn that did not fail", log(t, h))
	}
	defer late.Close()
	if got, want := early.take(), []string{"2.0 ab", "2.0 cd", "2.0 !"}; !slices.Equal(got, want) {
		t.Errorf("shown = %q, want %q", got, want)
	}
	if got := middle.take(); len(got) > 0 {
		t.Errorf("shown in the middle = %q, want nothing", got)
	}
	accept(t, h, message("m2", "ef"))
	if got, want := middle.take(), []string{"3.0 e", "3.0 f", "3.0 !"}; !slices.Equal(got, want) {
		t.Errorf("shown = %q, want %q", got, want)
	}
	if n := h.Running(); n != 0 {
		t.Errorf("Running() = %d after the turn, want 0", n)
	}
}

// Handles come, listen and go while turns show things.
func TestStream_Hammer(t *testing.T) {
	r := newRunner(t, streamer(func(abi.Host) (abi.Result, error) { return abi.Done, nil }), turn.Options{})
	h := newSession(t, r, "s")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				o, err := r.Open(context.Background(), testKey("s"), nil)
				if err != nil {
					t.Error(err)
					return
				}
				var got shown
				o.Listen(got.hear)
				_ = o.Running()
				o.Close()
			}
		})
	}
	for i := range 200 {
		accept(t, h, message(fmt.Sprint(i), "abcd"))
	}
	wg.Wait()
}
