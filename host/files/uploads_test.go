package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func newUploads(tb testing.TB, o UploadOptions) (*Uploads, *Store) {
	tb.Helper()
	s := NewMemory(Options{})
	o.Store = s
	return NewUploads(o), s
}

func issue(tb testing.TB, u *Uploads, session string) string {
	tb.Helper()
	token, err := u.Issue(session)
	if err != nil {
		tb.Fatalf("Issue(%s) = %v", session, err)
	}
	return token
}

func receive(u *Uploads, session, token, content string) (Upload, error) {
	in := Incoming{Session: session, Token: token, Name: "name", Size: int64(len(content))}
	return u.Receive(context.Background(), in, strings.NewReader(content))
}

// brought brings a file, and returns the token as well.
func brought(tb testing.TB, u *Uploads, session, content string) (Upload, string) {
	tb.Helper()
	token := issue(tb, u, session)
	up, err := receive(u, session, token, content)
	if err != nil {
		tb.Fatalf("Receive(%.20q) = %v", content, err)
	}
	return up, token
}

// wantNone wants that nothing counts any more.
func wantNone(tb testing.TB, u *Uploads) {
	tb.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.tokens) != 0 || len(u.ids) != 0 || len(u.sessions) != 0 || len(u.used) != 0 || u.bytes != 0 ||
		len(u.addresses) != 0 || u.queue.taken != 0 || len(u.queue.waiting) != 0 ||
		len(u.queue.sessions) != 0 || len(u.queue.addresses) != 0 {
		tb.Errorf("%d tokens, %d uploads, %d sessions, %d used and %d bytes are left, "+
			"%v of addresses, %+v, want none", len(u.tokens), len(u.ids), len(u.sessions),
			len(u.used), u.bytes, u.addresses, u.queue)
	}
}

// TestUploads follows an upload to the entry that refers to it.
func TestUploads(t *testing.T) {
	u, s := newUploads(t, UploadOptions{})
	up, token := brought(t, u, "s", "hello")
	if len(up.ID) != 32 || up.Name != "name" || up.Type != "text/plain" || up.Size != 5 || up.Ref != refOf("hello") {
		t.Errorf("Receive() = %+v", up)
	}
	if len(token) != 22 {
		t.Errorf("the token %q is not one of 128 bits", token)
	}
	if err := u.Check("s", token); err != nil {
		t.Errorf("Check(used for what may come again) = %v", err)
	}
	for range 2 { // the first event was not accepted
		got, h, err := u.Take("s", up.ID)
		if err != nil || got != up || h.Ref != up.Ref || h.Type != up.Type {
			t.Fatalf("Take() = %+v, %v, want %+v", got, err, up)
		}
		h.Release()
		wantFiles(t, s, "hello")
	}
	u.Used("s", up.ID)
	got, h, err := u.Take("s", up.ID) // the event comes again
	if err != nil || got != up || h.Type != up.Type {
		t.Errorf("Take(used) = %+v, %v, want %+v", got, err, up)
	}
	h.Release()
	if again, err := receive(u, "s", token, "hello"); again != up || err != nil {
		t.Errorf("Receive(used) = %+v, %v, want %+v", again, err, up)
	}
	u.Used("s", up.ID)
	u.Drop("s")
	wantNone(t, u)
	wantFiles(t, s, "hello")
	wantIdle(t, s)
}

// TestUploads_again: a token is good for one content.
func TestUploads_again(t *testing.T) {
	u, s := newUploads(t, UploadOptions{})
	up, token := brought(t, u, "s", "hello")
	in := Incoming{Session: "s", Token: token, Name: "other", PutOptions: PutOptions{Type: "text/csv"}}
	if got, err := u.Receive(t.Context(), in, strings.NewReader("hello")); got != up || err != nil {
		t.Errorf("Receive(same) = %+v, %v, want %+v", got, err, up)
	}
	for _, content := range []string{"hell", "hello ", ""} {
		if got, err := receive(u, "s", token, content); !errors.Is(err, ErrSpent) || got != (Upload{}) {
			t.Errorf("Receive(%q) = %+v, %v, want ErrSpent", content, got, err)
		}
	}
	wantFiles(t, s, "hello")
	u.Drop("s")
	wantNone(t, u)
	wantFiles(t, s)
	wantIdle(t, s)
}

// TestUploads_failed: what fails does not spend a token.
func TestUploads_failed(t *testing.T) {
	u, s := newUploads(t, UploadOptions{Bytes: 100})
	token := issue(t, u, "s")
	in := Incoming{Session: "s", Token: token, PutOptions: PutOptions{Limit: 10}}
	for name, tt := range map[string]struct {
		body io.Reader
		size int64
		want error
	}{
		"cut":                {failing("abc", errTest), 0, errTest},
		"too large":          {strings.NewReader("12345678901"), 0, ErrTooLarge},
		"too large, at once": {errReader{errTest}, 11, ErrTooLarge},
	} {
		in.Size = tt.size
		if up, err := u.Receive(t.Context(), in, tt.body); !errors.Is(err, tt.want) || up != (Upload{}) {
			t.Errorf("%s: Receive() = %+v, %v, want %v", name, up, err, tt.want)
		}
	}
	in.Limit, in.Size = 101, 0
	if _, err := u.Receive(t.Context(), in,
		strings.NewReader(strings.Repeat("a", 101))); !errors.Is(err, ErrBusy) {
		t.Errorf("Receive(more than may wait) = %v, want ErrBusy", err)
	}
	wantFiles(t, s)
	if _, err := receive(u, "s", token, strings.Repeat("a", 100)); err != nil {
		t.Errorf("Receive() = %v", err)
	}
	if _, err := receive(u, "s", issue(t, u, "s"), "b"); !errors.Is(err, ErrBusy) {
		t.Errorf("Receive(above what may wait) = %v, want ErrBusy", err)
	}
	u.Drop("s")
	wantNone(t, u)
	wantFiles(t, s)
}

// TestUploads_sessions: neither tokens, nor ids, nor hashes are of use to others.
func TestUploads_sessions(t *testing.T) {
	u, s := newUploads(t, UploadOptions{})
	up, token := brought(t, u, "a", "secret")
	for _, tt := range []struct{ session, token string }{
		{"b", token}, {"", token}, {"a", ""}, {"a", token + "x"}, {"a", strings.ToLower(token)},
	} {
		if got, err := receive(u, tt.session, tt.token, "secret"); !errors.Is(err, ErrToken) {
			t.Errorf("Receive(%q, %q) = %+v, %v, want ErrToken", tt.session, tt.token, got, err)
		}
		if err := u.Check(tt.session, tt.token); !errors.Is(err, ErrToken) {
			t.Errorf("Check(%q, %q) = %v, want ErrToken", tt.session, tt.token, err)
		}
	}
	for _, tt := range []struct{ session, id string }{
		{"b", up.ID}, {"", up.ID}, {"a", ""}, {"a", up.Ref.String()}, {"b", up.Ref.String()}, {"a", strings.ToUpper(up.ID)},
	} {
		if got, _, err := u.Take(tt.session, tt.id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Take(%q, %q) = %+v, %v, want ErrNotFound", tt.session, tt.id, got, err)
		}
	}
	u.Used("b", up.ID)
	u.Drop("b")
	if _, h, err := u.Take("a", up.ID); err != nil {
		t.Errorf("Take() = %v", err)
	} else {
		h.Release()
	}
	// The same content is another upload for another session.
	other, _ := brought(t, u, "b", "secret")
	if other.ID == up.ID {
		t.Error("two sessions have the same upload")
	}
	u.Drop("a")
	wantFiles(t, s, "secret")
	u.Drop("b")
	wantFiles(t, s)
	wantNone(t, u)
}

// TestUploads_bounds: tokens and waiting files, of a session and of all.
func TestUploads_bounds(t *testing.T) {
	u, s := newUploads(t, UploadOptions{Open: 2, Total: 5})
	first, second := issue(t, u, "a"), issue(t, u, "a")
	third := issue(t, u, "a") // in the place of the first
	if _, err := receive(u, "a", first, "1"); !errors.Is(err, ErrToken) {
		t.Errorf("Receive(oldest of too many) = %v, want ErrToken", err)
	}
	two, err := receive(u, "a", second, "2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receive(u, "a", third, "3"); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Issue("a"); !errors.Is(err, ErrTooMany) {
		t.Errorf("Issue(two files wait) = %v, want ErrTooMany", err)
	}
	u.Used("a", two.ID)
	issue(t, u, "a")
	issue(t, u, "b")
	issue(t, u, "b")
	issue(t, u, "c") // in the place of the one that is used
	if _, _, err := u.Take("a", two.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Take(forgotten) = %v, want ErrNotFound", err)
	}
	if _, err := u.Issue("c"); !errors.Is(err, ErrBusy) {
		t.Errorf("Issue(too many in all) = %v, want ErrBusy", err)
	}
	wantFiles(t, s, "2", "3")
	for _, session := range []string{"a", "b", "c"} {
		u.Drop(session)
	}
	wantFiles(t, s, "2")
	wantNone(t, u)
}

// TestUploads_expiry: tokens and waiting files go when their time is over, unless
// an entry refers to the file.
func TestUploads_expiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s := newUploads(t, UploadOptions{Expiry: 10 * time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { u.Run(ctx) })
		late := issue(t, u, "s")
		used, _ := brought(t, u, "s", "used")
		u.Used("s", used.ID)
		time.Sleep(10*time.Minute - 1)
		up, token := brought(t, u, "s", "waits") // its time begins now
		if _, err := receive(u, "s", late, "late"); err != nil {
			t.Errorf("Receive(at the last moment) = %v", err)
		}
		gone := issue(t, u, "s")
		time.Sleep(10*time.Minute - 1)
		if _, h, err := u.Take("s", up.ID); err != nil {
			t.Errorf("Take(at the last moment) = %v", err)
		} else {
			defer h.Release()
		}
		time.Sleep(time.Nanosecond)
		if _, _, err := u.Take("s", up.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("Take(expired) = %v, want ErrNotFound", err)
		}
		for _, token := range []string{token, gone} {
			if _, err := receive(u, "s", token, "waits"); !errors.Is(err, ErrToken) {
				t.Errorf("Receive(expired) = %v, want ErrToken", err)
			}
		}
		time.Sleep(30 * time.Second)
		wantFiles(t, s, "used", "waits") // a turn still holds the second one
		wantNone(t, u)
		cancel()
		wg.Wait()
	})
}

// TestUploads_end: what waits goes when the host ends.
func TestUploads_end(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s := newUploads(t, UploadOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { u.Run(ctx) })
		brought(t, u, "s", "waits")
		r, w := io.Pipe()
		token := issue(t, u, "s")
		wg.Go(func() {
			in := Incoming{Session: "s", Token: token}
			if _, err := u.Receive(t.Context(), in, r); !errors.Is(err, ErrToken) {
				t.Errorf("Receive(dropped meanwhile) = %v, want ErrToken", err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		_, _ = w.Write([]byte("x"))
		_ = w.Close()
		wg.Wait()
		wantFiles(t, s)
		wantNone(t, u)
		wantIdle(t, s)
	})
}

// TestUploads_running: one token brings one file at a time, and does not expire
// while it does.
func TestUploads_running(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s := newUploads(t, UploadOptions{Open: 1})
		token := issue(t, u, "s")
		r, w := io.Pipe()
		var wg sync.WaitGroup
		wg.Go(func() {
			up, err := u.Receive(t.Context(), Incoming{Session: "s", Token: token}, r)
			if err != nil || up.Size != 1 {
				t.Errorf("Receive(slow) = %+v, %v", up, err)
			}
		})
		synctest.Wait()
		if _, err := receive(u, "s", token, "y"); !errors.Is(err, ErrRunning) {
			t.Errorf("Receive(running) = %v, want ErrRunning", err)
		}
		if err := u.Check("s", token); !errors.Is(err, ErrRunning) {
			t.Errorf("Check(running) = %v, want ErrRunning", err)
		}
		if _, err := u.Issue("s"); !errors.Is(err, ErrTooMany) {
			t.Errorf("Issue(running) = %v, want ErrTooMany", err)
		}
		time.Sleep(time.Hour)
		u.Expire()
		_, _ = w.Write([]byte("x"))
		_ = w.Close()
		wg.Wait()
		wantFiles(t, s, "x")
		if _, err := receive(u, "s", token, "x"); err != nil {
			t.Errorf("Receive(again) = %v", err)
		}
		u.Drop("s")
		wantFiles(t, s)
		wantNone(t, u)
	})
}

func TestUploads_Hammer(t *testing.T) {
	u, s := newUploads(t, UploadOptions{Open: 4, Total: 20})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			session := fmt.Sprint(g % 3)
			for i := range 200 {
				token, err := u.Issue(session)
				if err != nil {
					continue
				}
				up, err := receive(u, session, token, fmt.Sprint(i%5))
				if err != nil {
					continue // dropped, or in the place of another one
				}
				if _, h, err := u.Take(session, up.ID); err == nil {
					wantContent(t, s, up.Ref, fmt.Sprint(i%5))
					if i%7 == 0 {
						u.Used(session, up.ID)
					}
					h.Release()
				}
				if i%11 == 0 {
					u.Drop(session)
				}
			}
		})
	}
	wg.Go(func() {
		for range 200 {
			u.Expire()
			if _, err := s.Sweep(t.Context(), nothing); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	for g := range 3 {
		u.Drop(fmt.Sprint(g))
	}
	if _, err := s.Sweep(t.Context(), nothing); err != nil {
		t.Error(err)
	}
	wantFiles(t, s)
	wantNone(t, u)
	wantIdle(t, s)
}
