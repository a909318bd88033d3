package needed

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThing_Required(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  bool
	}{{"", false}, {"0", false}, {"1", true}, {"yes", true}} {
		t.Setenv("BOTHOST_REQUIRE_GUESTS", tt.value)
		if got := Guests.Required(); got != tt.want {
			t.Errorf("Required() with %q = %t, want %t", tt.value, got, tt.want)
		}
	}
}

// ended is a test that notes how it ended.
type ended struct {
	testing.TB
	how string
}

func (e *ended) Helper()      {}
func (e *ended) Skip(...any)  { e.how += "skipped" }
func (e *ended) Fatal(...any) { e.how += "failed"; panic(e) }

func TestThing_Skip(t *testing.T) {
	for value, want := range map[string]string{"": "skipped", "1": "failed"} {
		t.Setenv(Clients.Variable(), value)
		e := new(ended)
		func() {
			defer func() { _ = recover() }()
			Clients.Skip(e, "there are none")
		}()
		if e.how != want {
			t.Errorf("Skip() with %q = %q, want %q", value, e.how, want)
		}
	}
}

// The project's own check requires all things, and everybody asks here whether they
// are required: else the answers would differ.
func TestVariables(t *testing.T) {
	root := filepath.Join("..", "..")
	check, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for _, thing := range All() {
		if !strings.Contains(string(check), thing.Variable()+"=1") {
			t.Errorf(".ci/run does not require %s", thing)
		}
	}
	name := `"BOTHOST_` + `REQUIRE_`
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		own := filepath.Base(filepath.Dir(path)) == "needed"
		if !own && strings.Contains(string(source), name) {
			t.Errorf("%s asks the environment itself, and not this package", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
