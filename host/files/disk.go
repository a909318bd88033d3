package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk is a folder with two in it: one of files, by their hashes, and one of those
// that are not whole yet. They are on one file system, so that a rename is enough.
type disk struct{ whole, temp string }

var _ folder = disk{}

// openDisk makes the folders if they are not there. That their names are durable
// when a file's is needs the folders above synced as well.
func openDisk(dir string) (disk, error) {
	d := disk{whole: filepath.Join(dir, "sha256"), temp: filepath.Join(dir, "tmp")}
	for _, path := range []string{d.whole, d.temp} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return d, err
		}
	}
	for _, path := range []string{d.whole, dir, filepath.Dir(dir)} {
		if err := syncFolder(path); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (d disk) create(temp string) (file, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	return os.OpenFile(filepath.Join(d.temp, temp), flags, 0o600)
}

func (d disk) publish(temp string, r Ref) error {
	return os.Rename(filepath.Join(d.temp, temp), d.path(r))
}

func (d disk) sync() error { return syncFolder(d.whole) }

func (d disk) open(r Ref) (reader, error) { return os.Open(d.path(r)) }

func (d disk) size(r Ref) (int64, error) {
	info, err := os.Lstat(d.path(r))
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is no regular file", d.path(r))
	}
	return info.Size(), nil
}

func (d disk) drop(temp string) error { return gone(os.Remove(filepath.Join(d.temp, temp))) }
func (d disk) remove(r Ref) error     { return gone(os.Remove(d.path(r))) }
func (d disk) path(r Ref) string      { return filepath.Join(d.whole, r.String()) }

func (d disk) temps(each func(string) error) error { return list(d.temp, each) }

// refs leaves alone what is not ours.
func (d disk) refs(each func(Ref) error) error {
	return list(d.whole, func(name string) error {
		if r, ok := ParseRef(name); ok {
			return each(r)
		}
		return nil
	})
}

// list calls each with the names in a folder. It reads some at a time: a folder
// may hold many.
func list(path string, each func(string) error) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }() // it was only read
	for {
		names, err := dir.Readdirnames(1024)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := each(name); err != nil {
				return err
			}
		}
	}
}

// syncFolder makes the names in a folder durable. Windows has no such call: there
// the file system sees to it.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// gone takes the error away that a file is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
