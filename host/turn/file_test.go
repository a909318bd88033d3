package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// cabinet keeps files as tests see them: a file's Ref is its content with a mark.
type cabinet struct {
	mu sync.Mutex // guards the following
	// held counts those that Put returned and whose done was not called; kept are those
	// for which it was with true.
	held      map[string]int
	kept      map[string]bool
	open      int
	forgotten []string
	fail      error
}

func newCabinet() *cabinet {
	return &cabinet{held: make(map[string]int), kept: make(map[string]bool)}
}

func (c *cabinet) Put(_ context.Context, content []byte) (string, func(bool), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return "", nil, c.fail
	}
	ref := "#" + string(content)
	c.held[ref]++
	return ref, func(kept bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.held[ref]--; c.held[ref] == 0 {
			delete(c.held, ref)
		}
		c.kept[ref] = c.kept[ref] || kept
	}, nil
}

type drawer struct {
	*strings.Reader
	c *cabinet
}

func (d drawer) Close() error {
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	d.c.open--
	return nil
}

func (c *cabinet) Open(ref string) (turn.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	content, ok := strings.CutPrefix(ref, "#")
	switch {
	case c.fail != nil:
		return nil, c.fail
	case !ok:
		return nil, session.ErrNotFound
	}
	c.open++
	return drawer{strings.NewReader(content), c}, nil
}

func (c *cabinet) Forget(key session.Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten = append(c.forgotten, key.ID)
}

func (c *cabinet) failWith(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

// wants wants these files to be kept, and nothing to be held or open.
func (c *cabinet) wants(t *testing.T, kept ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var got []string
	for ref, ok := range c.kept {
		if ok {
			got = append(got, ref)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, kept) || len(c.held) > 0 || c.open != 0 {
		t.Errorf("kept %q, held %v, %d open, want %q and nothing else", got, c.held, c.open, kept)
	}
}

// filing is a bot that replies with files: a text is the content of one, "fail"
// makes the turn fail after it, and what comes in files is replied in upper case.
func filing() *bot {
	message := func(input string, h abi.Host) (abi.Result, error) {
		if err := h.ReplyFile([]byte("a"), []byte("text/plain"), []byte(input)); err != nil {
			return 0, err
		}
		if input == "fail" {
			return abi.Failed, nil
		}
		return abi.Done, nil
	}
	return &bot{handlers: map[abi.Export]handler{
		abi.OnMessage: message,
		abi.OnStart: func(_ string, h abi.Host) (abi.Result, error) {
			return abi.Done, h.ReplyFile([]byte("hi"), []byte("image/png"), []byte("welcome"))
		},
		abi.OnFile: func(_ string, h abi.Host) (abi.Result, error) {
			for i := range h.Event().Files {
				var content []byte
				for buf := make([]byte, 3); ; {
					n, ok, err := h.ReadFile(i, int64(len(content)), buf)
					if err != nil || !ok {
						return 0, fmt.Errorf("read %d: %t, %w", i, ok, err)
					}
					if n == 0 {
						break
					}
					content = append(content, buf[:n]...)
				}
				if _, err := message(strings.ToUpper(string(content)), h); err != nil {
					return 0, err
				}
			}
			return abi.Done, nil
		},
	}}
}

func fileEvent(id string, contents ...string) *abi.Event {
	ev := &abi.Event{Kind: abi.EventFile, ID: id, Human: true}
	for _, content := range contents {
		ev.Files = append(ev.Files, abi.File{Name: "b", Type: "c/d", Size: int64(len(content)), Ref: "#" + content})
	}
	return ev
}

// refsOf returns the refs of a session's log.
func refsOf(t *testing.T, store session.Store, id string) []string {
	t.Helper()
	page, err := store.Read(t.Context(), testKey(id), 0, 1000, nil)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		t.Fatal(err)
	}
	var refs []string
	for _, e := range page.Entries {
		refs = append(refs, e.Refs...)
	}
	return refs
}

func wantRefs(t *testing.T, store session.Store, id string, want ...string) {
	t.Helper()
	if got := refsOf(t, store, id); !slices.Equal(got, want) {
		t.Errorf("the log refers to %q, want %q", got, want)
	}
}

// What a turn replies with is put before its commit, and kept after it.
func TestFiles(t *testing.T) {
	c, store := newCabinet(), newStore()
	r := newRunner(t, filing(), turn.Options{Store: store, Files: c})
	h := newSession(t, r, "s")
	accept(t, h, message("1", "x"))
	accept(t, h, fileEvent("2", "abcdefg", ""))
	c.wants(t, "#", "#ABCDEFG", "#welcome", "#x")
	wantRefs(t, store, "s", "#welcome", "#x", "#abcdefg", "#", "#ABCDEFG", "#")
}

// Of a failed turn nothing is kept but what the user sent.
func TestFiles_Failed(t *testing.T) {
	c, store := newCabinet(), newStore()
	r := newRunner(t, filing(), turn.Options{Store: store, Files: c})
	h := newSession(t, r, "s")
	accept(t, h, message("1", "fail"))
	ev := fileEvent("2", "abc", "?")
	ev.Files[1].Ref = "gone"
	accept(t, h, ev)
	c.wants(t, "#welcome")
	wantRefs(t, store, "s", "#welcome", "#abc", "gone")
	want := []string{"user files [{\"name\":\"b\",\"type\":\"c/d\",\"size\":3},{\"name\":\"b\",\"type\":\"c/d\",\"size\":1}]",
		"host notice " + abi.WordsFailed}
	if got := log(t, h); !strings.HasSuffix(got[3], want[0]) || !strings.HasSuffix(got[4], want[1]) {
		t.Errorf("log = %q, want it to end with %q", got, want)
	}
}

// A turn that could not be committed keeps nothing and consumes nothing: the same
// event with the same id runs. One that may have been committed keeps all.
func TestFiles_Store(t *testing.T) {
	broken := errors.New("disk")
	for _, tt := range []struct {
		name string
		set  func(c *cabinet, store *faulty)
		kept []string
	}{
		{"commit", func(_ *cabinet, s *faulty) { s.fail("Commit", session.ErrUnavailable) }, []string{"#welcome"}},
		{"conflict", func(_ *cabinet, s *faulty) { s.fail("Commit", session.ErrConflict) }, []string{"#welcome"}},
		{"unknown", func(_ *cabinet, s *faulty) { s.fail("Commit", session.ErrUnknown) },
			[]string{"#ABC", "#welcome"}},
		{"put or read", func(c *cabinet, _ *faulty) { c.failWith(broken) }, []string{"#welcome"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, store := newCabinet(), newStore()
			r := newRunner(t, filing(), turn.Options{Store: store, Files: c})
			h := newSession(t, r, "s")
			tt.set(c, store)
			if o := submit(t, h, fileEvent("1", "abc")); o.Code != abi.CodeStoreUnavailable || o.Retry == 0 {
				t.Errorf("outcome = %+v, want store_unavailable, to be tried again", o)
			}
			c.wants(t, tt.kept...)
			wantRefs(t, store, "s", "#welcome")
			c.failWith(nil)
			if o := submit(t, h, fileEvent("1", "abc")); o.Code != 0 || o.Duplicate {
				t.Errorf("outcome of the same again = %+v, want a first one", o)
			}
			c.wants(t, "#ABC", "#welcome")
			wantRefs(t, store, "s", "#welcome", "#abc", "#ABC")
		})
	}
}

// The store fails, and the commit happened all the same.
func TestFiles_Late(t *testing.T) {
	c, store := newCabinet(), newStore()
	r := newRunner(t, filing(), turn.Options{Store: store, Files: c})
	h := newSession(t, r, "s")
	store.failAfter(session.ErrUnknown)
	if o := submit(t, h, fileEvent("1", "abc")); !o.Unknown {
		t.Errorf("outcome = %+v, want it to be unknown", o)
	}
	if o := submit(t, h, fileEvent("1", "abc")); o.Code != 0 || !o.Duplicate {
		t.Errorf("outcome of the same again = %+v, want a duplicate", o)
	}
	c.wants(t, "#ABC", "#welcome")
	wantRefs(t, store, "s", "#welcome", "#abc", "#ABC")
}

// A failed Put comes after a Put that did not fail.
func TestFiles_SecondPut(t *testing.T) {
	c, store := newCabinet(), newStore()
	b := filing()
	b.handlers[abi.OnMessage] = func(_ string, h abi.Host) (abi.Result, error) {
		for _, name := range []string{"a", "b"} {
			if err := h.ReplyFile([]byte(name), []byte("a/b"), []byte(name)); err != nil {
				return 0, err
			}
		}
		return abi.Done, nil
	}
	r := newRunner(t, b, turn.Options{Store: store, Files: &failing{cabinet: c, after: 2}})
	h := newSession(t, r, "s")
	if o := submit(t, h, message("1", "x")); o.Code != abi.CodeStoreUnavailable {
		t.Errorf("outcome = %+v, want store_unavailable", o)
	}
	c.wants(t, "#welcome")
	wantRefs(t, store, "s", "#welcome")
}

// failing is a cabinet of which Put fails after some that do not.
type failing struct {
	*cabinet
	after int
}

func (f *failing) Put(ctx context.Context, content []byte) (string, func(bool), error) {
	if f.after--; f.after < 0 {
		return "", nil, errors.New("full")
	}
	return f.cabinet.Put(ctx, content)
}

// The same id with other contents is another event.
func TestFiles_Receipt(t *testing.T) {
	c, store := newCabinet(), newStore()
	r := newRunner(t, filing(), turn.Options{Store: store, Files: c})
	h := newSession(t, r, "s")
	first := accept(t, h, fileEvent("1", "abc"))
	if o := submit(t, h, fileEvent("1", "abc")); !o.Duplicate || o.Receipt != first {
		t.Errorf("outcome of the same = %+v, want the first one, %+v", o, first)
	}
	if o := submit(t, h, fileEvent("1", "abd")); o.Code != abi.CodeIDReused {
		t.Errorf("outcome of another content = %+v, want id_reused", o)
	}
}

// What a session's start replies with is held as long as it is provisional: kept with
// its first event, gone with it otherwise.
func TestFiles_Provisional(t *testing.T) {
	c, store := newCabinet(), newStore()
	now := new(clock)
	r := newRunner(t, filing(), turn.Options{
		Store: store, Files: c, Provisional: time.Minute,
		Now: func() time.Time { return time.UnixMilli(now.ms.Load()) },
	})
	stays, goes := newSession(t, r, "stays"), newSession(t, r, "goes")
	if c.held["#welcome"] != 2 || len(c.kept) > 0 {
		t.Fatalf("held = %v, kept = %v, want two held", c.held, c.kept)
	}
	goes.Close()
	now.ms.Store(time.Hour.Milliseconds())
	r.Sweep()
	if c.held["#welcome"] != 1 || c.kept["#welcome"] {
		t.Errorf("held = %v, kept = %v, want one held", c.held, c.kept)
	}
	accept(t, stays, message("1", "x"))
	c.wants(t, "#welcome", "#x")
	wantRefs(t, store, "stays", "#welcome", "#x")
	wantRefs(t, store, "goes")
}

// Who keeps files hears of each log that is gone.
func TestFiles_Forget(t *testing.T) {
	c := newCabinet()
	now := new(clock)
	r := newRunner(t, filing(), turn.Options{
		Files: c, Now: func() time.Time { return time.UnixMilli(now.ms.Load()) },
	})
	accept(t, newSession(t, r, "reset"), &abi.Event{Kind: abi.EventReset})
	newSession(t, r, "deleted")
	if err := r.Delete(t.Context(), testKey("deleted")); err != nil {
		t.Fatal(err)
	}
	newSession(t, r, "expired").Close()
	now.ms.Store(session.DefaultKeep.Milliseconds() + 1)
	r.Sweep()
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.forgotten)
	if want := []string{"deleted", "expired", "reset"}; !slices.Equal(c.forgotten, want) {
		t.Errorf("forgotten = %q, want %q", c.forgotten, want)
	}
}

// Where nobody keeps files, a reply that is one fails the turn.
func TestFiles_None(t *testing.T) {
	b := filing()
	delete(b.handlers, abi.OnStart)
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("1", "x"))
	accept(t, h, fileEvent("2", "x"))
	for i, line := range log(t, h) {
		if want := "host notice " + abi.WordsFailed; i%2 == 1 && !strings.HasSuffix(line, want) {
			t.Errorf("entry = %s, want %s", line, want)
		}
	}
}
