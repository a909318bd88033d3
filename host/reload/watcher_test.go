package reload

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// newFile returns the path of a file that contains data.
func newFile(tb testing.TB, data string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "bots", "bot.wasm")
	write(tb, path, data)
	return path
}

// watchFile runs a watcher over a new file that contains "A." and was reported.
func watchFile(t *testing.T, o Options) (*rig, string) {
	t.Helper()
	path := newFile(t, "A.")
	o.Files = []string{path}
	r := start(t, o)
	r.want(path, "A.")
	r.settle()
	return r, path
}

func TestRewriteInPlace(t *testing.T) {
	r, path := watchFile(t, Options{})
	write(t, path, "B.")
	r.want(path, "B.")
	r.wantNothing()
}

func TestRewriteOfSameSizeAndTime(t *testing.T) {
	r, path := watchFile(t, Options{})
	info, err := os.Stat(path)
	must(t, err)
	write(t, path, "B.")
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	r.want(path, "B.")
}

func TestWriteThenRename(t *testing.T) {
	r, path := watchFile(t, Options{})
	replace(t, path, "B.")
	r.want(path, "B.")
	replace(t, path, "C.")
	r.want(path, "C.")
	r.wantNothing()
}

func TestSlowCopy(t *testing.T) {
	r, path := watchFile(t, Options{Retry: deadline})
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	pause := time.NewTicker(20 * time.Millisecond) // the pace is the subject
	defer pause.Stop()
	for range 25 {
		_, err := f.WriteString(strings.Repeat("x", 1000))
		must(t, err)
		<-pause.C
	}
	_, err = f.WriteString(".")
	must(t, err)
	r.want(path, strings.Repeat("x", 25_000)+".")
	r.wantNothing()
}

// kubernetes lays a folder out as the kubelet mounts a ConfigMap: the file is a
// link through ..data, which is a link to a folder of the content's time.
func kubernetes(tb testing.TB, dir, stamp, data string) {
	tb.Helper()
	old, _ := os.Readlink(filepath.Join(dir, "..data"))
	write(tb, filepath.Join(dir, stamp, "bot.wasm"), data)
	link(tb, stamp, filepath.Join(dir, "..data"))
	if old != "" {
		must(tb, os.RemoveAll(filepath.Join(dir, old)))
		return
	}
	link(tb, filepath.Join("..data", "bot.wasm"), filepath.Join(dir, "bot.wasm"))
}

func TestKubernetesSwap(t *testing.T) {
	for _, kind := range []string{"file", "folder"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "bot.wasm")
			kubernetes(t, dir, "..2026_1", "A.")
			o := Options{Files: []string{path}}
			if kind == "folder" {
				o = Options{Folders: []string{dir}}
			}
			r := start(t, o)
			r.want(path, "A.")
			r.settle()
			kubernetes(t, dir, "..2026_2", "B.")
			r.want(path, "B.")
			r.settle()
			kubernetes(t, dir, "..2026_3", "C.")
			r.want(path, "C.")
			r.settle()
			kubernetes(t, dir, "..2026_4", "C.")
			r.wantNothing()
		})
	}
}

func TestFileIsLink(t *testing.T) {
	target, other := newFile(t, "A."), newFile(t, "C.")
	path := filepath.Join(t.TempDir(), "link.wasm")
	link(t, target, path)
	r := start(t, Options{Files: []string{path}})
	r.want(path, "A.")
	r.settle()
	write(t, target, "B.")
	r.want(path, "B.")
	link(t, other, path)
	r.want(path, "C.")
	r.settle()
	write(t, other, "D.")
	r.want(path, "D.")
	write(t, target, "E.")
	r.wantNothing()
}

func TestFolderOnTheWayIsLink(t *testing.T) {
	releases := t.TempDir()
	write(t, filepath.Join(releases, "1", "bot.wasm"), "A.")
	write(t, filepath.Join(releases, "2", "bot.wasm"), "B.")
	current := filepath.Join(t.TempDir(), "current")
	link(t, filepath.Join(releases, "1"), current)
	path := filepath.Join(current, "bot.wasm")
	r := start(t, Options{Folders: []string{current}})
	r.want(path, "A.")
	r.settle()
	link(t, filepath.Join(releases, "2"), current)
	r.want(path, "B.")
}

func TestFileDeletedAndBack(t *testing.T) {
	r, path := watchFile(t, Options{})
	must(t, os.Remove(path))
	r.wantNothing()
	write(t, path, "A.")
	r.wantNothing()
	must(t, os.Remove(path))
	r.settle()
	write(t, path, "B.")
	r.want(path, "B.")
	r.wantNothing()
}

func TestFileDeletedForGood(t *testing.T) {
	r, path := watchFile(t, Options{Grace: 100 * time.Millisecond})
	from := time.Now()
	must(t, os.Remove(path))
	r.wantGone(path)
	if d := time.Since(from); d < 100*time.Millisecond {
		t.Errorf("removal reported after %v, want 100ms or more", d)
	}
	r.wantNothing()
	write(t, path, "A.")
	r.want(path, "A.")
}

func TestFolderRemovedAndBack(t *testing.T) {
	r, path := watchFile(t, Options{})
	dir := filepath.Dir(path)
	must(t, os.RemoveAll(dir))
	write(t, path, "B.") // at once
	r.want(path, "B.")
	must(t, os.RemoveAll(dir))
	r.wantNothing() // and after it was seen missing
	write(t, path, "C.")
	r.want(path, "C.")
	r.settle()
	write(t, path, "D.") // the new folder is watched
	r.want(path, "D.")
	must(t, os.Rename(dir, dir+".old"))
	write(t, path, "E.")
	r.want(path, "E.")
	r.settle()
	write(t, path, "F.")
	r.want(path, "F.")
}

func TestTwoChangesInQuickSuccession(t *testing.T) {
	r, path := watchFile(t, Options{})
	write(t, path, "B.")
	write(t, path, "C.")
	c := r.next()
	if string(c.Data) == "B." { // the machine may be slow enough for both
		c = r.next()
	}
	if string(c.Data) != "C." {
		t.Fatalf("change = %v, want C. last", c)
	}
	r.wantNothing()
}

func TestHalfWritten(t *testing.T) {
	const retry = 150 * time.Millisecond
	r, path := watchFile(t, Options{Retry: retry})
	from := time.Now()
	write(t, path, "half")
	c := r.wantErr(path, errTorn)
	if d := time.Since(from); d < retry {
		t.Errorf("error reported after %v, want %v or more", d, retry)
	}
	if c.Hash == ([32]byte{}) {
		t.Error("bad content without its hash")
	}
	r.wantNothing() // once is enough
	write(t, path, "half, whole.")
	r.want(path, "half, whole.")
	r.wantNothing()
}

func TestHalfWrittenThenWhole(t *testing.T) {
	r, path := watchFile(t, Options{Retry: deadline})
	write(t, path, "half")
	r.wantNothing()
	write(t, path, "half, whole.")
	r.want(path, "half, whole.")
}

func TestThereAndBackAgain(t *testing.T) {
	r, path := watchFile(t, Options{})
	write(t, path, "B.")
	r.want(path, "B.")
	write(t, path, "A.")
	r.want(path, "A.")
	r.wantNothing()
}

func TestTouch(t *testing.T) {
	r, path := watchFile(t, Options{})
	must(t, os.Chtimes(path, time.Now(), time.Now()))
	must(t, os.Chmod(path, 0o600))
	r.wantNothing()
	write(t, path, "A.") // same content
	r.wantNothing()
	write(t, path, "B.")
	r.want(path, "B.")
}

func TestFolderGainsAndLosesFiles(t *testing.T) {
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a.wasm"), filepath.Join(dir, "b.wasm"),
		filepath.Join(dir, "c.wasm")
	write(t, b, "B.")
	write(t, a, "A.")
	write(t, filepath.Join(dir, "notes.txt"), "N.")
	write(t, filepath.Join(dir, ".hidden.wasm"), "H.")
	write(t, filepath.Join(dir, "sub.wasm", "d.wasm"), "D.")
	r := start(t, Options{Folders: []string{dir}, Grace: 50 * time.Millisecond})
	r.want(a, "A.")
	r.want(b, "B.")
	r.wantNothing()
	write(t, c, "C.")
	r.want(c, "C.")
	must(t, os.Remove(a))
	r.wantGone(a)
	write(t, a, "A.")
	r.want(a, "A.")
	write(t, b, "BB.")
	r.want(b, "BB.")
	r.wantNothing()
}

func TestFileAddedBeforeFolderIsWatched(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.wasm")
	w := New(Options{Folders: []string{dir}, Poll: time.Hour})
	it := w.items[dir]
	it.survey = func() survey {
		s := surveyFolder(dir)
		if len(s.names) == 0 {
			write(t, path, "A.") // too late for the survey, too early for the watch
		}
		return s
	}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	var got []string
	err := w.Run(ctx, func(_ context.Context, c Change) {
		got = append(got, c.String())
		cancel()
	})
	if len(got) != 1 || got[0] != path+" has A." {
		t.Errorf("Run = %v, changes = %q, want one with the file", err, got)
	}
}

func TestFolderMissing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later", "bots")
	r := start(t, Options{Folders: []string{dir}, Retry: time.Millisecond})
	r.wantErr(dir, fs.ErrNotExist)
	r.wantNothing()
	path := filepath.Join(dir, "bot.wasm")
	write(t, path, "A.")
	r.want(path, "A.")
	r.wantNothing()
}

func TestFolderIsFile(t *testing.T) {
	path := newFile(t, "A.")
	r := start(t, Options{Folders: []string{path}, Retry: time.Millisecond})
	r.wantErr(path, ErrNotFolder)
}

func TestOverLimit(t *testing.T) {
	tests := []struct {
		name string
		size int
		want error
	}{
		{"one below", 99, nil},
		{"at", 100, nil},
		{"one above", 101, ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, path := watchFile(t, Options{Limit: 100, Retry: time.Millisecond})
			data := strings.Repeat("x", tt.size-1) + "."
			write(t, path, data)
			if tt.want == nil {
				r.want(path, data)
				return
			}
			c := r.wantErr(path, tt.want)
			if msg := c.Err.Error(); !strings.Contains(msg, "101") ||
				!strings.Contains(msg, "100") {
				t.Errorf("error %q names not both size and limit", msg)
			}
			write(t, path, "B.")
			r.want(path, "B.")
		})
	}
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("root may read everything, and Windows knows no such mode")
	}
	r, path := watchFile(t, Options{Retry: time.Millisecond})
	must(t, os.Chmod(path, 0))
	r.wantErr(path, fs.ErrPermission)
	r.wantNothing()
	must(t, os.Chmod(path, 0o600))
	r.want(path, "A.")
}

func TestFolderInPlaceOfFile(t *testing.T) {
	r, path := watchFile(t, Options{Retry: time.Millisecond})
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o755))
	r.wantErr(path, ErrNotFile)
	r.wantNothing()
	must(t, os.Remove(path))
	write(t, path, "A.") // what was there before the error is news again
	r.want(path, "A.")
}

func TestPolling(t *testing.T) {
	path := newFile(t, "A.")
	w := New(Options{
		Files: []string{path},
		Quiet: time.Millisecond,
		Poll:  time.Millisecond,
		Check: complete,
	})
	changes := make(chan Change)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx, nil, func(_ context.Context, c Change) { changes <- c })
	}()
	r := &rig{TB: t, w: w, changes: changes}
	r.want(path, "A.")
	replace(t, path, "B.")
	r.want(path, "B.")
	write(t, path, "C.")
	r.want(path, "C.")
	cancel()
	<-ended
}

func TestWatcherRunsOnce(t *testing.T) {
	r, path := watchFile(t, Options{})
	if err := r.w.Run(t.Context(), nil); !errors.Is(err, ErrRunning) {
		t.Errorf("second Run = %v, want %v", err, ErrRunning)
	}
	if err := r.w.Load(t.Context(), nil); !errors.Is(err, ErrRunning) {
		t.Errorf("Load = %v, want %v", err, ErrRunning)
	}
	write(t, path, "B.")
	r.want(path, "B.")
}

func TestWatcherDeliversOneAtATime(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.wasm"), filepath.Join(dir, "b.wasm")
	write(t, a, "A0.")
	write(t, b, "B0.")
	w := New(Options{Folders: []string{dir}, Quiet: time.Millisecond, Poll: time.Hour})
	var busy sync.Mutex
	last := map[string]string{}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	err := w.Run(ctx, func(_ context.Context, c Change) {
		if !busy.TryLock() {
			t.Error("two changes at a time")
			return
		}
		defer busy.Unlock()
		last[c.Path] = string(c.Data)
		if string(c.Data) == "A0." { // both change while the first is handled
			for _, n := range []string{"1.", "2.", "3."} {
				write(t, a, "A"+n)
				write(t, b, "B"+n)
			}
		}
		if last[a] == "A3." && last[b] == "B3." {
			cancel()
		}
	})
	if err != nil || last[a] != "A3." || last[b] != "B3." {
		t.Errorf("Run = %v, last = %v, want the newest of both", err, last)
	}
}

func TestWatcher_Hammer(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.wasm")
	write(t, path, "0.")
	r := start(t, Options{
		Folders: []string{dir},
		Trees:   []Tree{{Dir: filepath.Dir(dir)}},
		Quiet:   time.Millisecond,
		MaxWait: 5 * time.Millisecond,
		Poll:    time.Millisecond,
	})
	seen := make(chan struct{})
	go func() {
		defer close(seen)
		for c := range r.changes {
			if string(c.Data) == "the end." {
				return
			}
		}
	}()
	r.settle() // Run has begun, so that Load is refused
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			mine := filepath.Join(dir, string(rune('a'+i))+".wasm")
			for range 50 {
				r.w.Look()
				replace(t, mine, time.Now().String()+".")
				if err := r.w.Load(t.Context(), nil); !errors.Is(err, ErrRunning) {
					t.Errorf("Load = %v, want %v", err, ErrRunning)
				}
				os.Remove(mine)
			}
		})
	}
	wg.Wait()
	replace(t, path, "the end.")
	select {
	case <-seen:
	case <-time.After(deadline):
		t.Fatal("the last content was not delivered")
	}
}
