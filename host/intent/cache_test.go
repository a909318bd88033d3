package intent

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// worthKeeping is a definition with a model that is kept.
func worthKeeping() *abi.Definition { return random(rand.New(rand.NewPCG(3, 4)), 60, 4, 12) }

func cached(tb testing.TB, dir string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

func TestCache(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	opts := Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	first := newClassifier(t, worthKeeping(), opts)
	paths := cached(t, dir)
	if len(paths) != 1 {
		t.Fatalf("the folder has %q, want one model", paths)
	}
	again := newClassifier(t, worthKeeping(), opts)
	if !reflect.DeepEqual(first.model, again.model) {
		t.Error("the model that was kept is another one")
	}
	other := worthKeeping()
	other.Intents[7].Examples[1] += " more"
	newClassifier(t, other, opts)
	newClassifier(t, travel(), opts) // too small to be kept
	if paths := cached(t, dir); len(paths) != 2 || log.Len() > 0 {
		t.Errorf("the folder has %q, want two models; log %s", paths, &log)
	}
}

// Whatever became of the files, the model is the same, and kept again.
func TestCache_corrupted(t *testing.T) {
	dir := t.TempDir()
	want := newClassifier(t, worthKeeping(), Options{Dir: dir}).model
	path := cached(t, dir)[0]
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	changed[len(changed)/2]++
	for name, data := range map[string][]byte{
		"empty": nil, "short": whole[:40], "cut": whole[:len(whole)-1], "changed": changed,
		"other":         []byte("other\n"),
		"other intents": newClassifier(t, travel(), Options{}).model.encode(),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			opts := Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			c := newClassifier(t, worthKeeping(), opts)
			now, err := os.ReadFile(path)
			if err != nil || !reflect.DeepEqual(c.model, want) || !bytes.Equal(now, whole) || log.Len() == 0 {
				t.Errorf("New() with a damaged file: another model, or not kept: %v, log %q", err, &log)
			}
		})
	}
}

func TestCache_unusable(t *testing.T) {
	var log bytes.Buffer
	opts := Options{Dir: filepath.Join(t.TempDir(), "none"), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	if c := newClassifier(t, worthKeeping(), opts); c.model == nil || log.Len() == 0 {
		t.Errorf("New() without the folder: log %q, want a model and a warning", &log)
	}
}

func TestCache_evict(t *testing.T) {
	c := cache{dir: t.TempDir()}
	for i := range maxCached + 3 {
		name := fmt.Sprint(i, cachedExt)
		if err := c.write(name, nil); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1_000_000+i), 0)
		if err := os.Chtimes(filepath.Join(c.dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	err := c.evict()
	_, errOld := os.Stat(filepath.Join(c.dir, "2"+cachedExt))
	_, errNew := os.Stat(filepath.Join(c.dir, "3"+cachedExt))
	if n := len(cached(t, c.dir)); err != nil || n != maxCached || errOld == nil || errNew != nil {
		t.Errorf("evict() = %v, leaves %d, want the newest %d", err, n, maxCached)
	}
}

// FuzzDecodeModel: data are a model that is written the same, or an error.
func FuzzDecodeModel(f *testing.F) {
	c := newClassifier(f, travel(), Options{})
	f.Add(c.model.encode()[len(modelMagic)+32:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeModel(seal(body))
		if err == nil && len(m.vocabulary.rows) == len(m.vocabulary.rare) &&
			!bytes.Equal(m.encode(), seal(body)) {
			t.Errorf("a model of %d bytes is written in another way", len(body))
		}
	})
}
