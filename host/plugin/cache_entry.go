package plugin

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tetratelabs/wazero"
)

// sealName is the file with the checksum of a module's folder. The engine checks
// a part of what it reads there; a flipped bit in the rest, and it jumps to where
// no code is.
const sealName = "seal"

// newPrefix begins the names of folders that are not sealed yet.
const newPrefix = "new-"

// cacheEntry is what the cache has for one module, while the module is compiled:
// the folder with the module's name, if that is whole, or a new one that gets the
// name once the module is compiled. So nobody ever reads what somebody else, in
// this process or another, is writing.
type cacheEntry struct {
	name, dir string
	engine    wazero.CompilationCache
}

// openEntry opens the entry of the folder called name.
func openEntry(name string) (*cacheEntry, error) {
	e := &cacheEntry{name: name, dir: name}
	now := time.Now()
	if e.whole() {
		// The folder's time says when the module was used last.
		_ = os.Chtimes(name, now, now)
	} else if err := e.renew(); err != nil {
		return nil, err
	}
	var err error
	if e.engine, err = wazero.NewCompilationCacheWithDir(e.dir); err != nil {
		return nil, errors.Join(err, e.remove())
	}
	return e, nil
}

// renew begins a new folder in the place of one that is not whole, or not there.
func (e *cacheEntry) renew() (err error) {
	if err := os.RemoveAll(e.name); err != nil {
		return err
	}
	e.dir, err = os.MkdirTemp(filepath.Dir(e.name), newPrefix)
	return err
}

// whole reports whether the folder is as it was sealed.
func (e *cacheEntry) whole() bool {
	seal, err := os.ReadFile(filepath.Join(e.dir, sealName))
	if err != nil {
		return false
	}
	sum, err := e.checksum()
	return err == nil && string(seal) == sum
}

// checksum returns the checksum of all files in the folder but the seal.
func (e *cacheEntry) checksum() (string, error) {
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	err := filepath.WalkDir(e.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sealName {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		n, err := io.Copy(sum, f)
		fmt.Fprintf(sum, "%s %d\n", d.Name(), n)
		return err
	})
	return fmt.Sprintf("%08x\n", sum.Sum32()), err
}

// keep seals a new folder and gives it its name. If another one was faster, its
// folder is as good.
func (e *cacheEntry) keep() error {
	if e.dir == e.name {
		return nil
	}
	sum, err := e.checksum()
	if err == nil {
		err = os.WriteFile(filepath.Join(e.dir, sealName), []byte(sum), 0o600)
	}
	if err != nil {
		return errors.Join(err, e.remove())
	}
	if err := os.Rename(e.dir, e.name); err != nil {
		return e.remove()
	}
	e.dir = e.name
	return nil
}

func (e *cacheEntry) close(ctx context.Context) error {
	if e.engine == nil {
		return nil
	}
	return e.engine.Close(ctx)
}

// remove removes the folder after the engine could not read or write it.
func (e *cacheEntry) remove() error { return os.RemoveAll(e.dir) }
