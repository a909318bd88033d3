package files

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestUploads_slow: a session, and an address, brings so many files at once; more of
// it wait and are then refused, and others are not held up. A file of which nobody
// knows the size takes no more than what came of it.
func TestUploads_slow(t *testing.T) {
	for _, tt := range []struct {
		name             string
		session, address func(i int) string
		want             int // that are brought at once
		other            [2]string
	}{
		{"one session", fixed("s"), fixed("a"), 4, [2]string{"other", "a"}},
		{"one address", apart, fixed("a"), 6, [2]string{"other", "b"}},
		{"many", apart, apart, 9, [2]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u, s := newUploads(t, UploadOptions{Running: 9, RunningOfSession: 4,
					RunningOfAddress: 6, Bytes: 1000, Wait: time.Second})
				slow := newSlow(t, u, 12, tt.session, tt.address)
				synctest.Wait()
				if slow.began() != tt.want {
					t.Errorf("%d are being brought, want %d", slow.began(), tt.want)
				}
				if tt.other[0] != "" {
					begun := time.Now()
					receiveFrom(t, u, tt.other[0], tt.other[1], nil)
					if took := time.Since(begun); took > 0 {
						t.Errorf("another one waited for %v", took)
					}
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if want := 12 - tt.want; slow.refused() != want {
					t.Errorf("%d were refused, want %d", slow.refused(), want)
				}
				slow.end()
				u.drop(func(*ticket) bool { return true })
				wantNone(t, u)
				wantFiles(t, s)
			})
		})
	}
}

// TestUploads_addressBytes: what came from one address and waits is a quarter of what
// all may have, however many sessions it came for.
func TestUploads_addressBytes(t *testing.T) {
	u, _ := newUploads(t, UploadOptions{Bytes: 40})
	for range 2 {
		receiveFrom(t, u, "s", "a", nil)
	}
	receiveFrom(t, u, "s", "a", ErrBusy)
	receiveFrom(t, u, "t", "a", ErrBusy)
	receiveFrom(t, u, "t", "b", nil)
	u.Drop("s")
	receiveFrom(t, u, "t", "a", nil)
	u.Drop("t")
	wantNone(t, u)
}

// TestUploads_waiting: who gives up waiting leaves nothing, and whose place comes free
// goes on.
func TestUploads_waiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, _ := newUploads(t, UploadOptions{Running: 1, Wait: time.Minute})
		slow := newSlow(t, u, 1, fixed("s"), fixed("a"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		in := Incoming{Session: "t", Token: issue(t, u, "t"), Size: 1}
		if _, err := u.Receive(ctx, in, strings.NewReader("x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Receive(ended context) = %v, want its error", err)
		}
		time.AfterFunc(time.Second, slow.end)
		if _, err := u.Receive(t.Context(), in, strings.NewReader("x")); err != nil {
			t.Errorf("Receive() when a place came free = %v", err)
		}
		u.drop(func(*ticket) bool { return true })
		wantNone(t, u)
	})
}

func fixed(name string) func(int) string { return func(int) string { return name } }

func apart(i int) string { return string(rune('A' + i)) }

// receiveFrom brings five bytes of unknown number.
func receiveFrom(t *testing.T, u *Uploads, session, address string, want error) {
	t.Helper()
	in := Incoming{Session: session, Address: address, Token: issue(t, u, session)}
	if _, err := u.Receive(t.Context(), in, strings.NewReader("12345")); !errors.Is(err, want) {
		t.Errorf("Receive(%s from %s) = %v, want %v", session, address, err, want)
	}
}

// slow are uploads that come to no end.
type slow struct {
	pipes []*io.PipeWriter
	wg    sync.WaitGroup

	mu     sync.Mutex // guards the following
	reads  int
	errors int
	ended  bool
}

func newSlow(t *testing.T, u *Uploads, n int, session, address func(int) string) *slow {
	s := &slow{}
	for i := range n {
		r, w := io.Pipe()
		s.pipes = append(s.pipes, w)
		in := Incoming{Session: session(i), Address: address(i), Token: issue(t, u, session(i)),
			PutOptions: PutOptions{Limit: 900}}
		s.wg.Go(func() {
			_, err := u.Receive(t.Context(), in, &noticed{r, sync.OnceFunc(func() { s.count(&s.reads) })})
			s.mu.Lock()
			defer s.mu.Unlock()
			if !s.ended && errors.Is(err, ErrBusy) {
				s.errors++
			}
		})
	}
	return s
}

func (s *slow) count(n *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
}

func (s *slow) began() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func (s *slow) refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.errors
}

func (s *slow) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	for _, w := range s.pipes {
		_ = w.CloseWithError(errTest)
	}
	s.wg.Wait()
}

// noticed calls read when it is read.
type noticed struct {
	io.Reader
	read func()
}

func (n *noticed) Read(p []byte) (int, error) {
	n.read()
	return n.Reader.Read(p)
}
