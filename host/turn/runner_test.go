package turn_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

func TestRunner_Create(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	ctx := t.Context()
	h, err := r.Create(ctx, testKey("s"), turn.CreateOptions{Resume: [32]byte{7}}, nil)
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	if h.Key() != testKey("s") {
		t.Errorf("Key() = %v, want %v", h.Key(), testKey("s"))
	}
	head := h.Head()
	if head.Turn != 0 || head.Epoch != 1 || head.Resume != [32]byte{7} {
		t.Errorf("head = %+v, want turn 0, epoch 1", head)
	}
	page, err := h.Read(ctx, 0, 10, nil)
	if err != nil || page.Epoch != 1 || page.First != 1 || page.Last != 0 ||
		len(page.Entries) != 0 {
		t.Errorf("Read() = %+v, %v, want an empty page", page, err)
	}
	if _, err := r.Create(ctx, testKey("s"), turn.CreateOptions{Resume: [32]byte{8}}, nil); !errors.Is(err, turn.ErrExists) {
		t.Errorf("Create(made, not committed) = %v, want ErrExists", err)
	}
	// A session that was made here can be opened before its first turn.
	other, err := r.Open(ctx, testKey("s"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if same := other.Head(); !same.Equal(&head) {
		t.Fatalf("Open() has the head %+v, want %+v", same, head)
	}
	accept(t, other, &abi.Event{Kind: abi.EventStart})
	if got, err := store.Load(ctx, testKey("s")); err != nil || got.Head.Resume != [32]byte{7} {
		t.Errorf("Load() = %+v, %v, want the token's hash", got, err)
	}
	h.Close()
	other.Close()
	if _, err := r.Create(ctx, testKey("s"), turn.CreateOptions{Resume: [32]byte{8}}, nil); !errors.Is(err, turn.ErrExists) {
		t.Errorf("Create(in the store) = %v, want ErrExists", err)
	}
	store.fail("Load", errDisk)
	if _, err := r.Create(ctx, testKey("t"), turn.CreateOptions{Resume: [32]byte{}}, nil); !errors.Is(err, errDisk) {
		t.Errorf("Create() = %v, want the store's error", err)
	}
}

// TestRunner_CreateAbandoned: a session without a turn is gone with its handles.
func TestRunner_CreateAbandoned(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{}}, nil)
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	h.Close()
	if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Open() = %v, want not found", err)
	}
}

func TestRunner_Open(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	ctx := t.Context()
	if _, err := r.Open(ctx, testKey("s"), nil); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Open() = %v, want not found", err)
	}
	newSession(t, r, "s").Close()
	store.fail("Load", errDisk)
	if _, err := r.Open(ctx, testKey("s"), nil); !errors.Is(err, errDisk) {
		t.Errorf("Open() = %v, want the store's error", err)
	}
	h, err := r.Open(ctx, testKey("s"), nil)
	if err != nil || h.Head().Turn != 1 {
		t.Fatalf("Open() = %v", err)
	}
	h.Close()
	h.Close()
	if err := h.Submit(ctx, message("", "hi"), nil); !errors.Is(err, turn.ErrHandleClosed) {
		t.Errorf("Submit() = %v, want ErrHandleClosed", err)
	}
}

// TestRunner_SessionConnections opens one below, at and one above the limit.
func TestRunner_SessionConnections(t *testing.T) {
	const limit = 3
	r := newRunner(t, echo(), turn.Options{Limits: abi.Limits{SessionConnections: limit}})
	handles := []*turn.Handle{newSession(t, r, "s")}
	for len(handles) < limit {
		h, err := r.Open(t.Context(), testKey("s"), nil)
		if err != nil {
			t.Fatalf("Open() with %d handles = %v", len(handles), err)
		}
		handles = append(handles, h)
	}
	if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, turn.ErrTooMany) {
		t.Errorf("Open() = %v, want ErrTooMany", err)
	}
	_, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{}}, nil)
	if !errors.Is(err, turn.ErrTooMany) {
		t.Errorf("Create() = %v, want ErrTooMany", err)
	}
	newSession(t, r, "other")
	handles[1].Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Errorf("Open() after a Close = %v", err)
	}
	for _, h := range append(handles, h) {
		h.Close()
	}
}

func TestSubmit_UnknownKind(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h := newSession(t, r, "s")
	err := h.Submit(t.Context(), &abi.Event{Kind: "nonsense"}, nil)
	if !errors.Is(err, turn.ErrKind) {
		t.Errorf("Submit() = %v, want ErrKind", err)
	}
}

// TestHandle_Wake: after each commit all handles are woken, those that were
// closed are not, and what commits nothing wakes nobody.
func TestHandle_Wake(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	newSession(t, r, "other")
	counts := make([]int, 3)
	handles := make([]*turn.Handle, 3)
	newSession(t, r, "s") // its wake is nil
	for i := range handles {
		h, err := r.Open(t.Context(), testKey("s"), func() { counts[i]++ })
		if err != nil {
			t.Fatalf("Open() = %v", err)
		}
		handles[i] = h
		defer h.Close()
	}
	reset := &abi.Event{Kind: abi.EventReset}
	steps := []struct {
		name string
		do   func()
		want []int
	}{
		{"commit", func() { accept(t, handles[0], message("1", "hi")) }, []int{1, 1, 1}},
		{"duplicate", func() { submit(t, handles[0], message("1", "hi")) }, []int{1, 1, 1}},
		{"reused", func() { submit(t, handles[0], message("1", "ho")) }, []int{1, 1, 1}},
		{"close", func() { handles[1].Close() }, []int{1, 1, 1}},
		{"later", func() { accept(t, handles[2], message("2", "hi")) }, []int{2, 1, 2}},
		{"reset", func() { accept(t, handles[2], reset) }, []int{3, 1, 3}},
	}
	for _, step := range steps {
		step.do()
		if !slices.Equal(counts, step.want) {
			t.Errorf("after %s, wakes = %v, want %v", step.name, counts, step.want)
		}
	}
}

// TestGuarantee_Unlocked: no lock is held while a guest, the store or a callback
// works. Each of them uses the session, which would stand still otherwise.
func TestGuarantee_Unlocked(t *testing.T) {
	store := newStore()
	b := echo()
	r := newRunner(t, b, turn.Options{Store: store})
	h := newSession(t, r, "s")
	var used atomic.Int64
	use := func() {
		used.Add(1)
		_ = h.Head()
		if _, err := h.Read(context.Background(), 0, 1, nil); err != nil {
			t.Errorf("Read() = %v", err)
		}
		other, err := r.Open(context.Background(), testKey("s"), func() {})
		if err != nil {
			t.Errorf("Open() = %v", err)
			return
		}
		other.Close()
	}
	b.acquire, store.hook = use, use
	b.handlers[abi.OnMessage] = func(string, abi.Host) (abi.Result, error) {
		use()
		return abi.Done, nil
	}
	woken, err := r.Open(t.Context(), testKey("s"), use)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer woken.Close()
	mustSubmit(t, h, "hi", func(session.Outcome) { use() })
	if got := used.Load(); got != 5 {
		t.Errorf("uses = %d, want those of source, guest, store, wake and done", got)
	}
}

// TestGuarantee_Once: done is called exactly once for each event that was taken,
// after its commit and after the handles were woken.
func TestGuarantee_Once(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	var steps []string
	woken, err := r.Open(t.Context(), testKey("s"), func() { steps = append(steps, "wake") })
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer woken.Close()
	store.hook = func() { steps = append(steps, "commit") }
	send := func(ev *abi.Event) {
		err := h.Submit(t.Context(), ev, func(session.Outcome) { steps = append(steps, "done") })
		if err != nil {
			t.Errorf("Submit() = %v", err)
		}
	}
	send(message("1", "hi"))
	send(message("1", "hi"))
	send(message("1", "ho"))
	store.fail("Commit", errDisk)
	send(message("2", "hi"))
	want := []string{"commit", "wake", "done", "done", "done", "commit", "done"}
	if !slices.Equal(steps, want) {
		t.Errorf("steps = %v, want %v", steps, want)
	}
	if err := h.Submit(t.Context(), message("3", "hi"), nil); err != nil {
		t.Errorf("Submit(without done) = %v", err)
	}
}

// TestGuarantee_SideBySide: turns of different sessions do not wait for each
// other. There are more sessions than shards, and each is held in its turn.
func TestGuarantee_SideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 200
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{})
		var o outcomes
		for _, id := range texts(n) {
			h := newSession(t, r, id)
			go mustSubmit(t, h, id, o.of(id))
		}
		for range n {
			<-g.entered
		}
		g.Open()
		synctest.Wait()
		if got := len(o.list()); got != n {
			t.Errorf("outcomes = %d, want %d", got, n)
		}
	})
}

// TestGuarantee_OneWriter hammers a few sessions with many handles that come and
// go: the store panics if two goroutines commit to one session at once, and a
// conflict would be an outcome that is not accepted.
func TestGuarantee_OneWriter(t *testing.T) {
	const sessions, workers, rounds, events = 3, 8, 20, 10
	store := newStore()
	r := newRunner(t, counter(), turn.Options{Store: store, Limits: abi.Limits{Queue: 4}})
	for i := range sessions {
		newSession(t, r, strconv.Itoa(i)).Close()
	}
	var accepted, wakes atomic.Int64
	var senders, answered sync.WaitGroup
	for w := range workers {
		senders.Go(func() {
			for round := range rounds {
				key := testKey(strconv.Itoa((w + round) % sessions))
				h, err := r.Open(t.Context(), key, func() { wakes.Add(1) })
				if err != nil {
					t.Errorf("Open() = %v", err)
					return
				}
				for range events {
					answered.Add(1)
					mustSubmit(t, h, "x", func(o session.Outcome) {
						if o.Code == 0 {
							accepted.Add(1)
						}
						answered.Done()
					})
				}
				_ = h.Head()
				h.Close()
			}
		})
	}
	senders.Wait()
	answered.Wait()
	if got := accepted.Load(); got != workers*rounds*events {
		t.Errorf("accepted = %d, want %d", got, workers*rounds*events)
	}
	var turns, counted int
	for i := range sessions {
		rec, err := store.Store.Load(t.Context(), testKey(strconv.Itoa(i)))
		if err != nil {
			t.Fatalf("Load() = %v", err)
		}
		n, _ := strconv.Atoi(rec.Vars["n"])
		turns, counted = turns+int(rec.Head.Turn-1), counted+n
	}
	if turns != workers*rounds*events || counted != turns {
		t.Errorf("turns, counted messages = %d, %d, want %d", turns, counted, workers*rounds*events)
	}
	if wakes.Load() == 0 {
		t.Error("nobody was woken")
	}
}

// TestRunner_Hammer creates, opens, submits and closes at once, while the runner
// is closed: each event is answered once, or refused.
func TestRunner_Hammer(t *testing.T) {
	const workers = 8
	r := newRunner(t, echo(), turn.Options{Limits: abi.Limits{Queue: 2, SessionConnections: 5}})
	var taken, answered atomic.Int64
	var started, senders sync.WaitGroup
	started.Add(workers)
	for w := range workers {
		senders.Go(func() {
			for i := 0; ; i++ {
				if i == 50 {
					started.Done()
				}
				err := visit(r, testKey(strconv.Itoa((w+i)%7)), i, &taken, &answered)
				if errors.Is(err, turn.ErrClosed) {
					return
				}
				if err != nil && !errors.Is(err, turn.ErrTooMany) &&
					!errors.Is(err, turn.ErrExists) {
					t.Errorf("visit = %v", err)
					return
				}
			}
		})
	}
	started.Wait()
	if err := r.Close(t.Context()); err != nil {
		t.Errorf("Close() = %v", err)
	}
	got := answered.Load()
	senders.Wait()
	if want := taken.Load(); got != want || answered.Load() != want {
		t.Errorf("answered = %d when Close returned, %d at last, want %d, as many as were taken",
			got, answered.Load(), want)
	}
}

// visit opens a session, or makes it, and sends one event.
func visit(r *turn.Runner, key session.Key, i int, taken, answered *atomic.Int64) error {
	ctx, ev := context.Background(), message("", "hi")
	h, err := r.Open(ctx, key, func() {})
	if errors.Is(err, session.ErrNotFound) {
		ev = &abi.Event{Kind: abi.EventStart}
		h, err = r.Create(ctx, key, turn.CreateOptions{Resume: [32]byte{}}, nil)
	}
	if err != nil {
		return err
	}
	defer h.Close()
	if i%11 == 10 {
		ev = &abi.Event{Kind: abi.EventReset}
	}
	taken.Add(1)
	err = h.Submit(ctx, ev, func(session.Outcome) { answered.Add(1) })
	if err != nil {
		taken.Add(-1)
	}
	return err
}
