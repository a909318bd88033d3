package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

// faulty is a store that fails where a test says so, and that knows whether two
// goroutines ever commit to one session at once.
type faulty struct {
	session.Store
	mu sync.Mutex // guards the following
	// failing are the errors of the next calls of a method, by its name.
	failing map[string][]error
	// late is the error of the next commit, which happens all the same.
	late    error
	calls   map[string]int
	writing map[session.Key]bool
	// hook, if set, runs in each Commit, and loaded after each Load.
	hook   func()
	loaded func()
}

func newStore() *faulty {
	return &faulty{
		Store:   memory.New(memory.Options{}),
		failing: make(map[string][]error), calls: make(map[string]int),
		writing: make(map[session.Key]bool),
	}
}

// fail lets the next calls of a method fail; nil is a call that does not.
func (f *faulty) fail(method string, errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing[method] = errs
}

// failAfter lets the next commit happen and fail.
func (f *faulty) failAfter(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = err
}

func (f *faulty) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[method]
}

func (f *faulty) called(method string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[method]++
	errs := f.failing[method]
	if len(errs) == 0 {
		return nil
	}
	f.failing[method] = errs[1:]
	return errs[0]
}

func (f *faulty) Load(ctx context.Context, key session.Key) (session.Record, error) {
	if err := f.called("Load"); err != nil {
		return session.Record{}, err
	}
	if f.loaded != nil {
		defer f.loaded()
	}
	return f.Store.Load(ctx, key)
}

func (f *faulty) Read(ctx context.Context, key session.Key, after uint64, limit int,
	dst []abi.Entry) (session.Page, error) {
	if err := f.called("Read"); err != nil {
		return session.Page{}, err
	}
	return f.Store.Read(ctx, key, after, limit, dst)
}

func (f *faulty) Receipt(ctx context.Context, key session.Key, id string) (session.Receipt, error) {
	if err := f.called("Receipt"); err != nil {
		return session.Receipt{}, err
	}
	return f.Store.Receipt(ctx, key, id)
}

// Jobs returns, after all jobs, the error that a test says.
func (f *faulty) Jobs(ctx context.Context, each func(session.Key, session.Job) error) error {
	if err := f.Store.Jobs(ctx, each); err != nil {
		return err
	}
	return f.called("Jobs")
}

// Expired is as Jobs.
func (f *faulty) Expired(ctx context.Context, now int64, limit int) ([]session.Key, error) {
	keys, err := f.Store.Expired(ctx, now, limit)
	if err == nil {
		err = f.called("Expired")
	}
	return keys, err
}

func (f *faulty) Commit(ctx context.Context, c *session.Commit) error {
	f.enter(c.Key, true)
	defer f.enter(c.Key, false)
	if f.hook != nil {
		f.hook()
	}
	if err := f.called("Commit"); err != nil {
		return err
	}
	if err := f.Store.Commit(ctx, c); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	late := f.late
	f.late = nil
	return late
}

func (f *faulty) enter(key session.Key, writing bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writing[key] == writing {
		panic(fmt.Sprintf("two commits to %v at once", key))
	}
	f.writing[key] = writing
}

var errDisk = fmt.Errorf("%w: disk full", session.ErrUnavailable)

// counter is a bot that counts messages in a variable and reads its log.
func counter() *bot {
	b := echo()
	b.handlers[abi.OnMessage] = func(_ string, h abi.Host) (abi.Result, error) {
		if _, err := h.History(2); err != nil {
			return 0, fmt.Errorf("history: %w", err)
		}
		if _, err := h.History(abi.MaxHistory); err != nil {
			return 0, fmt.Errorf("history: %w", err)
		}
		text, _, _ := h.Get([]byte("n"))
		n, _ := strconv.Atoi(text)
		text = strconv.Itoa(n + 1)
		if err := h.Set([]byte("n"), []byte(text)); err != nil {
			return 0, err
		}
		if err := h.Move([]byte("s" + text)); err != nil {
			return 0, err
		}
		return abi.Done, h.Reply([]byte("text"), []byte(text))
	}
	return b
}

// restarted closes a runner and opens session s in a new one, which knows of its
// log what the store does.
func restarted(t *testing.T, r *turn.Runner, b *bot, opts turn.Options) (*turn.Runner, *turn.Handle) {
	t.Helper()
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r = newRunner(t, b, opts)
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, h
}

// TestStore_Fails lets the store fail at each point of a turn: nothing is
// consumed, and the same event is taken later as if nothing had been.
func TestStore_Fails(t *testing.T) {
	for _, test := range []struct {
		method string
		errs   []error
	}{
		{"Receipt", []error{errDisk}},
		{"Read", []error{errDisk}},
		{"Commit", []error{errDisk}},
		{"Commit", []error{errDisk, errDisk, errDisk}},
		{"Commit", []error{context.DeadlineExceeded}},
		{"Commit", []error{session.ErrConflict}},
		{"Commit", []error{fmt.Errorf("wrapped: %w", session.ErrConflict)}},
	} {
		t.Run(fmt.Sprint(test.method, test.errs), func(t *testing.T) {
			store := newStore()
			var lines strings.Builder
			r := newRunner(t, counter(), turn.Options{Store: store, Logger: newLogger(&lines)})
			h := newSession(t, r, "s")
			accept(t, h, message("m1", "hi"))
			_, h = restarted(t, r, counter(), turn.Options{Store: store, Logger: newLogger(&lines)})
			before := h.Head()
			store.fail(test.method, test.errs...)
			for range test.errs {
				outcome := submit(t, h, message("m2", "hi"))
				if outcome.Code != abi.CodeStoreUnavailable || outcome.Retry <= 0 {
					t.Errorf("outcome = %+v, want store_unavailable with a time to retry", outcome)
				}
				if after := h.Head(); !after.Equal(&before) {
					t.Errorf("head = %+v, want %+v", h.Head(), before)
				}
			}
			receipt := accept(t, h, message("m2", "hi"))
			if receipt.Turn != 3 || receipt.Seq != 4 {
				t.Errorf("receipt = %+v, want turn 3, seq 4", receipt)
			}
			if got, want := said(t, h), []string{"hello", "1", "2"}; !slices.Equal(got, want) {
				t.Errorf("replies = %q, want %q", got, want)
			}
			if got := h.Head().State; got != "s2" {
				t.Errorf("state = %q, want s2", got)
			}
			if got := strings.Count(lines.String(), "level=WARN"); got != len(test.errs) {
				t.Errorf("%d lines were logged, want %d: %s", got, len(test.errs), lines.String())
			}
		})
	}
}

// TestStore_FailsAtNthCommit lets each commit of a conversation fail once.
func TestStore_FailsAtNthCommit(t *testing.T) {
	for n := range 5 {
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			store := newStore()
			r := newRunner(t, counter(), turn.Options{Store: store})
			h, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{}}, nil)
			if err != nil {
				t.Fatalf("Create() = %v", err)
			}
			defer h.Close()
			store.fail("Commit", append(make([]error, n), errDisk)...)
			events := []*abi.Event{
				{Kind: abi.EventStart}, message("1", ""), message("2", ""),
				{Kind: abi.EventReset, ID: "3"}, message("4", ""),
			}
			for i, ev := range events {
				if i == n {
					if got := submit(t, h, ev).Code; got != abi.CodeStoreUnavailable {
						t.Errorf("outcome of event %d = %v, want store_unavailable", i, got)
					}
				}
				accept(t, h, ev)
			}
			if got, want := said(t, h), []string{"hello", "1"}; !slices.Equal(got, want) {
				t.Errorf("replies = %q, want %q", got, want)
			}
			if head := h.Head(); head.Turn != 5 || head.Epoch != 2 || head.VarBytes != 2 {
				t.Errorf("head = %+v, want turn 5, epoch 2, 2 bytes of variables", head)
			}
		})
	}
}

// TestStore_FailsOnReload fails in the read that follows a conflict.
func TestStore_FailsOnReload(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	store.fail("Commit", session.ErrConflict)
	store.fail("Load", errDisk)
	for range 2 {
		if got := submit(t, h, message("m", "hi")).Code; got != abi.CodeStoreUnavailable {
			t.Errorf("outcome = %v, want store_unavailable", got)
		}
	}
	accept(t, h, message("m", "hi"))
}

// TestStore_Conflict has somebody else commit to the session: the turn is
// refused, and the next one sees what was written.
func TestStore_Conflict(t *testing.T) {
	store := newStore()
	r := newRunner(t, counter(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	head := h.Head()
	head.Turn++
	head.VarBytes = 3
	err := store.Store.Commit(t.Context(), &session.Commit{
		Key: testKey("s"), Head: head, Vars: []abi.Var{{Key: "n", Value: "41"}},
	})
	if err != nil {
		t.Fatalf("Commit() = %v", err)
	}
	if got := submit(t, h, message("", "hi")).Code; got != abi.CodeStoreUnavailable {
		t.Errorf("outcome = %v, want store_unavailable", got)
	}
	if receipt := accept(t, h, message("", "hi")); receipt.Turn != 3 {
		t.Errorf("turn = %d, want 3", receipt.Turn)
	}
	if got, want := said(t, h), []string{"hello", "42"}; !slices.Equal(got, want) {
		t.Errorf("replies = %q, want %q", got, want)
	}
}

// TestStore_Deleted deletes a session that somebody holds.
func TestStore_Deleted(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	if err := store.Delete(t.Context(), testKey("s")); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	for _, want := range []abi.Code{abi.CodeStoreUnavailable, abi.CodeUnknownSession} {
		if got := submit(t, h, message("", "hi")).Code; got != want {
			t.Errorf("outcome = %v, want %v", got, want)
		}
	}
	if _, err := h.Read(t.Context(), 0, 1, nil); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Read() = %v, want not found", err)
	}
}

// TestStore_Warm: a turn of a session that is held reads nothing from the store
// but its receipt.
func TestStore_Warm(t *testing.T) {
	store := newStore()
	r := newRunner(t, echo(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	loads := store.count("Load")
	for _, text := range texts(10) {
		accept(t, h, message("", text))
	}
	other, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer other.Close()
	if got := store.count("Load") - loads + store.count("Read") + store.count("Receipt"); got != 0 {
		t.Errorf("reads = %d, want 0", got)
	}
}

// TestStore_ReadErrorForgotten lets a handler trap after one whose read of the
// log failed: the store's error belongs to the turn before.
func TestStore_ReadErrorForgotten(t *testing.T) {
	store, b := newStore(), counter()
	r := newRunner(t, b, turn.Options{Store: store})
	accept(t, newSession(t, r, "s"), message("", "hi"))
	_, h := restarted(t, r, b, turn.Options{Store: store})
	count := b.handlers[abi.OnMessage]
	for range 10 { // a work space is the same one more often than not
		b.handlers[abi.OnMessage] = count
		store.fail("Read", errDisk)
		if got := submit(t, h, message("", "hi")).Code; got != abi.CodeStoreUnavailable {
			t.Errorf("outcome = %v, want store_unavailable", got)
		}
		b.handlers[abi.OnMessage] = result("x", 0, errors.New("trap"))
		accept(t, h, message("", "hi"))
	}
}

// TestStore_LateLoad opens a session with a read of the store that is overtaken
// by another handle and its turn: what the late one read must not count.
func TestStore_LateLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, g := newStore(), newGate(t)
		r := newRunner(t, counter(), turn.Options{Store: store})
		newSession(t, r, "s").Close()
		store.loaded = g.pass
		late := make(chan *turn.Handle, 1)
		go func() {
			h, err := r.Open(t.Context(), testKey("s"), nil)
			if err != nil {
				t.Errorf("Open() = %v", err)
			}
			late <- h
		}()
		<-g.entered
		store.loaded = nil
		h, err := r.Open(t.Context(), testKey("s"), nil)
		if err != nil {
			t.Fatalf("Open() = %v", err)
		}
		defer h.Close()
		accept(t, h, message("", "hi"))
		g.Open()
		other := <-late
		defer other.Close()
		if got, want := other.Head(), h.Head(); !got.Equal(&want) || got.Turn != 2 {
			t.Errorf("head = %+v, want turn 2", got)
		}
		if receipt := accept(t, other, message("", "hi")); receipt.Turn != 3 {
			t.Errorf("turn = %d, want 3", receipt.Turn)
		}
	})
}

// TestStore_CreateTwice lets two create one session at once: one does.
func TestStore_CreateTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, g := newStore(), newGate(t)
		store.loaded = g.pass
		r := newRunner(t, echo(), turn.Options{Store: store})
		errs := make(chan error, 2)
		for i := range cap(errs) {
			go func() {
				h, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{byte(i)}}, nil)
				if err == nil {
					defer h.Close()
					<-t.Context().Done()
				}
				errs <- err
			}()
		}
		<-g.entered
		<-g.entered
		g.Open()
		if err := <-errs; !errors.Is(err, turn.ErrExists) {
			t.Errorf("Create() = %v, want ErrExists for one", err)
		}
		synctest.Wait()
		if len(errs) > 0 {
			t.Errorf("Create() = %v, want a session for the other", <-errs)
		}
	})
}
