package intent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// worthKeeping is a definition with a model that takes some time to learn.
func worthKeeping() *abi.Definition { return random(rand.New(rand.NewPCG(3, 4)), 60, 4, 12) }

func cached(tb testing.TB, dir string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

// logged are options with a folder, and what is logged with them.
func logged(dir string) (Options, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(log, nil))}, log
}

func TestCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "yet", "there")
	opts, log := logged(dir)
	first := newClassifier(t, worthKeeping(), opts)
	paths := cached(t, dir)
	if len(paths) != 1 {
		t.Fatalf("the folder has %q, want one model", paths)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode != 0o700 {
		t.Errorf("the folder's mode is %v, want 0700", mode)
	}
	again := newClassifier(t, worthKeeping(), opts)
	if !reflect.DeepEqual(first.model, again.model) {
		t.Error("the model that was kept is another one")
	}
	other := worthKeeping()
	other.Intents[7].Examples[1] += " more"
	newClassifier(t, other, opts)
	newClassifier(t, travel(), opts)
	if paths := cached(t, dir); len(paths) != 3 || log.Len() > 0 {
		t.Errorf("the folder has %q, want three models; log %s", paths, log)
	}
}

// What was learned is not learned again: New ends where learning would have to.
func TestNew_learnsOnce(t *testing.T) {
	ended, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("it learns")
	cancel(cause)
	other := worthKeeping()
	other.Language = "de"
	states := worthKeeping()
	states.Version = "2"
	states.States = []abi.State{{Name: "begin", Initial: true}}
	dir := t.TempDir()
	previous := newClassifier(t, worthKeeping(), Options{Dir: dir})
	tests := []struct {
		name string
		d    *abi.Definition
		opts Options
		want error
	}{
		{"nothing kept", worthKeeping(), Options{}, cause},
		{"another folder", worthKeeping(), Options{Dir: t.TempDir()}, cause},
		{"kept", worthKeeping(), Options{Dir: dir}, nil},
		{"kept, other states", states, Options{Dir: dir}, nil},
		{"kept, another language", other, Options{Dir: dir}, cause},
		{"previous", worthKeeping(), Options{Previous: previous}, nil},
		{"previous, other states", states, Options{Previous: previous}, nil},
		{"previous, another language", other, Options{Previous: previous}, cause},
		{"previous without a model", worthKeeping(), Options{Previous: new(Classifier)}, cause},
		{"no intents", new(abi.Definition), Options{}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := New(ended, test.d, test.opts)
			if !errors.Is(err, test.want) || (c == nil) != (test.want != nil) {
				t.Errorf("New() = %v, %v, want the error %v", c != nil, err, test.want)
			}
			if err == nil && len(test.d.Intents) > 0 &&
				!reflect.DeepEqual(c.model, previous.model) {
				t.Error("New() has another model")
			}
		})
	}
}

// Whatever became of the files, the model is the same, and kept again.
func TestCache_corrupted(t *testing.T) {
	dir := t.TempDir()
	want := newClassifier(t, worthKeeping(), Options{Dir: dir})
	path := cached(t, dir)[0]
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	changed[len(changed)/2]++
	infinite := *want.model
	infinite.scale = math.Inf(1)
	another := newClassifier(t, travel(), Options{})
	for name, data := range map[string][]byte{
		"empty": nil, "short": whole[:40], "cut": whole[:len(whole)-1], "changed": changed,
		"other":              []byte("other\n"),
		"longer":             append(bytes.Clone(whole), 0),
		"another model":      another.model.encode(another.key),
		"other intents":      another.model.encode(want.key),
		"no number":          infinite.encode(want.key),
		"another definition": want.model.encode(another.key),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			opts, log := logged(dir)
			c := newClassifier(t, worthKeeping(), opts)
			now, err := os.ReadFile(path)
			same := reflect.DeepEqual(c.model, want.model) && bytes.Equal(now, whole)
			if err != nil || !same || log.Len() == 0 {
				t.Errorf("New() with a damaged file: another model, or not kept: %v, log %q", err,
					log)
			}
		})
	}
}

// What cannot be used is no reason not to learn.
func TestCache_unusable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := keyOf(worthKeeping())
	if err != nil {
		t.Fatal(err)
	}
	inPlace, open := t.TempDir(), t.TempDir()
	model := (&cache{dir: inPlace}).path(key)
	if err := os.MkdirAll(filepath.Join(model, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, dir string }{
		{"a file", file},
		{"below a file", filepath.Join(file, "folder")},
		{"a folder in the model's place", inPlace},
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(open, 0o777); err != nil {
			t.Fatal(err)
		}
		tests = append(tests, struct{ name, dir string }{"others may write", open})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts, log := logged(test.dir)
			if c := newClassifier(t, worthKeeping(), opts); c.model == nil || log.Len() == 0 {
				t.Errorf("New(): log %q, want a model and a warning", log)
			}
			quiet := Options{Dir: test.dir}
			if c := newClassifier(t, worthKeeping(), quiet); c.model == nil {
				t.Error("New() without a logger has no model")
			}
		})
	}
	if left := cached(t, open); len(left) > 0 {
		t.Errorf("a folder of everybody has %q, want nothing", left)
	}
}

func TestCache_evict(t *testing.T) {
	tests := []struct {
		name string
		// size is that of each of n files, the first of which is the newest.
		n, size, want int
	}{
		{"few", 3, 10, 3},
		{"as many as may be", maxCached, 1, maxCached},
		{"too many", maxCached + 3, 1, maxCached},
		{"as large as may be", 4, maxCachedBytes / 4, 4},
		{"too large", 5, maxCachedBytes / 4, 4},
		{"one that is too large", 2, maxCachedBytes + 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := cache{dir: t.TempDir()}
			if err := os.Mkdir(filepath.Join(c.dir, "folder"), 0o700); err != nil {
				t.Fatal(err)
			}
			for i := range test.n {
				path := filepath.Join(c.dir, fmt.Sprintf("%05d", i))
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				at := time.Unix(int64(1_000_000-i), 0)
				err := os.Truncate(path, int64(test.size)) // a hole
				if err := errors.Join(err, os.Chtimes(path, at, at)); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.evict(); err != nil {
				t.Fatal(err)
			}
			left := cached(t, c.dir) // and the folder
			oldest := fmt.Sprintf("%05d", test.want-1)
			if len(left) != test.want+1 || filepath.Base(left[test.want-1]) != oldest {
				t.Errorf("evict() leaves %d of %d, want the %d newest",
					len(left)-1, test.n, test.want)
			}
		})
	}
}

// Several classifiers, as of several hosts, may share a folder.
func TestCache_Hammer(t *testing.T) {
	opts, log := logged(t.TempDir())
	var definitions []*abi.Definition
	var want []*model
	for i := range 3 {
		d := random(rand.New(rand.NewPCG(3, uint64(i))), 5, 4, 5)
		definitions = append(definitions, d)
		want = append(want, newClassifier(t, d, Options{}).model)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 12 {
				c, err := New(t.Context(), definitions[i%3], opts)
				if err != nil || !reflect.DeepEqual(c.model, want[i%3]) {
					t.Errorf("New() = %v, or another model", err)
				}
			}
		})
	}
	wg.Wait()
	if left := cached(t, opts.Dir); len(left) != 3 || log.Len() > 0 {
		t.Errorf("the folder has %q, want three models; log %s", left, log)
	}
}

// FuzzDecodeModel: data are a model that is written the same and has an answer to
// all, or an error.
func FuzzDecodeModel(f *testing.F) {
	c := newClassifier(f, travel(), Options{})
	f.Add(c.model.body())
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	words := c.extractor.counts(tokens("what is the weather in Rome"), nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeModel(seal(body, c.key), c.key)
		if err != nil {
			return
		}
		if !bytes.Equal(m.encode(c.key), seal(body, c.key)) {
			t.Errorf("a model of %d bytes is written in another way", len(body))
		}
		if m.linear.intents >= 2 {
			m.best(words, []int{0, 1})
		}
		if _, err := decodeModel(body, c.key); err == nil {
			t.Error("a body without its digest is a model")
		}
	})
}
