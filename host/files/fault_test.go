package files

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// faulty is a folder whose operations fail, from the one with number at on, for as
// long as count says.
type faulty struct {
	folder
	at, count int
	// how an operation fails: before it happened, after, or half.
	how  string
	did  []string
	hits int
}

var errDisk = errors.New("disk failed")

// fails counts an operation and says whether it fails.
func (f *faulty) fails(what string) bool {
	n := len(f.did)
	f.did = append(f.did, what)
	if f.at < 0 || n < f.at || n >= f.at+f.count {
		return false
	}
	f.hits++
	return true
}

func (f *faulty) do(what string, op func() error) error {
	if !f.fails(what) {
		return op()
	}
	if f.how != "before" {
		_ = op()
	}
	return errDisk
}

func (f *faulty) create(temp string) (file, error) {
	if f.fails("create") {
		return nil, errDisk
	}
	real, err := f.folder.create(temp)
	return &faultyFile{real, f}, err
}

func (f *faulty) publish(temp string, r Ref) error {
	return f.do("publish", func() error { return f.folder.publish(temp, r) })
}
func (f *faulty) sync() error { return f.do("folder", f.folder.sync) }
func (f *faulty) drop(temp string) error {
	return f.do("drop", func() error { return f.folder.drop(temp) })
}
func (f *faulty) remove(r Ref) error {
	return f.do("remove", func() error { return f.folder.remove(r) })
}
func (f *faulty) size(r Ref) (n int64, err error) {
	if err := f.do("size", func() error { n, err = f.folder.size(r); return err }); err != nil {
		return 0, err
	}
	return n, nil
}

type faultyFile struct {
	file
	f *faulty
}

func (w *faultyFile) Write(p []byte) (int, error) {
	if w.f.fails("write") {
		n, _ := w.file.Write(p[:len(p)/2])
		if w.f.how == "half" {
			return n, nil // what no writer may do, and some file systems did
		}
		return n, errDisk
	}
	return w.file.Write(p)
}
func (w *faultyFile) Sync() error  { return w.f.do("sync", w.file.Sync) }
func (w *faultyFile) Close() error { return w.f.do("close", w.file.Close) }

// TestPut_order: content first, then its name, then the folder.
func TestPut_order(t *testing.T) {
	s := openTest(t, Options{Dir: t.TempDir()})
	f := &faulty{folder: s.folder, at: -1}
	s.folder = f
	h := put(t, s, random(2*chunk, 1))
	want := []string{"create", "write", "write", "write", "size", "sync", "close", "publish", "folder"}
	if !slices.Equal(f.did, want) {
		t.Errorf("Put() did %q, want %q", f.did, want)
	}
	f.did = nil
	put(t, s, random(2*chunk, 1)).Release()
	want = []string{"create", "write", "write", "write", "size", "close", "drop"}
	if !slices.Equal(f.did, want) {
		t.Errorf("Put(again) did %q, want %q", f.did, want)
	}
	h.Release()
}

// TestPut_everyFault lets each operation of a Put fail once, in each way, and then
// all from it on. Nothing stays that a disk can remove, nobody relies on what is
// not durable, and the store goes on.
func TestPut_everyFault(t *testing.T) {
	content := random(chunk, 1)
	for _, how := range []string{"before", "after", "half"} {
		for _, count := range []int{1, 1000} {
			for at := 0; ; at++ {
				if !faultAt(t, content, how, count, at) {
					break
				}
			}
		}
	}
}

// faultAt reports whether there is an operation of that number.
func faultAt(t *testing.T, content, how string, count, at int) bool {
	t.Helper()
	name := fmt.Sprintf("%s, %d from %d", how, count, at)
	s := openTest(t, Options{Dir: t.TempDir()})
	other := kept(t, s, "other")
	f := &faulty{folder: s.folder, at: at, count: count, how: how}
	s.folder = f
	h, err := s.Put(t.Context(), strings.NewReader(content), PutOptions{})
	f.at = -1
	failed := ""
	if f.hits > 0 {
		failed = f.did[at]
	}
	switch {
	case err == nil:
		if failed != "" && failed != "size" {
			t.Errorf("%s: Put() = nil, though %s failed", name, failed)
		}
		wantContent(t, s, h.Ref, content)
		h.Release()
	case !errors.Is(err, ErrUnavailable):
		t.Errorf("%s: Put() = %v, want ErrUnavailable", name, err)
	}
	if count == 1 {
		wantFiles(t, s, "other")
	}
	f.did = nil
	again, err := s.Put(t.Context(), strings.NewReader(content), PutOptions{})
	if err != nil {
		t.Fatalf("%s: Put(again) = %v", name, err)
	}
	if !slices.Contains(f.did, "folder") {
		t.Errorf("%s: Put(again) relies on a file whose name may not be durable: %q", name, f.did)
	}
	again.Release()
	if _, err := s.Sweep(t.Context(), func() (func(Ref) bool, error) {
		return func(r Ref) bool { return r == other }, nil
	}); err != nil {
		t.Errorf("%s: Sweep() = %v", name, err)
	}
	wantFiles(t, s, "other")
	wantIdle(t, s)
	return failed != ""
}

// TestRelease_fault: what could not be removed is removed by a Sweep.
func TestRelease_fault(t *testing.T) {
	s := openTest(t, Options{Dir: t.TempDir()})
	f := &faulty{folder: s.folder, at: -1}
	s.folder = f
	h := put(t, s, "a")
	f.at, f.count, f.how = len(f.did), 1, "before"
	h.Release()
	if f.hits != 1 || !s.Has(h.Ref) {
		t.Fatal("the removal did not fail")
	}
	r := kept(t, s, "b")
	f.at, f.hits = len(f.did), 0
	if err := s.Remove(r); !errors.Is(err, ErrUnavailable) || f.hits != 1 {
		t.Errorf("Remove() = %v, want ErrUnavailable", err)
	}
	if n, err := s.Sweep(t.Context(), nothing); n != 2 || err != nil {
		t.Errorf("Sweep() = %d, %v, want 2", n, err)
	}
	wantFiles(t, s)
	wantIdle(t, s)
}

// TestOpen_fault: a disk that fails is another thing than a file that is not there.
func TestOpen_fault(t *testing.T) {
	s := openTest(t, Options{Dir: t.TempDir()})
	r := kept(t, s, "a")
	s.folder = &faulty{folder: s.folder, at: 0, count: 1, how: "before"}
	if _, err := s.Open(r); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNotFound) {
		t.Errorf("Open() = %v, want ErrUnavailable", err)
	}
	wantContent(t, s, r, "a")
	wantIdle(t, s)
}
