package reload

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestHintsOutOfWatches stands in for a system without watches left: a watcher
// that refuses every folder.
func TestHintsOutOfWatches(t *testing.T) {
	var log bytes.Buffer
	o := Options{}.withDefaults()
	h := openHints(newInbox(&o), slog.New(slog.NewTextHandler(&log, nil)))
	must(t, h.fs.Close())
	for range 3 {
		if h.watch(map[string]bool{t.TempDir(): true, t.TempDir(): true}, hint{}) {
			t.Error("watch says something was missed, want false: it would look for ever")
		}
	}
	h.warn("", errors.New("another"))
	h.close()
	if got := strings.Count(log.String(), "level=WARN"); got != 1 {
		t.Errorf("warnings = %d, want 1:\n%s", got, &log)
	}
}

func TestHintsWatch(t *testing.T) {
	o := Options{}.withDefaults()
	h := openHints(newInbox(&o), o.Logger)
	defer h.close()
	a, b := t.TempDir(), t.TempDir()
	tests := []struct {
		name string
		dirs map[string]bool
		got  hint
		want bool
	}{
		{"new", map[string]bool{a: true}, hint{}, true},
		{"the same", map[string]bool{a: true}, hint{}, false},
		{"one more", map[string]bool{a: true, b: true}, hint{}, true},
		{"one less", map[string]bool{b: true}, hint{}, false},
		{"perhaps made again", map[string]bool{b: true},
			hint{paths: map[string]bool{b: true}}, true},
		{"gone", map[string]bool{a + "x": true}, hint{}, true},
		{"none", nil, hint{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := h.watch(tt.dirs, tt.got); got != tt.want {
				t.Errorf("watch = %t, want %t", got, tt.want)
			}
		})
	}
	if n := len(h.fs.WatchList()); n != 0 {
		t.Errorf("folders still watched = %d, want 0", n)
	}
}

// TestHintsWatchLost takes a watch away as the system does when a folder is
// removed and made again, perhaps with the same identity.
func TestHintsWatchLost(t *testing.T) {
	o := Options{}.withDefaults()
	h := openHints(newInbox(&o), o.Logger)
	defer h.close()
	dirs := map[string]bool{t.TempDir(): true}
	h.watch(dirs, hint{})
	for d := range dirs {
		must(t, h.fs.Remove(d))
	}
	h.watch(dirs, hint{})
	if n := len(h.fs.WatchList()); n != 1 {
		t.Errorf("folders watched = %d, want 1", n)
	}
}
