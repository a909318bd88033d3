package toolchain

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes a folder with files: names and contents in turn.
func folder(tb testing.TB, files ...string) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "tea")
	if err := os.Mkdir(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		put(tb, filepath.Join(dir, filepath.FromSlash(files[i])), files[i+1])
	}
	return dir
}

func put(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files string // of the folder
		path  string // within it, what is looked for
		lang  string
		bot   string
		entry string
		alone bool
	}{
		{"go", "any.go go.mod", "", "go", "tea", "", false},
		{"go beside others", "main.go bot.c bot.js", "", "go", "tea", "", false},
		{"a file of go is its package", "main.go", "main.go", "go", "tea", "", false},
		{"rust", "src/lib.rs src/other.rs Cargo.toml", "", "rust", "tea", "src/lib.rs", false},
		{"rust, one file", "bot.rs", "", "rust", "tea", "bot.rs", false},
		{"rust, the crate before a file", "bot.rs src/lib.rs", "", "rust", "tea",
			"src/lib.rs", false},
		{"c", "bot.c more.c bothost.h", "", "c", "tea", "bot.c", false},
		{"c, main", "main.c", "", "c", "tea", "main.c", false},
		{"c++", "bot.cc", "", "cpp", "tea", "bot.cc", false},
		{"assemblyscript", "bot.ts asconfig.json", "", "assemblyscript", "tea", "bot.ts", false},
		{"assemblyscript, its usual place", "assembly/index.ts asconfig.json", "",
			"assemblyscript", "tea",
			"assembly/index.ts", false},
		{"assemblyscript, a file", "bot.ts asconfig.json", "bot.ts", "assemblyscript", "bot",
			"bot.ts", true},
		{"assemblyscript beside its script", "bot.ts asconfig.json bot.js", "", "assemblyscript",
			"tea", "bot.ts", false},
		{"javascript", "bot.js jsconfig.json bothost.d.ts", "", "javascript", "tea",
			"bot.js", false},
		{"javascript, a file", "tea.mjs", "tea.mjs", "javascript", "tea", "tea.mjs", true},
		{"typescript", "bot.ts bothost.d.ts other.ts", "", "typescript", "tea", "bot.ts", false},
		{"typescript, a file", "x.ts", "x.ts", "typescript", "x", "x.ts", true},
		{"wat", "bot.wat", "", "wat", "tea", "bot.wat", false},
		{"wat, a file", "a.b.wat", "a.b.wat", "wat", "a.b", "a.b.wat", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t)
			for _, name := range strings.Fields(tt.files) {
				put(t, filepath.Join(dir, filepath.FromSlash(name)), "")
			}
			s, err := Find(filepath.Join(dir, tt.path))
			if err != nil {
				t.Fatal(err)
			}
			if s.Language.Name != tt.lang || s.Bot != tt.bot ||
				filepath.ToSlash(s.Entry) != tt.entry ||
				s.Alone != tt.alone || s.Dir != dir {
				t.Errorf("Find = %s %s %q alone=%t in %s, want %s %s %q alone=%t in %s",
					s.Language.Name,
					s.Bot, s.Entry, s.Alone, s.Dir, tt.lang, tt.bot, tt.entry, tt.alone, dir)
			}
		})
	}
}

func TestFind_Relative(t *testing.T) {
	dir := folder(t, "bot.wat", "")
	t.Chdir(dir)
	for _, path := range []string{".", "../tea", "./"} {
		s, err := Find(path)
		if err != nil || s.Bot != "tea" || s.Path != path {
			t.Errorf("Find(%q) = %+v, %v, want the bot tea", path, s, err)
		}
	}
}

func TestFind_Error(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		path  string
		err   error
		want  string
	}{
		{"nothing there", nil, "x", fs.ErrNotExist, ""},
		{"an empty folder", nil, "", ErrNoSource, ""},
		{"modules", []string{"bot.wasm", ""}, "", ErrNoSource, ""},
		{"a module", []string{"bot.wasm", ""}, "bot.wasm", ErrNoSource, ""},
		{"only hidden files", []string{".main.go", "", "._bot.c", ""}, "", ErrNoSource, ""},
		{"a folder called so", []string{"bot.c/x", "", "main.go/x", ""}, "", ErrNoSource, ""},
		{"other names", []string{"weather.js", "", "weather.rs", ""}, "", ErrNoSource, ""},
		{"a mark alone", []string{"asconfig.json", ""}, "", ErrNoSource, ""},
		{"two languages", []string{"bot.c", "", "bot.rs", ""}, "", nil,
			"bot.rs and bot.c: name one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Find(filepath.Join(folder(t, tt.files...), tt.path))
			if err == nil || tt.err != nil && !errors.Is(err, tt.err) ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("Find = %v, want %v, with %q", err, tt.err, tt.want)
			}
		})
	}
}

// TestLanguages holds the table to what the rest relies on.
func TestLanguages(t *testing.T) {
	seen := make(map[string]bool)
	for _, l := range Languages() {
		if seen[l.Name] || l.Title == "" || len(l.Extensions) == 0 || len(l.entries) == 0 ||
			l.find == nil || l.build == nil {
			t.Errorf("the row of %q is not whole, or there twice", l.Name)
		}
		seen[l.Name] = true
		if Named(l.Name) == nil {
			t.Errorf("Named(%q) = nil", l.Name)
		}
		if !strings.Contains(l.Looks(), l.entries[0]) {
			t.Errorf("Looks() of %s = %q, which does not name %s", l.Name, l.Looks(), l.entries[0])
		}
	}
	if Named("klingon") != nil {
		t.Error("Named finds a language that is not there")
	}
}
