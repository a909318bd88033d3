package toolchain

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestWatch_Keep(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	flat := reads{
		flat:  []string{at("app/bot"), at("app/lib/words")},
		files: []string{at("app/go.mod"), at("shared/data.txt"), at("app/.hidden")},
	}.watch(at("app/bot"))
	deep := reads{deep: at("app"), extensions: []string{".rs", "Cargo.toml"},
		files: []string{at("app/data/a.txt")}}.watch(at("app"))
	for _, tt := range []struct {
		name  string
		watch Watch
		path  string // from the root, or from app
		dir   bool
		want  bool
	}{
		{"a file of the folder", flat, "app/bot/main.go", false, true},
		{"any file of the folder", flat, "app/bot/notes", false, true},
		{"a hidden one", flat, "app/bot/.main.go.swp", false, false},
		{"a module", flat, "app/bot/bot.wasm", false, false},
		{"a folder within", flat, "app/bot/bothost-data", true, false},
		{"a file within a folder within", flat, "app/bot/x/y.go", false, false},
		{"another folder", flat, "app/lib/words/w.go", false, true},
		{"the way there", flat, "app/lib", true, true},
		{"a file on the way", flat, "app/lib/lib.go", false, false},
		{"a file that was named", flat, "app/go.mod", false, true},
		{"one beside it", flat, "app/go.sum", false, false},
		{"one elsewhere", flat, "shared/data.txt", false, true},
		{"its folder", flat, "shared", true, true},
		{"one beside that", flat, "shared/other.txt", false, false},
		{"a hidden one that was named", flat, "app/.hidden", false, true},
		{"another folder beside", flat, "other", true, false},
		{"the root", flat, ".", true, true},

		{"an extension", deep, "src/lib.rs", false, true},
		{"at the top", deep, "bot.rs", false, true},
		{"a whole name", deep, "Cargo.toml", false, true},
		{"another extension", deep, "src/notes.md", false, false},
		{"a new folder", deep, "src/more", true, true},
		{"an extension in a new folder", deep, "src/more/words.rs", false, true},
		{"what a compiler wrote down", deep, "data/a.txt", false, true},
		{"what lies beside that", deep, "data/b.txt", false, false},
		{"what builds write", deep, "target", true, false},
		{"what lies in there", deep, "target/x.rs", false, false},
		{"npm's", deep, "node_modules", true, false},
		{"the host's", deep, "bothost-data", true, false},
		{"a hidden folder", deep, ".git", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.watch.Keep(tt.path, tt.dir); got != tt.want {
				t.Errorf("Keep(%q, %t) = %t, want %t", tt.path, tt.dir, got, tt.want)
			}
		})
	}
	if flat.Root != root || deep.Root != at("app") {
		t.Errorf("roots = %s and %s, want %s and %s", flat.Root, deep.Root, root, at("app"))
	}
}

func TestWatch_Equal(t *testing.T) {
	one := reads{deep: "/a/b", extensions: []string{".c"}, files: []string{"/a/x.h"}}
	same := reads{deep: "/a/b", extensions: []string{".c"}, files: []string{"/a/x.h", "/a/x.h"}}
	if !one.watch("/a/b").Equal(same.watch("/a/b")) {
		t.Error("the same files are not equal")
	}
	for _, other := range []reads{
		{deep: "/a/b", extensions: []string{".h"}, files: []string{"/a/x.h"}},
		{deep: "/a/b", extensions: []string{".c"}, files: []string{"/a/y.h"}},
		{deep: "/a/b", extensions: []string{".c"}, files: []string{"/x.h"}},
		{flat: []string{"/a/b"}, files: []string{"/a/x.h"}},
		{},
	} {
		if one.watch("/a/b").Equal(other.watch("/a/b")) {
			t.Errorf("%+v and %+v are equal", one, other)
		}
	}
}

func TestCommon(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of Windows have volumes")
	}
	for _, tt := range []struct{ a, b, want string }{
		{"/a/b", "/a/b", "/a/b"},
		{"/a/b", "/a/b/c", "/a/b"},
		{"/a/b/c", "/a/b", "/a/b"},
		{"/a/bc", "/a/b", "/a"},
		{"/a/b", "/a/bc", "/a"},
		{"/a", "/b", "/"},
		{"/", "/b", "/"},
		{"/b", "/", "/"},
	} {
		if got := common(tt.a, tt.b); got != tt.want {
			t.Errorf("common(%s, %s) = %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}
