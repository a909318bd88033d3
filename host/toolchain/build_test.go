package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bothost/bothost/host/needed"
)

// withSoon returns a context that ends soon.
func withSoon(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 300*time.Millisecond)
}

// needs ends a test on a machine that cannot build a language.
func needs(t *testing.T, lang string) {
	t.Helper()
	if _, err := Named(lang).Kit(t.Context()); err != nil {
		needed.Guests.Skip(t, err)
	}
}

// small are bots, of which a word or a place is in the module.
var small = map[string]string{
	"bot.c": "#include \"bothost.h\"\n" +
		"BOTHOST_EXPORT(on_message) { bothost_reply(\"hi from \" __FILE__); return 0; }\n",
	"bot.cc": "#include \"bothost.hpp\"\nusing namespace bothost;\n" +
		"BOTHOST_BOT(b) { b.on_message([](Session& s) { s.reply(\"hi from \" __FILE__); }); }\n",
	"bot.rs": "use bothost::{bot, Bot};\nbot!(f);\n" +
		"fn f(b: &mut Bot) { b.on_message(|s| s.reply(concat!(\"hi from \", file!()))); }\n",
	"bot.js": "import { bot } from \"bothost\";\nbot.onMessage((s) => s.reply(\"hi from bot.js\"));\n",
	"bot.wat": "(module (memory (export \"memory\") 1) (func (export \"on_message\"))\n" +
		"(data (i32.const 0) \"hi from bot.wat\"))\n",
}

func languageOf(t *testing.T, file string) string {
	t.Helper()
	s, err := Find(filepath.Join(folder(t, file, ""), file))
	if err != nil {
		t.Fatal(err)
	}
	return s.Language.Name
}

func buildAt(t *testing.T, path string) ([]byte, Watch, error) {
	t.Helper()
	s, err := Find(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.Build(t.Context(), Options{})
}

// TestBuild_SameModule builds in two places.
func TestBuild_SameModule(t *testing.T) {
	for file, text := range small {
		t.Run(file, func(t *testing.T) {
			needs(t, languageOf(t, file))
			var modules [2][]byte
			for i, dir := range []string{folder(t, file, text),
				filepath.Join(folder(t), "deeper")} {
				put(t, filepath.Join(dir, file), text)
				module, watch, err := buildAt(t, dir)
				if err != nil {
					t.Fatal(err)
				}
				if watch.Root != dir || !watch.Keep(file, false) {
					t.Errorf("what is watched is %+v, which lacks %s of %s", watch, file, dir)
				}
				if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
					t.Errorf("after the build the folder has %v, %v, want the source alone",
						entries, err)
				}
				modules[i] = module
			}
			if !bytes.Equal(modules[0], modules[1]) {
				t.Errorf("two modules of the same source differ, of %d and %d bytes",
					len(modules[0]), len(modules[1]))
			}
			if !bytes.Contains(modules[0], []byte("hi from "+file)) {
				t.Errorf("the module lacks %q", "hi from "+file)
			}
		})
	}
}

// TestBuild_Go builds a package that imports another one and embeds a file.
func TestBuild_Go(t *testing.T) {
	files := []string{
		"go.mod", "module example.org/tea\n\ngo 1.26\n\nrequire example.org/near v0.0.0\n\n" +
			"replace example.org/near => ../near\n",
		"cmd/main.go", "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"example.org/near\"\n" +
			"\t\"example.org/tea/words\"\n)\n\n//go:embed data/greeting.txt\nvar greeting string\n\n" +
			"func main() { println(greeting, words.Hi, near.By) }\n",
		"cmd/data/greeting.txt", "hi there", "cmd/host.log", "a line", "words/words.go",
		"package words\n\nconst Hi = \"hi\"\n",
	}
	one, two := folder(t, files...), folder(t, files...)
	for _, dir := range []string{one, two} {
		put(t, filepath.Join(dir, "..", "near", "near.go"), "package near\n\nconst By = \"by\"\n")
		put(t, filepath.Join(dir, "..", "near", "go.mod"), "module example.org/near\n")
	}
	module, watch, err := buildAt(t, filepath.Join(one, "cmd"))
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := buildAt(t, filepath.Join(two, "cmd"))
	if err != nil || !bytes.Equal(module, other) {
		t.Errorf("two modules of the same source differ, %v", err)
	}
	if watch.Root != filepath.Dir(one) {
		t.Errorf("what is watched begins at %s, want %s", watch.Root, filepath.Dir(one))
	}
	for name, want := range map[string]bool{
		"tea/go.mod": true, "tea/go.sum": true, "tea/cmd/main.go": true, "tea/cmd/new.go": true,
		"tea/cmd/data/greeting.txt": true, "tea/words/words.go": true, "near/near.go": true,
		"near/go.mod": true, "tea/other.txt": false, "other/x.go": false,
		"tea/cmd/host.log": false, "tea/cmd/new.txt": true, "tea/cmd/data/new.txt": true,
	} {
		if got := watch.Keep(name, false); got != want {
			t.Errorf("Keep(%q) = %t, want %t", name, got, want)
		}
	}
}

// TestBuild_Fault has a fault in the second line of a source.
func TestBuild_Fault(t *testing.T) {
	for _, tt := range []struct{ file, text, want string }{
		{"main.go", "package main\nfunc main() { nonsense() }\n",
			"main.go:2:15: undefined: nonsense"},
		{"bot.c", "int x;\nint f(void) { return nonsense; }\n", "bot.c:2:22: error: "},
		{"bot.cc", "int x;\nint f() { return nonsense; }\n", "bot.cc:2:18: error: "},
		{"bot.rs", "fn x() {}\nfn f() { nonsense() }\n", "bot.rs:2:10"},
		{"bot.ts", "const x = 1;\nconst y = 1 +;\n", "bot.ts:2:14: "},
		{"bot.wat", "(module\n  (nonsense))\n", "bot.wat:2:3: "},
	} {
		t.Run(tt.file, func(t *testing.T) {
			needs(t, languageOf(t, tt.file))
			dir := folder(t, tt.file, tt.text, "go.mod", "module example.org/tea\n")
			_, _, err := buildAt(t, dir)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Words, tt.want) ||
				!strings.HasPrefix(err.Error(), "build "+dir+": ") {
				t.Errorf("Build = %v, want words with %q", err, tt.want)
			}
		})
	}
}

// TestBuild_Crates has crates of others, which only cargo can get.
func TestBuild_Crates(t *testing.T) {
	for _, tt := range []struct {
		name, manifest string
		want           bool
	}{
		{"none", "[package]\nname = \"tea\"\n", false},
		{"the SDK", "[dependencies]\nbothost = { path = \"bothost\" }\n# x = 1\n[profile.release]\nx = 1\n", false},
		{"the SDK, in full", "[dependencies.bothost]\npath = \"bothost\"\n", false},
		{"tests have others", "[dev-dependencies]\nserde = \"1\"\n", false},
		{"another", "[dependencies]\nbothost = { path = \"bothost\" }\nserde = \"1\"\n", true},
		{"another, in full", "[dependencies.serde]\nversion = \"1\"\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := needsCargo(tt.manifest); got != tt.want {
				t.Errorf("needsCargo(%q) = %t, want %t", tt.manifest, got, tt.want)
			}
		})
	}
	needs(t, "rust")
	_, _, err := buildAt(t, folder(t, "src/lib.rs", "", "Cargo.toml",
		"[dependencies]\nserde = \"1\"\n"))
	if !errors.Is(err, errCrates) {
		t.Errorf("Build = %v, want %v", err, errCrates)
	}
}

// TestBuild_Reads names what lies beside the folder, in the way of each language.
func TestBuild_Reads(t *testing.T) {
	for _, tt := range []struct{ file, text string }{
		{"bot.c", small["bot.c"] + "#include \"../near/part.txt\"\n"},
		{"bot.cc", small["bot.cc"] + "#include \"../near/part.txt\"\n"},
		{"bot.rs", small["bot.rs"] + "pub const X: &str = include_str!(\"../near/part.txt\");\n"},
		{"bot.js", "import part from \"../near/part.txt\";\nconsole.log(part);\n" +
			small["bot.js"]},
	} {
		t.Run(tt.file, func(t *testing.T) {
			needs(t, languageOf(t, tt.file))
			dir := folder(t, tt.file, tt.text)
			put(t, filepath.Join(dir, "..", "near", "part.txt"), "\n")
			_, watch, err := buildAt(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			if watch.Root != filepath.Dir(dir) || !watch.Keep("near/part.txt", false) ||
				!watch.Keep("near", true) || !watch.Keep("tea/"+tt.file, false) ||
				watch.Keep("near/other.txt", false) {
				t.Errorf("what is watched is %+v, want near/part.txt and tea/%s", watch, tt.file)
			}
		})
	}
}

// TestBuild_StrangeNames has files whose names mean something to shells and compilers.
func TestBuild_StrangeNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such names")
	}
	for _, file := range []string{
		"-o.c", "@x.c", "--help.c", "$(touch broken).c", "é'\".c", "-o $(touch broken) '\".cc",
		"-o $(touch broken) '\".rs", "@x.rs", "-o $(touch broken) '\".wat",
		"-o $(touch broken) '\".js",
	} {
		t.Run(file, func(t *testing.T) {
			needs(t, languageOf(t, "bot"+filepath.Ext(file)))
			dir := folder(t, file, small["bot"+filepath.Ext(file)])
			if _, _, err := buildAt(t, filepath.Join(dir, file)); err != nil {
				t.Error(err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("after the build the folder has %v, %v", entries, err)
			}
		})
	}
}

// TestBuild_Files builds all files of a folder, or the one that is named.
func TestBuild_Files(t *testing.T) {
	needs(t, "c")
	dir := folder(t, "bot.c", "int other(void);\n"+
		"__attribute__((export_name(\"on_message\"))) int m(void) { return other(); }\n",
		"other.c", "int other(void) { return 0; }\n")
	if _, _, err := buildAt(t, dir); err != nil {
		t.Errorf("the folder: %v", err)
	}
	_, _, err := buildAt(t, filepath.Join(dir, "bot.c"))
	if err == nil || !strings.Contains(err.Error(), "undefined symbol: other") {
		t.Errorf("the file alone: %v, want that it lacks a function", err)
	}
}

// TestBuild_WithoutLibc builds as on a machine that has no libc for WebAssembly.
func TestBuild_WithoutLibc(t *testing.T) {
	needs(t, "c")
	dir := folder(t, "bot.c", small["bot.c"])
	s, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.kit = bareKit(t, s)
	if module, _, err := s.Build(t.Context(), Options{}); err != nil || len(module) == 0 {
		t.Errorf("Build = %d bytes, %v", len(module), err)
	}
	put(t, filepath.Join(dir, "bot.c"), "#include <stdio.h>\n")
	s.kit = bareKit(t, s)
	_, _, err = s.Build(t.Context(), Options{})
	if err == nil || !strings.Contains(err.Error(), "stdio.h") {
		t.Errorf("Build of what needs a libc = %v", err)
	}
}

// TestBuild_Warnings shows what compilers say though all went well.
func TestBuild_Warnings(t *testing.T) {
	needs(t, "c")
	s, err := Find(folder(t, "bot.c", "static int unused;\nint used;\n"))
	if err != nil {
		t.Fatal(err)
	}
	var words bytes.Buffer
	if _, _, err := s.Build(t.Context(), Options{Words: &words}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(words.String(), "bot.c:1:12: warning: ") {
		t.Errorf("the words are %q, want a warning with its place", &words)
	}
}

// TestBuild_Ends has a compiler that does not end, and one that leaves a child behind.
func TestBuild_Ends(t *testing.T) {
	const found = `case "$1" in --print) echo /;; --version) echo 1.63.0;; *) `
	for _, tt := range []struct{ name, compiler string }{
		{"busy", "while :; do :; done"},
		{"a child that is busy", "(while :; do :; done)"},
		{"a child that holds the output", "(while :; do :; done) & echo $! >DIR/child"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := fake(t, "rustc", found+tt.compiler+";; esac")
			s, err := Find(folder(t, "bot.rs", ""))
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			_, _, err = s.Build(t.Context(), Options{Limit: 300 * time.Millisecond})
			if took := time.Since(begun); err == nil || took > 20*time.Second {
				t.Errorf("Build = %v after %v, want an error soon", err, took)
			}
			wantEnded(t, filepath.Join(dir, "child"))
		})
	}
	t.Run("its words", func(t *testing.T) {
		fake(t, "rustc", found+"while :; do :; done;; esac")
		s, err := Find(folder(t, "bot.rs", ""))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Build(t.Context(), Options{Limit: 300 * time.Millisecond})
		if !errors.Is(err, context.DeadlineExceeded) ||
			!strings.Contains(err.Error(), "took longer than 300ms") {
			t.Errorf("Build = %v, want the limit", err)
		}
		ctx, cancel := withSoon(t)
		cancel()
		if _, _, err := s.Build(ctx, Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Build = %v, want %v", err, context.Canceled)
		}
	})
}

// wantEnded wants the process to be gone whose number is in a file, if that is there.
func wantEnded(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	process, err := os.FindProcess(pid)
	for deadline := time.Now().Add(20 * time.Second); err == nil; err = process.Signal(syscall.Signal(0)) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d runs on", pid)
		}
		runtime.Gosched()
	}
}

// TestBuild_Missing names what is missing, and looks again the next time.
func TestBuild_Missing(t *testing.T) {
	fake(t)
	s, err := Find(folder(t, "bot.rs", ""))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, _, err = s.Build(t.Context(), Options{})
		if _, ok := errors.AsType[*MissingError](err); !ok ||
			!strings.HasPrefix(err.Error(), "Rust needs rustc with the target") {
			t.Errorf("Build = %v, want what is missing", err)
		}
	}
}

func TestBounded(t *testing.T) {
	for _, tt := range []struct{ size, more int }{{maxWords - 1, 0}, {maxWords, 0},
		{maxWords + 1, 1}} {
		var b bounded
		text := strings.Repeat("x", tt.size)
		for _, part := range []string{text[:10], text[10:]} {
			if n, err := b.Write([]byte(part)); n != len(part) || err != nil {
				t.Errorf("Write = %d, %v, want %d", n, err, len(part))
			}
		}
		want := text
		if tt.more > 0 {
			want = fmt.Sprintf("%s\n(and %d bytes more)", text[:maxWords], tt.more)
		}
		if got := b.String(); got != want {
			t.Errorf("of %d bytes are kept %d", tt.size, len(got))
		}
	}
}
