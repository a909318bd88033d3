package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// TestWarm: sessions that nobody holds are kept, the newest, and read nothing when
// they are taken up again.
func TestWarm(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store, Warm: 64}) // one in each shard
	for i := range 1000 {
		newSession(t, r, fmt.Sprint("s", i)).Close()
	}
	open := func(i int) {
		h, err := r.Open(t.Context(), testKey(fmt.Sprint("s", i)), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		accept(t, h, message("", "hi"))
		if got := said(t, h); !slices.Equal(got[:2], []string{"hello", "hi"}) {
			t.Errorf("session %d said %q, want hello, hi", i, got)
		}
	}
	loads := store.count("Load")
	for i := 990; i < 1000; i++ {
		open(i)
	}
	if got := store.count("Load") - loads; got > 7 {
		t.Errorf("%d of the 10 newest sessions were read, want 7 at most", got)
	}
	loads = store.count("Load")
	for i := range 900 {
		open(i)
	}
	if got := store.count("Load") - loads; got < 850 {
		t.Errorf("%d of the 900 oldest sessions were read, want 850 at least", got)
	}
}

// TestProvisional: a session that had no event but its start is not stored, and is
// there all the same for those who know it; its first event stores both.
func TestProvisional(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store, Provisional: time.Minute})
	h := newSession(t, r, "s")
	stored := func() bool {
		_, err := store.Load(t.Context(), testKey("s"))
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if stored() {
		t.Error("the session is stored after its start")
	}
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatalf("Open(provisional) = %v", err)
	}
	if got := said(t, h); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("said %q, want hello", got)
	}
	receipt := accept(t, h, message("m1", "hi"))
	if receipt.Turn != 2 || receipt.Seq != 2 || !stored() {
		t.Errorf("receipt = %+v, stored %v, want turn 2, seq 2, true", receipt, stored())
	}
	_, h = restarted(t, r, echo(), turn.Options{Store: store})
	if got := said(t, h); !slices.Equal(got, []string{"hello", "hi"}) {
		t.Errorf("said %q after a restart, want hello, hi", got)
	}
}

// TestProvisional_gone: it goes some time after its last connection, not before,
// and never while there is one.
func TestProvisional_gone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, echo(), turn.Options{Store: store, Provisional: 10 * time.Minute, Warm: 100})
		h := newSession(t, r, "s")
		time.Sleep(time.Hour)
		h.Close()
		time.Sleep(9 * time.Minute)
		h, err := r.Open(t.Context(), testKey("s"), nil)
		if err != nil {
			t.Fatalf("Open() after 9 minutes = %v", err)
		}
		h.Close()
		time.Sleep(9 * time.Minute)
		if h, err = r.Open(t.Context(), testKey("s"), nil); err != nil {
			t.Fatalf("Open() after 9 minutes more = %v", err)
		}
		h.Close()
		time.Sleep(12 * time.Minute)
		if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Open() after 12 minutes = %v, want ErrNotFound", err)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestProvisional_store: a store that fails at the first event loses neither the
// start nor the event, whichever of the two commits it fails at, and however.
func TestProvisional_store(t *testing.T) {
	for _, errs := range [][]error{
		{errDisk}, {nil, errDisk}, {errDisk, nil, errDisk}, {session.ErrUnknown}, {nil, session.ErrUnknown},
	} {
		t.Run(fmt.Sprint(errs), func(t *testing.T) {
			store := newStore()
			r := newRunner(t, echo(), turn.Options{Store: store, Provisional: time.Minute})
			h := newSession(t, r, "s")
			store.fail("Commit", errs...)
			for range 5 {
				if submit(t, h, message("m1", "hi")).Code == 0 {
					break
				}
			}
			receipt := accept(t, h, message("m1", "hi"))
			if got := said(t, h); !slices.Equal(got, []string{"hello", "hi"}) || receipt.Turn != 2 {
				t.Errorf("said %q in turn %d, want hello, hi in turn 2", got, receipt.Turn)
			}
		})
	}
}

// TestUnknown: a commit of unknown outcome is told as such; the same event again
// runs if it did not happen, and does not if it did.
func TestUnknown(t *testing.T) {
	for _, happened := range []bool{false, true} {
		t.Run(fmt.Sprint("happened=", happened), func(t *testing.T) {
			store := newStore()
			r := newRunner(t, counter(), turn.Options{Store: store})
			h := newSession(t, r, "s")
			if happened {
				store.failAfter(session.ErrUnknown)
			} else {
				store.fail("Commit", session.ErrUnknown)
			}
			outcome := submit(t, h, message("m1", "hi"))
			if outcome.Code != abi.CodeStoreUnavailable || !outcome.Unknown {
				t.Errorf("outcome = %+v, want store_unavailable, unknown", outcome)
			}
			outcome = submit(t, h, message("m1", "hi"))
			if outcome.Code != 0 || outcome.Duplicate != happened {
				t.Errorf("outcome of the second = %+v, want duplicate %v", outcome, happened)
			}
			if got := said(t, h); !slices.Equal(got, []string{"hello", "1"}) {
				t.Errorf("said %q, want hello, 1", got)
			}
		})
	}
}

// TestTail: who reads a log gets the same from memory and from the store.
func TestTail(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	for i := range 300 {
		accept(t, h, message("", fmt.Sprint(i)))
		last := h.Head().Seq
		for _, after := range []uint64{0, 1, last / 2, last - min(last, 65), last - 2, last - 1, last, last + 1} {
			for _, limit := range []int{1, 3, 1000} {
				got, err := h.Read(t.Context(), after, limit, nil)
				if err != nil {
					t.Fatal(err)
				}
				want, err := store.Store.Read(t.Context(), testKey("s"), after, limit, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got.Epoch != want.Epoch || got.First != want.First || got.Last != want.Last ||
					!slices.EqualFunc(got.Entries, want.Entries, sameEntry) {
					t.Fatalf("Read(%d, %d) of %d = %+v, want %+v", after, limit, last, got, want)
				}
			}
		}
	}
	if reads := store.count("Read"); reads == 0 || reads > 300*3*5 {
		t.Errorf("the store was read %d times, want the older half of all reads", reads)
	}
}

// TestTail_Past: handlers that look back as far as a dialog does read the store once,
// also in a session that was not in memory.
func TestTail_Past(t *testing.T) {
	const back = 20
	store, b := newStore(), echo()
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		past, err := h.History(back)
		if err != nil {
			return 0, err
		}
		for i := range past { // each message and its answer
			if want := past[0].Seq + uint64(i); i < len(past)-1 && past[i].Seq != want {
				return 0, fmt.Errorf("entry %d has seq %d, want %d", i, past[i].Seq, want)
			}
		}
		return abi.Done, h.Reply([]byte("text"), []byte(fmt.Sprint(len(past))))
	}
	r := newRunner(t, b, turn.Options{Store: store})
	h := newSession(t, r, "s")
	talk := func() (reads int) {
		before := store.count("Read")
		for i := range 100 {
			accept(t, h, message("", fmt.Sprint(i)))
		}
		reads = store.count("Read") - before
		if got := said(t, h); got[len(got)-1] != fmt.Sprint(back) {
			t.Errorf("the last turn saw %s entries, want %d", got[len(got)-1], back)
		}
		return reads
	}
	if reads := talk(); reads != 0 {
		t.Errorf("the store was read %d times in a session that began here, want never", reads)
	}
	h.Close()
	var err error
	if h, err = r.Open(t.Context(), testKey("s"), nil); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if reads := talk(); reads != 1 {
		t.Errorf("the store was read %d times in a session that did not, want once", reads)
	}
}

// TestDelete: a session goes with all that it holds, in its queue; who has it open
// is told that it is unknown.
func TestDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		r := newRunner(t, planner(), turn.Options{Store: store, Provisional: time.Minute})
		for _, text := range []string{"", "a=1m"} {
			h := newSession(t, r, "s")
			if text != "" {
				accept(t, h, message("", text))
			}
			if err := r.Delete(t.Context(), testKey("s")); err != nil {
				t.Fatal(err)
			}
			if got := submit(t, h, message("", "hi")).Code; got != abi.CodeUnknownSession {
				t.Errorf("outcome = %v, want unknown_session", got)
			}
			h.Close()
			time.Sleep(time.Hour)
			if _, err := store.Load(t.Context(), testKey("s")); !errors.Is(err, session.ErrNotFound) {
				t.Errorf("Load() = %v, want ErrNotFound", err)
			}
		}
		if err := r.Delete(t.Context(), testKey("nobody")); err != nil {
			t.Errorf("Delete(nobody) = %v", err)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := r.Delete(context.Background(), testKey("s")); !errors.Is(err, turn.ErrClosed) {
			t.Errorf("Delete() after Close = %v, want ErrClosed", err)
		}
	})
}

// TestDelete_again: a session that is made under the id of one that was deleted,
// while somebody still has that open, has nothing of it.
func TestDelete_again(t *testing.T) {
	store := newStore()
	b := counter()
	b.handlers[abi.OnEvent] = func(string, abi.Host) (abi.Result, error) { return abi.Done, nil }
	count := b.handlers[abi.OnMessage]
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		for i := range 16 { // as many as a session may have
			if err := h.TimerSet([]byte(input+fmt.Sprint(i)), 3_600_000, nil); err != nil {
				return 0, err
			}
		}
		return count(input, h)
	}
	r := newRunner(t, b, turn.Options{Store: store,
		NewToken: func() (string, [32]byte) { return "token", [32]byte{9} }})
	old := newSession(t, r, "s")
	accept(t, old, &abi.Event{Kind: abi.EventReset})
	accept(t, old, message("m1", "old"))
	if err := r.Delete(t.Context(), testKey("s")); err != nil {
		t.Fatal(err)
	}
	h, created, err := r.Enter(t.Context(), testKey("s"), turn.CreateOptions{}, nil)
	if err != nil || !created {
		t.Fatalf("Enter() = %v, %v, want a new session", created, err)
	}
	defer h.Close()
	accept(t, h, message("m1", "new"))
	if got := said(t, h); !slices.Equal(got, []string{"hello", "1"}) {
		t.Errorf("said %q, want hello, 1", got)
	}
	rec, err := store.Load(t.Context(), testKey("s"))
	if err != nil || rec.Vars["n"] != "1" || len(rec.Jobs) != 16 || r.Alarms() != 16 {
		t.Errorf("stored %+v, %v, with %d alarms", rec, err, r.Alarms())
	}
	if got := h.Token(); got != "" {
		t.Errorf("Token() = %q, want none", got)
	}
}

// TestToken: a reset gives the session another token; the one before is good for
// some minutes, also after a restart, when nobody knows the new one any more.
func TestToken(t *testing.T) {
	made, store := 0, newStore()
	opts := turn.Options{Store: store, NewToken: func() (string, [32]byte) {
		made++
		return fmt.Sprint("token", made), [32]byte{byte(100 + made)}
	}}
	r := newRunner(t, echo(), opts)
	h := newSession(t, r, "s")
	first := h.Head().Resume
	if got := h.Token(); got != "" {
		t.Errorf("Token() before a reset = %q, want none", got)
	}
	before := time.Now()
	accept(t, h, &abi.Event{Kind: abi.EventReset})
	head := h.Head()
	until := time.UnixMilli(head.FormerUntil).Sub(before)
	if h.Token() != "token1" || head.Resume != [32]byte{101} || head.Former != first ||
		until < 4*time.Minute || until > 6*time.Minute {
		t.Errorf("after a reset: token %q, former for %v, head %+v", h.Token(), until, head)
	}
	if got, err := h.Renew(t.Context()); got != "token1" || err != nil || made != 1 {
		t.Errorf("Renew() = %q, %v, want the one that is known", got, err)
	}
	r, h = restarted(t, r, echo(), opts)
	if h.Token() != "" || h.Head().Resume != [32]byte{101} || h.Head().Former != first {
		t.Errorf("after a restart: token %q, head %+v", h.Token(), h.Head())
	}
	store.fail("Commit", errDisk)
	if got, err := h.Renew(t.Context()); !errors.Is(err, errDisk) {
		t.Errorf("Renew() with a store that fails = %q, %v", got, err)
	}
	if got, err := h.Renew(t.Context()); got != "token3" || err != nil || h.Head().Resume != [32]byte{103} {
		t.Errorf("Renew() = %q, %v, want a new one", got, err)
	}
	if r, h = restarted(t, r, echo(), opts); h.Head().Resume != [32]byte{103} {
		t.Errorf("after a restart: head %+v, want the new token's", h.Head())
	}
	accept(t, h, message("", "hi"))
	if _, h = restarted(t, r, echo(), opts); h.Head().Resume != [32]byte{103} {
		t.Errorf("after a turn and a restart: head %+v, want the new token's", h.Head())
	}
}

// TestProvisional_looks: that its dialog looks at conditions again does
// not keep a provisional session beyond its time.
func TestProvisional_looks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := rechecked(func(*draft.Draft, draft.Handlers) error { return nil })
		look := s.event
		s.event = func(d *draft.Draft, h draft.Handlers) error {
			if d.Event().Kind == abi.EventStart {
				d.Enter("a")
			}
			return look(d, h)
		}
		r := newRunner(t, &bot{dialog: s}, turn.Options{Store: newStore(), Provisional: 10 * time.Minute})
		time.Sleep(500 * time.Millisecond) // so that no look is where a sweep is
		newSession(t, r, "s").Close()
		time.Sleep(12 * time.Minute)
		synctest.Wait()
		if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Open() after 12 minutes = %v, want ErrNotFound", err)
		}
		if n := r.Alarms(); n != 0 {
			t.Errorf("%d alarms are left, want none", n)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
