package intent

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

const (
	// minCached is the size of models that are worth keeping, in weights: smaller
	// ones are learned in less time than a file takes.
	minCached = 1 << 16
	// maxCached is how many models a folder keeps.
	maxCached = 32
	cachedExt = ".intents"
)

// cache keeps models in a folder, by what they were learned from. What it cannot
// do is no reason not to learn: the log says why.
type cache struct {
	dir    string
	logger *slog.Logger
}

// key names the model of a definition: nothing else goes into it.
func key(d *abi.Definition) (string, error) {
	doc, err := json.Marshal(abi.Definition{
		Language: d.Language, Intents: d.Intents, Entities: d.Entities,
	})
	return fmt.Sprintf("%x%s", sha256.Sum256(append([]byte(modelMagic), doc...)), cachedExt), err
}

// load returns the model of a definition; nil if there is none.
func (c *cache) load(d *abi.Definition) *model {
	if c.dir == "" {
		return nil
	}
	name, err := key(d)
	if err != nil {
		c.warn(err)
		return nil
	}
	path := filepath.Join(c.dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var m *model
	if err == nil {
		m, err = decodeModel(data)
		if err == nil && m.linear.intents != modelIntents(len(d.Intents)) {
			err = errModel
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	if err != nil {
		c.warn(err)
		return nil
	}
	now := time.Now() // says that it is used; if it cannot be said, it goes earlier
	_ = os.Chtimes(path, now, now)
	return m
}

// store keeps a model, and makes room for it.
func (c *cache) store(d *abi.Definition, m *model) {
	if c.dir == "" || len(m.linear.weights) < minCached {
		return
	}
	name, err := key(d)
	if err == nil {
		err = errors.Join(c.write(name, m.encode()), c.evict())
	}
	if err != nil {
		c.warn(err)
	}
}

// write writes a file that others see when it is whole.
func (c *cache) write(name string, data []byte) error {
	f, err := os.CreateTemp(c.dir, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// evict removes the models that were not used for the longest time.
func (c *cache) evict() error {
	paths, err := filepath.Glob(filepath.Join(c.dir, "*"+cachedExt))
	if err != nil || len(paths) <= maxCached {
		return err
	}
	used := make(map[string]time.Time)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			used[path] = info.ModTime()
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(used[b].Compare(used[a]), cmp.Compare(a, b))
	})
	var errs []error
	for _, path := range paths[maxCached:] {
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

func (c *cache) warn(err error) {
	if c.logger != nil {
		c.logger.LogAttrs(context.Background(), slog.LevelWarn, "intent cache not usable",
			slog.Any("err", err))
	}
}
