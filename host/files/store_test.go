package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestPut(t *testing.T) {
	for _, size := range []int{0, 1, 511, 512, 513, chunk - 1, chunk, chunk + 1, 512 + chunk, 3*chunk + 7} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			each(t, func(t *testing.T, s *Store) {
				content := random(size, 1)
				h, err := s.Put(t.Context(), iotest.HalfReader(strings.NewReader(content)), PutOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if h.Ref != refOf(content) || h.Size != int64(size) || !s.Has(h.Ref) {
					t.Errorf("Put() = %+v, want %s of %d bytes", h.File, refOf(content), size)
				}
				h.Keep()
				wantFiles(t, s, content)
				h.Release()
				wantFiles(t, s, content)
				wantIdle(t, s)
			})
		})
	}
}

func TestPut_limit(t *testing.T) {
	for _, limit := range []int64{1, 511, 512, 513, chunk, 2*chunk + 5} {
		each(t, func(t *testing.T, s *Store) {
			for _, over := range []int64{-1, 0, 1, 100} {
				r := &counting{r: strings.NewReader(random(int(limit+over), 1))}
				h, err := s.Put(t.Context(), r, PutOptions{Limit: limit})
				if got := err == nil; got != (over <= 0) || !got && !errors.Is(err, ErrTooLarge) {
					t.Fatalf("limit %d: Put(%d bytes) = %v", limit, limit+over, err)
				}
				if err == nil {
					h.Release()
				}
				wantFiles(t, s)
			}
			endless := &counting{r: endless{}}
			if _, err := s.Put(t.Context(), endless, PutOptions{Limit: limit}); !errors.Is(err, ErrTooLarge) {
				t.Errorf("Put(endless) = %v, want ErrTooLarge", err)
			}
			if endless.n > limit+chunk+sniffed {
				t.Errorf("limit %d: %d bytes were read", limit, endless.n)
			}
			wantFiles(t, s)
			wantIdle(t, s)
		})
	}
}

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestPut_cut: what breaks off leaves nothing, wherever it does, and whatever its
// error is called.
func TestPut_cut(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, chunk + 512, 3 * chunk} {
		for _, cause := range []error{errTest, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded} {
			each(t, func(t *testing.T, s *Store) {
				_, err := s.Put(t.Context(), failing(random(n, 1), cause), PutOptions{})
				if !errors.Is(err, cause) || errors.Is(err, ErrUnavailable) {
					t.Errorf("Put(cut after %d) = %v, want %v", n, err, cause)
				}
				wantFiles(t, s)
				wantIdle(t, s)
			})
		}
	}
	each(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errTest)
		if _, err := s.Put(ctx, endless{}, PutOptions{}); !errors.Is(err, errTest) {
			t.Errorf("Put(ended context) = %v, want its cause", err)
		}
		wantFiles(t, s)
	})
}

// TestPut_writers: more than may be written at once wait, for as long as said.
func TestPut_writers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewMemory(Options{Writers: 2, Wait: time.Minute})
		var wg sync.WaitGroup
		var pipes []*io.PipeWriter
		for range 2 {
			r, w := io.Pipe()
			pipes = append(pipes, w)
			wg.Go(func() {
				h, err := s.Put(t.Context(), r, PutOptions{})
				if err != nil {
					t.Errorf("Put() = %v", err)
					return
				}
				h.Release()
			})
		}
		synctest.Wait()
		start := time.Now()
		if _, err := s.Put(t.Context(), strings.NewReader("x"), PutOptions{}); !errors.Is(err, ErrBusy) {
			t.Errorf("Put(no place) = %v, want ErrBusy", err)
		}
		if d := time.Since(start); d != time.Minute {
			t.Errorf("it waited for %v, want a minute", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Put(ctx, strings.NewReader("x"), PutOptions{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Put(ended context) = %v, want its error", err)
		}
		wg.Go(func() { put(t, s, "x").Release() })
		synctest.Wait()
		for _, p := range pipes {
			_ = p.Close()
		}
		wg.Wait()
		wantFiles(t, s)
		wantIdle(t, s)
	})
}

// TestPutBytes: what is in memory does not wait for clients that are slow.
func TestPutBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewMemory(Options{Writers: 2, Wait: time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				r, w := io.Pipe()
				defer context.AfterFunc(ctx, func() { _ = w.CloseWithError(errTest) })()
				if _, err := s.Put(context.Background(), r, PutOptions{}); err == nil {
					t.Error("Put() worked, want an error")
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		h, err := s.PutBytes(t.Context(), []byte("reply"), PutOptions{})
		if d := time.Since(start); err != nil || d != 0 {
			t.Fatalf("PutBytes() = %v after %v, want it at once", err, d)
		}
		h.Release()
		cancel()
		wg.Wait()
		wantFiles(t, s)
		wantIdle(t, s)
	})
}

func TestPut_reserve(t *testing.T) {
	free := int64(100)
	s := NewMemory(Options{Reserve: 100, Free: func() (int64, error) { return free, nil }})
	put(t, s, "a").Keep()
	free = 99
	if _, err := s.Put(t.Context(), strings.NewReader("b"), PutOptions{}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Put(below the reserve) = %v, want ErrUnavailable", err)
	}
	wantFiles(t, s, "a")
	s.opts.Free = func() (int64, error) { return 0, errTest }
	put(t, s, "b").Release()
}

func TestMemory_full(t *testing.T) {
	s := NewMemory(Options{Bytes: 10})
	kept(t, s, "12345")
	for range 3 {
		if _, err := s.Put(t.Context(), strings.NewReader("123456"), PutOptions{}); !errors.Is(err, ErrUnavailable) {
			t.Errorf("Put(full) = %v, want ErrUnavailable", err)
		}
		put(t, s, "67890").Release()
		put(t, s, "12345").Release()
	}
	wantFiles(t, s, "12345")
}

// TestDedup: the same content is kept once, and stays while anybody needs it.
func TestDedup(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		a, b := put(t, s, "same"), put(t, s, "same")
		a.Release()
		a.Release()
		wantFiles(t, s, "same")
		b.Release()
		wantFiles(t, s)
		if _, err := s.Open(a.Ref); !errors.Is(err, ErrNotFound) {
			t.Errorf("Open(gone) = %v, want ErrNotFound", err)
		}
		if _, err := s.Hold(a.Ref); !errors.Is(err, ErrNotFound) || s.Has(a.Ref) {
			t.Errorf("Hold(gone) = %v, Has %t, want ErrNotFound", err, s.Has(a.Ref))
		}

		a, b = put(t, s, "same"), put(t, s, "same")
		a.Keep()
		a.Release()
		b.Release()
		put(t, s, "same").Release() // a turn that failed
		wantFiles(t, s, "same")
		wantIdle(t, s)
	})
}

func TestRemove(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		r := kept(t, s, "a")
		c, err := s.Open(r)
		if err != nil {
			t.Fatal(err)
		}
		h := put(t, s, "a")
		if err := s.Remove(r); err != nil {
			t.Fatal(err)
		}
		wantContent(t, s, r, "a") // somebody reads it, and a turn needs it
		h.Release()
		part := make([]byte, 2)
		if n, err := c.ReadAt(part, 0); n != 1 || err != io.EOF {
			t.Errorf("ReadAt() = %d, %v, want 1 byte and the end", n, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, s)

		r = kept(t, s, "b")
		h = put(t, s, "b")
		if err := s.Remove(r); err != nil {
			t.Fatal(err)
		}
		h.Keep() // the turn that needs it was committed
		h.Release()
		wantFiles(t, s, "b")
		for range 2 {
			if err := s.Remove(r); err != nil {
				t.Errorf("Remove() = %v", err)
			}
		}
		wantFiles(t, s)
		wantIdle(t, s)
	})
}

// TestRelease_race: who comes while a file is about to go has it.
func TestRelease_race(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewMemory(Options{})
		h := put(t, s, "a")
		gate := h.state.gate
		gate <- struct{}{}
		var wg sync.WaitGroup
		wg.Go(h.Release)
		synctest.Wait() // it is at the gate
		wg.Go(func() {
			again := put(t, s, "a")
			wantContent(t, s, again.Ref, "a")
			again.Keep()
			again.Release()
		})
		st := s.enter(h.Ref) // so is a third
		synctest.Wait()
		<-gate
		wg.Wait()
		if err := s.leave(h.Ref, st); err != nil {
			t.Error(err)
		}
		wantFiles(t, s, "a")
		wantIdle(t, s)

		h = put(t, s, "b")
		st = s.enter(h.Ref)
		st.gate <- struct{}{}
		wg.Go(h.Release)
		wg.Go(func() { _ = s.leave(h.Ref, st) })
		synctest.Wait()
		st = s.enter(h.Ref)
		<-st.gate
		wg.Wait()
		if !s.Has(h.Ref) {
			t.Error("a file went that somebody holds")
		}
		if err := s.leave(h.Ref, st); err != nil {
			t.Error(err)
		}
		wantFiles(t, s, "a")
		wantIdle(t, s)
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		live, orphan := kept(t, s, "live"), kept(t, s, "orphan")
		held := put(t, s, "held")
		held.Keep()
		kept(t, s, "released")
		released := put(t, s, "released")
		n, err := s.Sweep(t.Context(), func() (func(Ref) bool, error) {
			// A turn is committed after its session was looked at.
			released.Keep()
			released.Release()
			kept(t, s, "new")
			return func(r Ref) bool { return r == live }, nil
		})
		if n != 1 || err != nil || s.Has(orphan) {
			t.Errorf("Sweep() = %d, %v, want 1", n, err)
		}
		wantFiles(t, s, "live", "held", "released", "new")
		held.Release()
		if n, err := s.Sweep(t.Context(), nothing); n != 4 || err != nil {
			t.Errorf("Sweep() = %d, %v, want 4", n, err)
		}
		wantFiles(t, s)
		wantIdle(t, s)
	})
}

func TestSweep_errors(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		kept(t, s, "a")
		if _, err := s.Sweep(t.Context(), func() (func(Ref) bool, error) { return nil, errTest }); !errors.Is(err, errTest) {
			t.Errorf("Sweep(mark fails) = %v, want its error", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Sweep(ctx, nothing); !errors.Is(err, context.Canceled) {
			t.Errorf("Sweep(ended context) = %v", err)
		}
		wantFiles(t, s, "a")
	})
}

// TestSweep_many: a folder is read while files go from it.
func TestSweep_many(t *testing.T) {
	s := openTest(t, Options{Dir: t.TempDir()})
	const n = 3000
	for i := range n {
		name := refOf(fmt.Sprint(i)).String()
		if err := os.WriteFile(filepath.Join(s.folder.(disk).whole, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Sweep(t.Context(), nothing); got != n || err != nil {
		t.Errorf("Sweep() = %d, %v, want %d", got, err, n)
	}
	wantFiles(t, s)
}

// TestOpenStore: what a process left that was killed.
func TestOpenStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := openTest(t, Options{Dir: dir})
	kept(t, s, "a")
	put(t, s, "orphan")
	for _, name := range []string{"tmp/x", "tmp/" + refOf("y").String(), "sha256/README", "sha256/" + strings.Repeat("A", 64)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("a"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	torn := filepath.Join(dir, "sha256", refOf("torn").String())
	if err := os.WriteFile(torn, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, Options{Dir: dir})
	kept(t, s, "torn") // a file that lost its content is written anew
	wantFiles(t, s, "a", "orphan", "torn")
	live := []Ref{refOf("a"), refOf("torn")}
	n, err := s.Sweep(t.Context(), func() (func(Ref) bool, error) {
		return func(r Ref) bool { return slices.Contains(live, r) }, nil
	})
	if n != 1 || err != nil {
		t.Errorf("Sweep() = %d, %v, want 1", n, err)
	}
	wantFiles(t, s, "a", "torn")

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(Options{Dir: file}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("OpenStore(a file) = %v, want ErrUnavailable", err)
	}
}

// TestLayout: nothing on disk has a name that anybody chose.
func TestLayout(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, Options{Dir: dir})
	u := NewUploads(UploadOptions{Store: s})
	var want []string
	for i, name := range []string{"../../x", "/etc/passwd", "a\x00b", "CON", "sha256/x", strings.Repeat("x", 5000)} {
		content := fmt.Sprint(i)
		token, err := u.Issue("../s")
		if err != nil {
			t.Fatal(err)
		}
		up, err := u.Receive(t.Context(), Incoming{Session: "../s", Token: token, Name: name}, strings.NewReader(content))
		if err != nil || up.Name != name {
			t.Errorf("Receive(%.20q) = %+v, %v", name, up, err)
		}
		want = append(want, "sha256/"+refOf(content).String())
	}
	slices.Sort(want)
	if got := paths(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
}

func TestParseRef(t *testing.T) {
	r := refOf("a")
	if got, ok := ParseRef(r.String()); !ok || got != r {
		t.Errorf("ParseRef(%s) = %s, %t", r, got, ok)
	}
	for _, text := range []string{"", "../../x", strings.ToUpper(r.String()), r.String()[1:], r.String() + "0",
		"z" + r.String()[1:], "/" + r.String()[1:]} {
		if got, ok := ParseRef(text); ok {
			t.Errorf("ParseRef(%q) = %s, want none", text, got)
		}
	}
}

// TestStore_Hammer: what is held is there, whatever others do to it.
func TestStore_Hammer(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		rounds := 60
		if testing.Short() {
			rounds = 10
		}
		contents := []string{"a", "b", random(2*chunk, 3)}
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range rounds {
					content := contents[(g+i)%len(contents)]
					h, err := s.Put(t.Context(), strings.NewReader(content), PutOptions{})
					if err != nil {
						t.Errorf("Put() = %v", err)
						return
					}
					if i%3 == 0 {
						h.Keep()
					}
					wantContent(t, s, h.Ref, content)
					h.Release()
					if c, err := s.Open(h.Ref); err == nil {
						if got, err := io.ReadAll(c); string(got) != content {
							t.Errorf("the file has %.20q, %v", got, err)
						}
						_ = c.Close()
					}
				}
			})
		}
		for range 2 {
			wg.Go(func() {
				for i := range rounds {
					if _, err := s.Sweep(t.Context(), nothing); err != nil {
						t.Errorf("Sweep() = %v", err)
					}
					if err := s.Remove(refOf(contents[i%len(contents)])); err != nil {
						t.Errorf("Remove() = %v", err)
					}
				}
			})
		}
		wg.Wait()
		if _, err := s.Sweep(t.Context(), nothing); err != nil {
			t.Error(err)
		}
		wantFiles(t, s)
		wantIdle(t, s)
	})
}
