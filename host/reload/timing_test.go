package reload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// These tests run in a bubble: real files, but the clock is false and the hints
// are the test's, so that every time is exact.

// clock is a watcher in a bubble.
type clock struct {
	*testing.T
	w    *Watcher
	path string
	from time.Time

	mu  sync.Mutex // guards the following: the bubble orders the goroutines, but
	got []string   // not for the race detector. One line a change: time and what
}

// old is a file time long before any look: the bubble's clock begins in 2000.
var old = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// inBubble runs a watcher without a source of hints over one file, and test
// once "A." was reported. All of Options but Files keep their defaults.
func inBubble(t *testing.T, o Options, test func(c *clock)) {
	t.Helper()
	path := newFile(t, "A.")
	synctest.Test(t, func(t *testing.T) {
		o.Files, o.Check = []string{path}, complete
		c := &clock{T: t, w: New(o), path: path, from: time.Now()}
		must(t, os.Chtimes(path, old, old))
		ctx, cancel := context.WithCancel(t.Context())
		go c.w.run(ctx, nil, func(_ context.Context, ch Change) {
			what := strings.TrimPrefix(ch.String(), path+" ")
			c.mu.Lock()
			defer c.mu.Unlock()
			c.got = append(c.got, time.Since(c.from).String()+" "+what)
		})
		synctest.Wait()
		c.want("0s has A.")
		c.mu.Lock()
		c.got = nil
		c.mu.Unlock()
		test(c)
		cancel()
		synctest.Wait()
	})
}

// at sleeps until some time after the begin.
func (c *clock) at(d time.Duration) {
	time.Sleep(time.Until(c.from.Add(d)))
	synctest.Wait()
}

// put writes the file and hints at it.
func (c *clock) put(data string) {
	c.Helper()
	write(c, c.path, data)
	c.hint()
}

// hint hints at the file.
func (c *clock) hint() { c.w.box.add(c.path) }

// want expects these changes up to now.
func (c *clock) want(lines ...string) {
	c.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	got, want := strings.Join(c.got, "\n"), strings.Join(lines, "\n")
	if got != want {
		c.Errorf("changes:\n%s\nwant:\n%s", got, want)
	}
}

func TestQuiet(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.put("B.")
		c.at(100 * time.Millisecond)
		c.hint()
		c.at(200 * time.Millisecond)
		c.put("C.")
		c.at(time.Second)
		c.want("350ms has C.")
	})
}

func TestMaxWait(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.put("B.")
		for d := time.Duration(0); d < 3*time.Second; d += 100 * time.Millisecond {
			c.at(d)
			c.hint()
		}
		c.want("2s has B.")
	})
}

func TestRetry(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.put("half")
		c.at(10 * time.Second)
		c.want("1.15s error: check " + c.path + ": torn")
		c.put("half")
		c.at(20 * time.Second)
		c.put("A.") // the words about the path are news again
		c.at(30 * time.Second)
		c.want("1.15s error: check "+c.path+": torn", "20.15s has A.")
	})
}

func TestRetryOfOldFile(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		write(t, c.path, "half")
		must(t, os.Chtimes(c.path, old, old)) // a copy that keeps the time
		c.hint()
		c.at(10 * time.Second)
		c.want("1.15s error: check " + c.path + ": torn")
	})
}

func TestRetryWhileGrowing(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		data := "half"
		for d := time.Duration(0); d < 10*time.Second; d += 900 * time.Millisecond {
			c.at(d)
			data += "x"
			c.put(data)
		}
		c.at(10 * time.Second)
		c.put(data + ".")
		c.at(20 * time.Second)
		c.want("10.15s has halfxxxxxxxxxxxx.")
	})
}

func TestRetryWaitsForQuiet(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.put("half")
		for d := 200 * time.Millisecond; d < 1500*time.Millisecond; d += 100 * time.Millisecond {
			c.at(d)
			c.hint() // another file in the folder is busy
		}
		c.at(10 * time.Second)
		c.want("1.55s error: check " + c.path + ": torn")
	})
}

func TestGrace(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		must(t, os.Remove(c.path))
		c.hint()
		c.at(10 * time.Second)
		c.want()
		c.put("A.") // within the grace of 10 s after the look at 150 ms
		c.at(20 * time.Second)
		c.want()
		must(t, os.Remove(c.path))
		c.hint()
		c.at(40 * time.Second)
		c.want("30.15s removed")
		c.put("A.")
		c.at(50 * time.Second)
		c.want("30.15s removed", "40.15s has A.")
	})
}

func TestNoGrace(t *testing.T) {
	inBubble(t, Options{Grace: -1}, func(c *clock) {
		must(t, os.Remove(c.path))
		c.hint()
		c.at(time.Second)
		c.want("150ms removed")
	})
}

func TestPollSettles(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.at(time.Second)
		write(t, c.path, "half") // no hint: as on a network file system
		c.at(5*time.Second + 100*time.Millisecond)
		write(t, c.path, "half, and on")
		c.at(5*time.Second + 200*time.Millisecond)
		write(t, c.path, "half, and on, whole.")
		c.at(10 * time.Second)
		c.want("5.45s has half, and on, whole.")
	})
}

func TestPollReadsWhatLooksDifferent(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		c.at(time.Second)
		write(t, c.path, "B.") // same size and time, and no hint
		must(t, os.Chtimes(c.path, old, old))
		c.at(time.Minute)
		c.want()
		c.w.Look()
		c.at(2 * time.Minute)
		c.want("1m0.15s has B.")
	})
}

func TestPollReadsRecentFilesAgain(t *testing.T) {
	inBubble(t, Options{}, func(c *clock) {
		now := time.Now()
		c.put("B.")
		must(t, os.Chtimes(c.path, now, now))
		c.at(time.Second)
		write(t, c.path, "C.") // in the same tick of the file system's clock
		must(t, os.Chtimes(c.path, now, now))
		c.at(time.Minute)
		c.want("150ms has B.", "5.15s has C.")
	})
}

func TestErrorTwiceByPolling(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bots")
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{Folders: []string{dir}})
		var n atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		go w.run(ctx, nil, func(context.Context, Change) { n.Add(1) })
		for want := int64(1); want <= 2; want++ {
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := n.Load(); n != want {
				t.Errorf("errors = %d, want %d: one each time the folder goes", n, want)
			}
			must(t, os.Mkdir(dir, 0o755))
			time.Sleep(time.Minute)
			must(t, os.Remove(dir))
		}
		cancel()
		synctest.Wait()
	})
}

func TestLostFilesAreForgotten(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.wasm", "b.wasm", "c.wasm"} {
		write(t, filepath.Join(dir, name), "A.")
	}
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{Folders: []string{dir}})
		ctx, cancel := context.WithCancel(t.Context())
		go w.run(ctx, nil, func(context.Context, Change) {})
		synctest.Wait()
		must(t, os.Remove(filepath.Join(dir, "b.wasm")))
		time.Sleep(time.Minute)
		cancel()
		synctest.Wait()
		if n := len(w.items); n != 3 {
			t.Errorf("items = %d, want 3: the folder and two files", n)
		}
	})
}

func TestKeepsChanging(t *testing.T) {
	path := newFile(t, "A.")
	synctest.Test(t, func(t *testing.T) {
		var from time.Time
		var got []string
		w := New(Options{Files: []string{path}})
		it := w.items[path]
		read := it.read
		it.read = func(s survey) sight { // each read meets a writer
			if len(got) == 0 {
				return sight{kind: changing, err: ErrChanging}
			}
			return read(s)
		}
		from = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		w.run(ctx, nil, func(_ context.Context, c Change) {
			got = append(got, time.Since(from).String()+" "+c.String())
		})
		if len(got) != 2 || got[0] != "30s "+path+" error: "+ErrChanging.Error() {
			t.Errorf("changes = %q, want the error after 30s, then A.", got)
		}
	})
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a.wasm"), filepath.Join(dir, "b.wasm"),
		filepath.Join(dir, "missing.wasm")
	write(t, a, "A.")
	write(t, b, "half")
	synctest.Test(t, func(t *testing.T) {
		from := time.Now()
		w := New(Options{Folders: []string{dir}, Files: []string{c}, Check: complete})
		var got []string
		keep := func(_ context.Context, c Change) {
			what, _, _ := strings.Cut(c.String(), ":")
			got = append(got, time.Since(from).String()+" "+filepath.Base(what))
		}
		if err := w.Load(t.Context(), keep); err != nil {
			t.Fatalf("Load = %v, want nil", err)
		}
		want := "0s a.wasm has A.|1s b.wasm error|1s missing.wasm error"
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("Load delivers %q, want %q", s, want)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		got = nil
		w.run(ctx, nil, keep)
		if len(got) > 0 {
			t.Errorf("then Run delivers %q, want nothing", got)
		}
	})
}

func TestLoadCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		w := New(Options{Files: []string{"testdata/missing"}})
		err := w.Load(ctx, func(_ context.Context, c Change) { t.Errorf("change = %v", c) })
		if err != context.DeadlineExceeded {
			t.Errorf("Load = %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestReadOpenReplaced(t *testing.T) {
	path := newFile(t, "A.")
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	if data, err := readOpen(f, path, 100); string(data) != "A." || err != nil {
		t.Errorf("readOpen = %q, %v, want A.", data, err)
	}
	replace(t, path, "B.")
	_, err = f.Seek(0, io.SeekStart)
	must(t, err)
	if data, err := readOpen(f, path, 100); data != nil || !errors.Is(err, ErrChanging) {
		t.Errorf("readOpen = %q, %v, want %v", data, err, ErrChanging)
	}
	must(t, os.Remove(path))
	_, err = f.Seek(0, io.SeekStart)
	must(t, err)
	if data, err := readOpen(f, path, 100); data != nil || !errors.Is(err, ErrChanging) {
		t.Errorf("readOpen = %q, %v, want %v", data, err, ErrChanging)
	}
}

func TestRead(t *testing.T) {
	path := newFile(t, "A.")
	big := newFile(t, strings.Repeat("x", 100)+".")
	half := newFile(t, "half")
	tests := []struct {
		name string
		path string
		want string
	}{
		{"whole", path, "A."},
		{"too large", big, "reload: file too large"},
		{"torn", half, "torn"},
		{"missing", path + ".not", "file"},
		{"folder", filepath.Dir(path), "reload: not a regular file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, err := Read(t.Context(), tt.path, Options{Limit: 100, Check: complete})
				got := string(c.Data)
				if err != nil {
					got = err.Error()
				}
				if !strings.Contains(got, tt.want) || err != nil && c.Data != nil {
					t.Errorf("Read(%s) = %q, want %q", tt.name, got, tt.want)
				}
			})
		})
	}
}

func TestReadSecondChance(t *testing.T) {
	path := newFile(t, "half")
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(time.Second / 2)
			write(t, path, "half, whole.")
		}()
		c, err := Read(t.Context(), path, Options{Check: complete})
		if err != nil || !bytes.Equal(c.Data, []byte("half, whole.")) {
			t.Errorf("Read = %v, %v, want the whole content", c, err)
		}
	})
}
