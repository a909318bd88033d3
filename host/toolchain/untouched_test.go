package toolchain

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fsnotify/fsnotify"

	"github.com/bothost/bothost/host/needed"
)

// Compilers write nothing into the folder of the source, not even for a while: two builds
// of it would take their files from each other.
func TestBuild_Untouched(t *testing.T) {
	for _, language := range []string{"go", "rust", "c", "cpp"} {
		t.Run(language, func(t *testing.T) {
			example := "greetings-" + language
			if language == "go" {
				example = "greetings"
			}
			dir, err := filepath.Abs(filepath.Join("../../plugins/examples", example))
			if err != nil {
				t.Fatal(err)
			}
			if language != "go" { // which needs its module
				from := dir
				dir = t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
					t.Fatal(err)
				}
			}
			source, err := Find(dir)
			if err != nil {
				t.Fatal(err)
			}
			untouched(t, source)
		})
	}
}

// untouched builds a source, and wants nothing to happen in its folder.
func untouched(t *testing.T, source *Source) {
	t.Helper()
	w, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Add(source.Dir); err != nil {
		t.Fatal(err)
	}
	_, _, err = source.Build(t.Context(), Options{})
	if _, ok := errors.AsType[*MissingError](err); ok {
		needed.Guests.Skip(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	// What happened comes before this.
	last := filepath.Join(source.Dir, ".last.wasm")
	if err := os.WriteFile(last, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(last)
	for {
		select {
		case e := <-w.Events:
			if e.Name == last {
				return
			}
			t.Errorf("the build did %s", e)
		case err := <-w.Errors:
			t.Fatal(err)
		case <-t.Context().Done():
			t.Fatal("no event came")
		}
	}
}
