package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// endedContext is a context that ended.
func endedContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// call is a method that was called, and how it ended.
type call struct {
	name string
	err  error
}

// calls calls all methods that can fail.
func calls(ctx context.Context, store session.Store, w *writer) []call {
	_, load := store.Load(ctx, w.key)
	_, read := store.Read(ctx, w.key, 0, 1, nil)
	_, receipt := store.Receipt(ctx, w.key, "id")
	jobs := store.Jobs(ctx, func(session.Key, session.Job) error { return nil })
	_, expired := store.Expired(ctx, 0, 1)
	_, list := store.List(ctx, "", session.Key{}, 1)
	return []call{
		{"Load", load},
		{"Commit", store.Commit(ctx, w.next(1))},
		{"Read", read},
		{"Receipt", receipt},
		{"Delete", store.Delete(ctx, w.key)},
		{"Jobs", jobs},
		{"Expired", expired},
		{"List", list},
	}
}

// testAtomic has one writer whose commits write one number to many places, and
// readers who must never see two numbers.
func (s *suite) testAtomic(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	write := func(i int) {
		number := strconv.Itoa(i)
		change := []func(*session.Commit){set("a", number), set("b", number), set("c", number),
			func(c *session.Commit) { c.Head.State = number }}
		if i%7 == 6 {
			w.reset(t, 2, change...)
			return
		}
		w.commit(t, 2, change...)
	}
	write(0)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	defer readers.Wait()
	defer close(stop)
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := wholeLoad(store, w.key); err != nil {
					t.Error(err)
					return
				}
				if err := wholeRead(store, w.key); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 300 {
		write(i + 1)
	}
}

// wholeLoad checks that head and variables are of one commit.
func wholeLoad(store session.Store, key session.Key) error {
	rec, err := store.Load(context.Background(), key)
	if err != nil {
		return err
	}
	head, vars := &rec.Head, rec.Vars
	for _, name := range []string{"a", "b", "c"} {
		if vars[name] != head.State {
			return fmt.Errorf("state %q with variables %q: a commit was seen in part",
				head.State, vars)
		}
	}
	return nil
}

// wholeRead checks that a page is of one epoch, without gaps, and that no commit
// of two entries is seen by half.
func wholeRead(store session.Store, key session.Key) error {
	page, err := store.Read(context.Background(), key, 0, 1<<20, nil)
	if err != nil {
		return err
	}
	if page.Last%2 != 0 {
		return fmt.Errorf("last entry = %d: half of a commit was seen", page.Last)
	}
	if got, want := uint64(len(page.Entries)), page.Last-page.First+1; got != want {
		return fmt.Errorf("%d entries from %d to %d, want %d", got, page.First, page.Last, want)
	}
	for i, e := range page.Entries {
		want := fmt.Sprintf("epoch %d entry %d", page.Epoch, page.First+uint64(i))
		if e.Body != want {
			return fmt.Errorf("entry %d says %q, want %q", e.Seq, e.Body, want)
		}
	}
	return nil
}

// testHammer has a writer for each of many sessions, readers of all, and
// sessions that come and go.
func (s *suite) testHammer(t *testing.T) {
	const sessions, turns = 16, 100
	store := s.open(t)
	var workers sync.WaitGroup
	for i := range sessions {
		key := hostKey(strconv.Itoa(i))
		workers.Go(func() {
			w := newWriter(store, key)
			for j := range turns {
				c := w.next(1, set("n", strconv.Itoa(j)), receipt(strconv.Itoa(j)))
				if err := store.Commit(context.Background(), c); err != nil {
					t.Errorf("Commit(%v, turn %d) = %v", key, c.Head.Turn, err)
					return
				}
				w.head = c.Head
				if i%4 == 3 && j%10 == 9 {
					if err := store.Delete(context.Background(), key); err != nil {
						t.Errorf("Delete(%v) = %v", key, err)
					}
					w.head = newWriter(store, key).head
				}
			}
		})
		workers.Go(func() { observe(t, store, key, turns) })
	}
	workers.Wait()
	for i := range sessions {
		if i%4 == 3 {
			continue
		}
		head, vars := load(t, store, hostKey(strconv.Itoa(i)))
		if head.Turn != turns || vars["n"] != strconv.Itoa(turns-1) {
			t.Errorf("session %d ended with turn %d and %q", i, head.Turn, vars)
		}
	}
}

// observe reads a session that may come and go.
func observe(t *testing.T, store session.Store, key session.Key, times int) {
	ctx := context.Background()
	var dst []abi.Entry
	for i := range times {
		if _, err := store.Load(ctx, key); err != nil && !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Load(%v) = %v", key, err)
		}
		page, err := store.Read(ctx, key, 0, 10, dst[:0])
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Read(%v) = %v", key, err)
		}
		dst = page.Entries
		_, err = store.Receipt(ctx, key, strconv.Itoa(i))
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Receipt(%v) = %v", key, err)
		}
	}
}
