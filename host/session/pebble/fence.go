package pebble

import (
	"errors"
	"io"
	"os"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// errFenced is what the files of a handle say that was given up.
var errFenced = errors.New("the handle was given up")

// fence stands between a handle and its files. While it is guarded, an operation
// that changes the disk and fails is reported, and does not return before free.
// Once it is shut, such operations do not even begin.
type fence struct {
	// report is told of failures; it may be called more than once.
	report func(error)
	freed  chan struct{} // closed by free

	mu sync.Mutex // guards the following
	// guarded: failures are reported and held back, not returned.
	guarded, shut bool
	running       int
	quiet         chan struct{} // closed when nothing runs any more, once shut
}

func newFence(report func(error)) *fence {
	return &fence{report: report, freed: make(chan struct{}), quiet: make(chan struct{})}
}

// guard turns guarding on or off. It is off while a handle is opened or closed:
// then errors are for the opener or closer.
func (f *fence) guard(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.guarded = on
}

// close shuts the fence, and returns a channel that is closed when no operation
// runs any more.
func (f *fence) close() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.shut {
		f.shut = true
		f.settleLocked()
	}
	return f.quiet
}

// free lets operations return that were held back.
func (f *fence) free() { close(f.freed) }

func (f *fence) settleLocked() {
	if f.shut && f.running == 0 {
		close(f.quiet)
	}
}

// do runs an operation that changes the disk.
func (f *fence) do(op func() error) error {
	if !f.enter() {
		<-f.freed
		return errFenced
	}
	err := op()
	if f.leave(err) {
		f.report(err)
		<-f.freed
	}
	return err
}

func (f *fence) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut {
		return false
	}
	f.running++
	return true
}

// leave reports whether the error is to be held back.
func (f *fence) leave(err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running--
	f.settleLocked()
	return err != nil && f.guarded
}

// remove runs an operation whose failure harms nothing.
func (f *fence) remove(op func() error) error {
	if !f.enter() {
		<-f.freed
		return errFenced
	}
	err := op()
	f.leave(nil)
	return err
}

// fencedFS is a file system behind a fence.
type fencedFS struct {
	vfs.FS
	fence *fence
}

// file runs an operation that opens a file for writing.
func (fs *fencedFS) file(open func() (vfs.File, error)) (vfs.File, error) {
	var file vfs.File
	err := fs.fence.do(func() (err error) {
		file, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	return &fencedFile{file, fs.fence}, nil
}

func (fs *fencedFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.Create(name, c) })
}

func (fs *fencedFS) OpenReadWrite(name string, c vfs.DiskWriteCategory,
	opts ...vfs.OpenOption) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.OpenReadWrite(name, c, opts...) })
}

func (fs *fencedFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (
	vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.ReuseForWrite(oldname, newname, c) })
}

func (fs *fencedFS) OpenDir(name string) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.OpenDir(name) })
}

func (fs *fencedFS) Link(oldname, newname string) error {
	return fs.fence.do(func() error { return fs.FS.Link(oldname, newname) })
}

func (fs *fencedFS) Rename(oldname, newname string) error {
	return fs.fence.do(func() error { return fs.FS.Rename(oldname, newname) })
}

func (fs *fencedFS) MkdirAll(dir string, perm os.FileMode) error {
	return fs.fence.do(func() error { return fs.FS.MkdirAll(dir, perm) })
}

func (fs *fencedFS) Remove(name string) error {
	return fs.fence.remove(func() error { return fs.FS.Remove(name) })
}

func (fs *fencedFS) RemoveAll(name string) error {
	return fs.fence.remove(func() error { return fs.FS.RemoveAll(name) })
}

// Lock does nothing: the store itself holds the lock, over all its handles.
func (fs *fencedFS) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

func (fs *fencedFS) Unwrap() vfs.FS { return fs.FS }

// fencedFile is a file that was opened for writing, or a folder. Its Close is not
// fenced, only held back if it fails: what is given up lets go of its files.
type fencedFile struct {
	vfs.File
	fence *fence
}

func (f *fencedFile) Write(p []byte) (n int, err error) {
	err = f.fence.do(func() (err error) {
		n, err = f.File.Write(p)
		return err
	})
	return n, err
}

func (f *fencedFile) WriteAt(p []byte, off int64) (n int, err error) {
	err = f.fence.do(func() (err error) {
		n, err = f.File.WriteAt(p, off)
		return err
	})
	return n, err
}

func (f *fencedFile) SyncTo(length int64) (full bool, err error) {
	err = f.fence.do(func() (err error) {
		full, err = f.File.SyncTo(length)
		return err
	})
	return full, err
}

func (f *fencedFile) Stat() (info vfs.FileInfo, err error) {
	err = f.fence.do(func() (err error) {
		info, err = f.File.Stat()
		return err
	})
	return info, err
}

func (f *fencedFile) Sync() error     { return f.fence.do(f.File.Sync) }
func (f *fencedFile) SyncData() error { return f.fence.do(f.File.SyncData) }

func (f *fencedFile) Preallocate(offset, length int64) error {
	return f.fence.remove(func() error { return f.File.Preallocate(offset, length) })
}

func (f *fencedFile) Close() error {
	err := f.File.Close()
	f.fence.mu.Lock()
	held := err != nil && f.fence.guarded
	f.fence.mu.Unlock()
	if held {
		f.fence.report(err)
		<-f.fence.freed
	}
	return err
}
