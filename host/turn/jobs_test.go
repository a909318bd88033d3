package turn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// planner is a bot that does what it is told, one word after the other: timer=ms
// sets one called timer, cancel=timer cancels it, http=url makes a request. It says
// what events come.
func planner() *bot {
	b := echo()
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		for word := range strings.FieldsSeq(input) {
			if err := plan(word, h); err != nil {
				return 0, err
			}
		}
		return abi.Done, h.Reply([]byte("text"), []byte("ok"))
	}
	b.handlers[abi.OnEvent] = func(_ string, h abi.Host) (abi.Result, error) {
		ev := h.Event()
		said := fmt.Sprintf("%s %s %s", ev.Kind, ev.Name, ev.Data)
		if ev.Late {
			said += " late"
		}
		return abi.Done, h.Reply([]byte("text"), []byte(said))
	}
	return b
}

func plan(word string, h abi.Host) error {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "cancel":
		return h.TimerCancel([]byte(value))
	case "http":
		return h.HTTPStart([]byte("ask"), []byte(`{"url":"`+value+`"}`))
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		return err
	}
	return h.TimerSet([]byte(name), d.Milliseconds(), []byte("set for "+value))
}

// TestTimer: a timer becomes an event at its time, once; the same name replaces
// it, and cancel and reset remove it.
func TestTimer(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"one", "a=1s", []string{"timer a set for 1s"}},
		{"several", "b=3s a=1s c=2s", []string{"timer a set for 1s", "timer c set for 2s", "timer b set for 3s"}},
		{"set anew", "a=1s a=2s", []string{"timer a set for 2s"}},
		{"cancelled", "a=1s b=1s cancel=a", []string{"timer b set for 1s"}},
		{"cancelled and set", "a=1s cancel=a a=5s", []string{"timer a set for 5s"}},
		{"a month", "a=720h", []string{"timer a set for 720h"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRunner(t, planner(), turn.Options{Store: newStore()})
				h := newSession(t, r, "s")
				accept(t, h, message("", test.text))
				if test.name == "a month" {
					time.Sleep(720 * time.Hour)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if got := said(t, h)[2:]; !slices.Equal(got, test.want) {
					t.Errorf("said %q, want %q", got, test.want)
				}
				accept(t, h, message("", "a=1s"))
				accept(t, h, &abi.Event{Kind: abi.EventReset})
				time.Sleep(time.Hour)
				synctest.Wait()
				if got := said(t, h); !slices.Equal(got, []string{"hello"}) {
					t.Errorf("said %q after reset, want hello alone", got)
				}
				if err := r.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestTimer_time: not before its time, and not much later.
func TestTimer_time(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t, planner(), turn.Options{Store: newStore()})
		h := newSession(t, r, "s")
		accept(t, h, message("", "a=1500ms"))
		time.Sleep(1500*time.Millisecond - 1)
		synctest.Wait()
		if got := len(said(t, h)); got != 2 {
			t.Errorf("%d replies before the time, want 2", got)
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if got := len(said(t, h)); got != 3 {
			t.Errorf("%d replies after the time, want 3", got)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTimer_clockBack: where the clock is set back while a host runs, no timer is late
// that was set since.
func TestTimer_clockBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back atomic.Int64
		r := newRunner(t, planner(), turn.Options{Store: newStore(), Now: func() time.Time {
			return time.Now().Add(-time.Duration(back.Load()))
		}})
		h := newSession(t, r, "s")
		synctest.Wait()
		back.Store(int64(time.Hour))
		accept(t, h, message("", "a=1s"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, want := said(t, h)[2:], []string{"timer a set for 1s"}; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTimer_restart: what was due while no host ran comes at the next start, late;
// what was not, at its time; each once.
func TestTimer_restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		opts := turn.Options{Store: store}
		r := newRunner(t, planner(), opts)
		accept(t, newSession(t, r, "s"), message("", "a=1m b=2h"))
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		r, h := restarted(t, r, planner(), opts)
		time.Sleep(time.Second)
		synctest.Wait()
		want := []string{"timer a set for 1m late"}
		if got := said(t, h)[2:]; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		r, h = restarted(t, r, planner(), opts)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		want = append(want, "timer b set for 2h")
		if got := said(t, h)[2:]; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTimer_store: a timer whose turn cannot be committed is tried again until it
// can, and runs once.
func TestTimer_store(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, planner(), turn.Options{Store: store})
		h := newSession(t, r, "s")
		accept(t, h, message("", "a=1s"))
		store.fail("Commit", errDisk, errDisk, errDisk)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got, want := said(t, h)[2:], []string{"timer a set for 1s late"}; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTimer_damaged: a record that cannot be read stops neither the timers of other
// sessions nor their end, and the log says whose it is.
func TestTimer_damaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, planner(), turn.Options{Store: store})
		accept(t, newSession(t, r, "s"), message("", "a=1h"))
		synctest.Wait() // the runner has read its jobs
		lost := new(session.Damaged)
		lost.Add(testKey("broken"), errors.New("of form 7"))
		store.fail("Jobs", lost)
		store.fail("Expired", lost, lost)
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		r, h := restarted(t, r, planner(), turn.Options{Store: store, Logger: logger, Keep: 3 * time.Hour})
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if got, want := said(t, h)[2:], []string{"timer a set for 1h"}; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if n := store.count("Jobs"); n != 2 {
			t.Errorf("jobs were read %d times, want once at each start", n)
		}
		for _, want := range []string{"session=broken", "of form 7", "timer or request", "a session ends"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("log = %s, want %q in it", &log, want)
			}
		}
	})
}

// sender is a stand-in for the network.
type sender struct {
	mu    sync.Mutex
	keys  []string
	hangs bool
}

func (s *sender) do(ctx context.Context, _, request, key string) string {
	s.mu.Lock()
	s.keys = append(s.keys, key)
	hangs := s.hangs
	s.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return `{"error":"ended"}`
	}
	return fmt.Sprintf(`{"status":200,"body":%q}`, request)
}

// TestRequest: a request is made after its commit, and answered by an event. One
// whose answer an end of the host overtook is made again, under the same key.
func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sender{hangs: true}
		opts := turn.Options{Store: newStore(), Outbound: s.do}
		r := newRunner(t, planner(), opts)
		accept(t, newSession(t, r, "s"), message("", "http=http://a.example/x"))
		synctest.Wait()
		s.hangs = false
		r, h := restarted(t, r, planner(), opts)
		time.Sleep(time.Minute)
		synctest.Wait()
		got := said(t, h)[2:]
		if len(got) != 1 || !strings.HasPrefix(got[0], `http ask {"status":200,`) ||
			!strings.Contains(got[0], "http://a.example/x") {
			t.Errorf("said %q, want one answer", got)
		}
		if len(s.keys) != 2 || s.keys[0] != s.keys[1] || len(s.keys[0]) < 16 {
			t.Errorf("keys = %q, want one twice", s.keys)
		}
		accept(t, h, message("", "http=http://a.example/x http=http://a.example/x"))
		synctest.Wait()
		if len(s.keys) != 4 || s.keys[2] == s.keys[3] || s.keys[2] == s.keys[0] {
			t.Errorf("keys = %q, want another one for each request", s.keys)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRequest_again: a session that is made under the id of one that is gone makes
// requests of its own: whoever gets them does not take them for those of before.
func TestRequest_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(sender)
		r := newRunner(t, planner(), turn.Options{Store: newStore(), Outbound: s.do})
		for range 2 {
			h := newSession(t, r, "s")
			accept(t, h, message("", "http=http://a.example/x"))
			synctest.Wait()
			h.Close()
			if err := r.Delete(t.Context(), testKey("s")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if len(s.keys) != 2 || s.keys[0] == s.keys[1] {
			t.Errorf("keys = %q, want two", s.keys)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRequest_many: a bot that makes two requests for each answer does not go on for
// ever: a session waits for so many, and a turn that wants more fails.
func TestRequest_many(t *testing.T) {
	const most = 256
	synctest.Test(t, func(t *testing.T) {
		b := planner()
		b.handlers[abi.OnEvent] = func(_ string, h abi.Host) (abi.Result, error) {
			return abi.Done, errors.Join(plan("http=http://a.example/x", h), plan("http=http://a.example/x", h))
		}
		store := newStore()
		slow := func(ctx context.Context, _, _, _ string) string {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			return `{"status":200}`
		}
		r := newRunner(t, b, turn.Options{Store: store, Outbound: slow})
		h := newSession(t, r, "s")
		accept(t, h, message("", "http=http://a.example/x"))
		time.Sleep(time.Minute)
		synctest.Wait()
		rec, err := store.Load(t.Context(), testKey("s"))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(rec.Jobs); n > most || n < most/2 {
			t.Errorf("%d requests wait, want %d at most", n, most)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestRequest_nobody: a host without a way out says so.
func TestRequest_nobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t, planner(), turn.Options{Store: newStore()})
		h := newSession(t, r, "s")
		accept(t, h, message("", "http=http://a.example/x"))
		synctest.Wait()
		if got := said(t, h); len(got) != 3 || !strings.Contains(got[2], `"code":"forbidden"`) {
			t.Errorf("said %q, want a refusal", got)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestUnknown_jobs: of a turn whose commit happened or not, timers and requests happen
// if it did, and those of before if it did not; each once. Who is connected is told.
func TestUnknown_jobs(t *testing.T) {
	for _, test := range []struct {
		happened bool
		timers   []string
		requests int
	}{
		{true, []string{"timer a set for 1m", "timer both set for 5m"}, 1},
		{false, []string{"timer old set for 1h", "timer both set for 2h"}, 0},
	} {
		t.Run(fmt.Sprint("happened=", test.happened), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s sender
				var woken atomic.Int64
				store := newStore()
				r := newRunner(t, planner(), turn.Options{Store: store, Outbound: s.do})
				h, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{},
					func() { woken.Add(1) })
				if err != nil {
					t.Fatal(err)
				}
				accept(t, h, message("", "old=1h both=2h"))
				synctest.Wait() // the runner has read what the store had before
				woken.Store(0)
				if test.happened {
					store.failAfter(session.ErrUnknown)
				} else {
					store.fail("Commit", session.ErrUnknown)
				}
				store.fail("Load", errDisk, errDisk)
				text := "cancel=old a=1m both=5m http=http://a.example/x"
				if got := submit(t, h, message("", text)); !got.Unknown {
					t.Fatalf("outcome = %+v, want unknown", got)
				}
				time.Sleep(30 * time.Second)
				synctest.Wait()
				if woken.Load() == 0 {
					t.Error("the connection was not woken")
				}
				time.Sleep(3 * time.Hour)
				synctest.Wait()
				var timers []string
				for _, text := range said(t, h) {
					if strings.HasPrefix(text, "timer") {
						timers = append(timers, text)
					}
				}
				if !slices.Equal(timers, test.timers) || len(s.keys) != test.requests {
					t.Errorf("%q and %d requests, want %q and %d", timers, len(s.keys),
						test.timers, test.requests)
				}
				if n := r.Alarms(); n != 0 {
					t.Errorf("%d alarms are left", n)
				}
				if err := r.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestTimer_fullQueue: no full queue refuses a timer.
func TestTimer_fullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := planner()
		release := make(chan struct{})
		on := b.handlers[abi.OnMessage]
		b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
			if input == "wait" {
				<-release
				input = ""
			}
			return on(input, h)
		}
		r := newRunner(t, b, turn.Options{Store: newStore(), Limits: abi.Limits{Queue: 2}})
		h := newSession(t, r, "s")
		accept(t, h, message("", "a=1s"))
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := h.Submit(context.Background(), message("", "wait"), nil); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Minute)
		close(release)
		wg.Wait()
		synctest.Wait()
		got := said(t, h)
		if len(got) != 8 || !slices.Contains(got, "timer a set for 1s late") {
			t.Errorf("said %q, want 8 replies, one of the timer", got)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestExpire: sessions go when their time is over, but not those that somebody
// holds; others stay.
func TestExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, planner(), turn.Options{Store: store})
		create := func(id string, keep time.Duration) *turn.Handle {
			h, err := r.Create(t.Context(), testKey(id), turn.CreateOptions{Keep: keep}, nil)
			if err != nil {
				t.Fatal(err)
			}
			accept(t, h, message("", "a=9000h"))
			return h
		}
		create("short", 24*time.Hour).Close()
		create("long", 0).Close()
		create("held", time.Hour)
		exists := func(id string) bool {
			_, err := store.Load(t.Context(), testKey(id))
			if err != nil && !errors.Is(err, session.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		check := func(when string, want ...bool) {
			synctest.Wait()
			got := []bool{exists("short"), exists("long"), exists("held")}
			if !slices.Equal(got, want) {
				t.Errorf("%s: short, long, held = %v, want %v", when, got, want)
			}
		}
		time.Sleep(23 * time.Hour)
		check("after 23 h", true, true, true)
		time.Sleep(48 * time.Hour)
		check("after 3 days", false, true, true)
		time.Sleep(31 * 24 * time.Hour)
		check("after 34 days", false, false, true)
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// inOrder is a store that finds sessions whose time is over in order of their keys,
// as one on disk does.
type inOrder struct{ session.Store }

func (s inOrder) Expired(ctx context.Context, now int64, limit int) ([]session.Key, error) {
	keys, err := s.Store.Expired(ctx, now, math.MaxInt)
	slices.SortFunc(keys, session.Key.Compare)
	return keys[:min(len(keys), limit)], err
}

// TestExpire_many: however many sessions end at once, they go soon, and those that are
// held keep none of the others.
func TestExpire_many(t *testing.T) {
	const many, held = 3000, 300
	synctest.Test(t, func(t *testing.T) {
		store := inOrder{newStore()}
		r := newRunner(t, echo(), turn.Options{Store: store})
		for i := range many {
			h, err := r.Create(t.Context(), testKey(fmt.Sprintf("s%04d", i)),
				turn.CreateOptions{Keep: time.Hour}, nil)
			if err != nil {
				t.Fatal(err)
			}
			accept(t, h, message("", "hi"))
			if i >= held {
				h.Close()
			}
		}
		time.Sleep(time.Hour + 3*time.Minute)
		synctest.Wait()
		left, err := store.List(t.Context(), "", session.Key{}, many)
		if err != nil || len(left) != held {
			t.Errorf("%d sessions are left, %v, want the %d that are held", len(left), err, held)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTimer_whileOpening: who opens a session in which a timer is just going off,
// and that nobody had in memory, gets the session and not an empty one.
func TestTimer_whileOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, planner(), turn.Options{Store: store})
		accept(t, newSession(t, r, "s"), message("", "a=1s"))
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		slow := planner()
		release := make(chan struct{})
		slow.checkout = func(context.Context) error {
			<-release
			return nil
		}
		// The timer's turn takes a second to read the session; the other one is there
		// before.
		var loads atomic.Int64
		store.loaded = func() {
			if loads.Add(1) == 1 {
				time.Sleep(time.Second)
			}
		}
		r = newRunner(t, slow, turn.Options{Store: store})
		time.Sleep(1500 * time.Millisecond)
		opened := make(chan session.Head, 1)
		go func() {
			h, err := r.Open(context.Background(), testKey("s"), nil)
			if err != nil {
				t.Errorf("Open() = %v", err)
				close(opened)
				return
			}
			opened <- h.Head()
		}()
		time.Sleep(100 * time.Millisecond)
		close(release)
		if head := <-opened; head.Turn < 2 || head.Resume != [32]byte{1} {
			t.Errorf("head = %+v, want that of the session", head)
		}
		synctest.Wait()
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
