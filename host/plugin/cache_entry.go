package plugin

import (
	"context"
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

// cacheEntry is the folder of one module in the cache, while the module is
// compiled.
type cacheEntry struct {
	dir    string
	engine wazero.CompilationCache
	sealed bool
}

// open opens the engine's cache in the folder; one that is not whole is emptied
// before.
func (e *cacheEntry) open() error {
	sum, err := e.checksum()
	if err == nil {
		seal, _ := os.ReadFile(filepath.Join(e.dir, sealName))
		e.sealed = string(seal) == sum
	}
	if !e.sealed {
		if err := os.RemoveAll(e.dir); err != nil {
			return err
		}
	}
	if e.engine, err = wazero.NewCompilationCacheWithDir(e.dir); err != nil {
		return err
	}
	// The folder's time says when the module was used last.
	now := time.Now()
	return os.Chtimes(e.dir, now, now)
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

// seal writes the checksum, unless it was found right.
func (e *cacheEntry) seal() error {
	if e.sealed {
		return nil
	}
	sum, err := e.checksum()
	if err == nil {
		err = os.WriteFile(filepath.Join(e.dir, sealName), []byte(sum), 0o600)
	}
	return err
}

func (e *cacheEntry) close(ctx context.Context) error {
	if e.engine == nil {
		return nil
	}
	return e.engine.Close(ctx)
}

// remove removes the folder after the engine could not read or write it.
func (e *cacheEntry) remove() error { return os.RemoveAll(e.dir) }
