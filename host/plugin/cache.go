package plugin

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Cache keeps compiled code in a folder on disk, a subfolder for each module, so
// that the same module starts in milliseconds the next time. What it holds is
// executed: the folder must be the user's own and closed to others. Several
// processes may share one folder, and other things may lie there too. In memory it
// keeps what was compiled last of a bot with an asset. A Cache is safe for concurrent
// use.
type Cache struct {
	dir     string
	limit   int64
	logger  *slog.Logger
	metered lastMetered
}

// DefaultCacheBytes is how much a cache keeps if nothing else is said.
const DefaultCacheBytes = 512 << 20

// OpenCache opens, or makes, the cache in dir, which keeps at most limit bytes
// (if zero, [DefaultCacheBytes]) and the newest module whatever its size: the
// modules that were not used for the longest time go. The logger, which may be
// nil, hears of failures to read and write.
//
// # Errors
//
// The folder cannot be made, is no folder, belongs to somebody else, or others
// may write to it.
func OpenCache(dir string, limit int64, logger *slog.Logger) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("compilation cache: %w", err)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("compilation cache: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("compilation cache: %s is not a folder", dir)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0:
		return nil, fmt.Errorf("compilation cache: others may write to %s (mode %v), "+
			"and what lies there is executed", dir, info.Mode().Perm())
	case !ownedByUs(info):
		return nil, fmt.Errorf("compilation cache: %s belongs to another user, "+
			"and what lies there is executed", dir)
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Cache{dir: dir, limit: cmp.Or(limit, DefaultCacheBytes), logger: logger}, nil
}

// entry opens what there is of a module's code. What the cache cannot do is no
// reason not to serve: nil is returned then, and the log says why.
func (c *Cache) entry(code []byte) *cacheEntry {
	e, err := openEntry(filepath.Join(c.dir, fmt.Sprintf("%x", sha256.Sum256(code))))
	if err != nil {
		c.warn(err)
		return nil
	}
	return e
}

// keep keeps an entry after its module was compiled, and makes room for it.
func (c *Cache) keep(e *cacheEntry) {
	if err := errors.Join(e.keep(), c.evict(filepath.Base(e.name))); err != nil {
		c.warn(err)
	}
}

func (c *Cache) warn(err error) {
	c.logger.LogAttrs(context.Background(), slog.LevelWarn, "compilation cache not usable",
		slog.Any("err", err))
}

// folder is what the cache holds of one module.
type folder struct {
	path string
	size int64
	used time.Time
}

// evict removes what was not used for the longest time, until no more than the
// limit is left. It keeps the module called newest.
func (c *Cache) evict(newest string) error {
	folders, total, err := c.folders()
	if err != nil {
		return err
	}
	slices.SortFunc(folders, func(a, b folder) int { return a.used.Compare(b.used) })
	var errs []error
	for _, f := range folders {
		if total <= c.limit {
			break
		}
		if filepath.Base(f.path) == newest {
			continue
		}
		errs = append(errs, os.RemoveAll(f.path))
		total -= f.size
	}
	return errors.Join(errs...)
}

func (c *Cache) folders() (all []folder, total int64, err error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, 0, err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !entry.IsDir() || !isOurs(entry.Name()) {
			continue // another process removed it, or it is not ours
		}
		f := folder{path: filepath.Join(c.dir, entry.Name()), used: info.ModTime()}
		f.size = sizeOf(f.path)
		all = append(all, f)
		total += f.size
	}
	return all, total, nil
}

// isOurs reports whether a folder with this name is one that the cache made.
func isOurs(name string) bool {
	_, err := hex.DecodeString(name)
	return strings.HasPrefix(name, newPrefix) || err == nil && len(name) == 2*sha256.Size
}

// sizeOf adds up the files below dir; those that vanish meanwhile count nothing.
func sizeOf(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
