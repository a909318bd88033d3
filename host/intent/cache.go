package intent

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

const (
	// maxCached and maxCachedBytes are how much a folder keeps. The newest model
	// stays whatever its size.
	maxCached      = 256
	maxCachedBytes = 256 << 20
	// maxModelBytes is more than any model has.
	maxModelBytes = 256 << 20
	cachedExt     = ".intents"
)

// modelKey is the digest of what a model is learned from.
type modelKey [sha256.Size]byte

// keyOf returns the key of the model of a definition: of all that goes into it,
// and of nothing else.
func keyOf(d *abi.Definition) (key modelKey, err error) {
	doc, err := json.Marshal(abi.Definition{
		Language: d.Language, Intents: d.Intents, Entities: d.Entities,
	})
	if err != nil {
		return key, err
	}
	return sha256.Sum256(append([]byte(modelMagic), doc...)), nil
}

// cache keeps models in a folder of its own. What it cannot do is no reason not
// to learn: the log says why.
type cache struct {
	dir    string // empty if nothing is kept
	logger *slog.Logger
}

// openCache opens, or makes, a folder. A model is not run, but it decides what
// users mean: others must not be able to write it.
func openCache(opts Options) *cache {
	c := &cache{logger: opts.Logger}
	if opts.Dir == "" {
		return c
	}
	err := os.MkdirAll(opts.Dir, 0o700)
	if err == nil {
		var info fs.FileInfo
		info, err = os.Stat(opts.Dir)
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
			err = fmt.Errorf("others may write to %s (mode %v)", opts.Dir, info.Mode().Perm())
		}
	}
	if err != nil {
		c.warn(err)
		return c
	}
	c.dir = opts.Dir
	return c
}

func (c *cache) path(key modelKey) string {
	return filepath.Join(c.dir, fmt.Sprintf("%x%s", key, cachedExt))
}

// load returns the model with a key, which tells so many intents; nil if there is
// none.
func (c *cache) load(key modelKey, intents int) *model {
	if c.dir == "" {
		return nil
	}
	path := c.path(key)
	m, err := readModel(path, key, intents)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		c.warn(fmt.Errorf("%s: %w", path, err))
		return nil
	}
	now := time.Now() // says that it is used; if it cannot be said, it goes earlier
	_ = os.Chtimes(path, now, now)
	return m
}

func readModel(path string, key modelKey, intents int) (*model, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxModelBytes {
		return nil, errModel // and nothing that blocks, or has no end
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := decodeModel(data, key)
	if err == nil && m.linear.intents != modelIntents(intents) {
		err = errModel
	}
	return m, err
}

// store keeps a model, and makes room for it.
func (c *cache) store(key modelKey, m *model) {
	if c.dir == "" {
		return
	}
	if err := errors.Join(c.write(c.path(key), m.encode(key)), c.evict()); err != nil {
		c.warn(err)
	}
}

// write writes a file that others see when it is whole.
func (c *cache) write(path string, data []byte) error {
	f, err := os.CreateTemp(c.dir, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// evict removes what was not used for the longest time, also what was never
// written to its end.
func (c *cache) evict() error {
	files, err := c.files()
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	var errs []error
	total := int64(0)
	for i, f := range files {
		if total += f.Size(); i > 0 && (i >= maxCached || total > maxCachedBytes) {
			err := os.Remove(filepath.Join(c.dir, f.Name()))
			if !errors.Is(err, fs.ErrNotExist) { // another process did
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (c *cache) files() ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, err
	}
	var files []fs.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	return files, nil
}

func (c *cache) warn(err error) {
	if c.logger != nil {
		c.logger.LogAttrs(context.Background(), slog.LevelWarn, "cache of intents not usable",
			slog.Any("err", err))
	}
}
