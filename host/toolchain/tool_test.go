package toolchain

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// fake writes programs, which are scripts of the shell, and makes their folders all
// that PATH has: names and scripts in turn.
func fake(t *testing.T, programs ...string) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are scripts of a shell")
	}
	dir = t.TempDir()
	var path []string
	for i := 0; i < len(programs); i += 2 {
		file := filepath.Join(dir, filepath.FromSlash(programs[i]))
		put(t, file, "#!/bin/sh\n"+strings.ReplaceAll(programs[i+1], "DIR", dir))
		if err := os.Chmod(file, 0o700); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(path, filepath.Dir(file)) {
			path = append(path, filepath.Dir(file))
		}
	}
	t.Setenv("PATH", strings.Join(path, string(os.PathListSeparator)))
	return dir
}

// TestKit_Fake looks for tools on machines that have this and that.
func TestKit_Fake(t *testing.T) {
	const (
		noTarget = "echo DIR/none"
		target   = `case "$1" in --print) echo DIR/lib;; *) echo "rustc 1.63.0";; esac`
		wasm     = `case "$*" in --version) echo "clang version 14.0.6";; --print-targets) echo " wasm32 - x";;
			*crt1*) echo DIR/crt1-reactor.o;; *libgcc*) echo DIR/builtins.a;; *) echo libx.a;; esac`
		bare = `case "$*" in --version) echo "clang version 15.0.0";; --print-targets) echo " wasm32 - x";;
			*print-file-name=*) echo crt1-reactor.o;; esac`
	)
	t.Setenv("WASI_SDK_PATH", "")
	for _, tt := range []struct {
		name, lang string
		programs   []string
		tools      string // name, version and place of each, where DIR is the folder
		missing    string
	}{
		{"no go", "go", nil, "", "the go tool"},
		{"a go that does not run", "go", []string{"go", "exit 1"}, "", "the go tool"},
		{"go", "go", []string{"go", `echo "$GOTOOLCHAIN go1.26.8"`}, "go 1.26.8 DIR/go", ""},
		{"no rustc", "rust", nil, "", "rustc with the target wasm32-unknown-unknown"},
		{"rustc without the target", "rust", []string{"rustc", noTarget}, "",
			"the target wasm32-unknown-unknown for DIR/rustc"},
		{"the second rustc has it", "rust", []string{"a/rustc", noTarget, "b/rustc", target},
			"rustc 1.63.0 DIR/b/rustc", ""},
		{"no clang", "c", nil, "", "a clang that makes WebAssembly"},
		{"a clang for others", "c", []string{"clang", "echo x86"}, "",
			"a clang that makes WebAssembly"},
		{"no linker", "c", []string{"clang", bare}, "", "wasm-ld, the linker of LLVM"},
		{"no libc", "c", []string{"clang", bare, "wasm-ld", "echo LLD 15.0.1"},
			"clang 15.0.0 DIR/clang, wasm-ld 15.0.1 DIR/wasm-ld", ""},
		{"c++ without libc", "cpp", []string{"clang", bare, "wasm-ld", "echo LLD 15.0.1"}, "",
			"wasi-libc and the runtime library of DIR/clang for wasm32"},
		{"c++ without its library", "cpp", []string{"clang", wasm, "wasm-ld", "echo LLD 14.0"}, "",
			"libc++ and libc++abi for wasm32"},
		{"another clang has a libc", "c",
			[]string{"clang", bare, "clang-14", wasm, "wasm-ld", "echo LLD 15.0.1", "wasm-ld-14",
				"echo LLD 14.0.6"},
			"clang 14.0.6 DIR/clang-14, wasm-ld 15.0.1 DIR/wasm-ld, wasi-libc  DIR", ""},
		{"neither node nor npm", "assemblyscript", nil, "", "node 20 or newer, and npm"},
		{"an old node", "assemblyscript",
			[]string{"node", "echo v18.19.1", "npm", "echo 9.2.0"}, "",
			"node 20 or newer; DIR/node is 18.19.1"},
		{"another node is new", "assemblyscript", []string{
			"a/node", "echo v18.19.1", "b/node", "echo v22.1.0",
			"npm", "echo 9.2.0"}, "node 22.1.0 DIR/b/node, npm 9.2.0 DIR/npm", ""},
		{"wat", "wat", nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := fake(t, tt.programs...)
			put(t, filepath.Join(dir, "lib", "x"), "")
			put(t, filepath.Join(dir, "crt1-reactor.o"), "")
			put(t, filepath.Join(dir, "builtins.a"), "")
			kit, err := Named(tt.lang).Kit(t.Context())
			var tools []string
			for _, tool := range kit {
				tools = append(tools,
					strings.Join([]string{tool.Name, tool.Version, tool.Path}, " "))
			}
			if got := strings.ReplaceAll(strings.Join(tools, ", "), dir, "DIR"); got != tt.tools {
				t.Errorf("Kit = %s, want %s", got, tt.tools)
			}
			what := ""
			if missing, ok := errors.AsType[*MissingError](err); ok {
				what = strings.ReplaceAll(strings.Join(missing.What, ", and "), dir, "DIR")
				if missing.Title == "" || missing.Install == "" {
					t.Errorf("the error %+v does not say what to do", missing)
				}
			}
			if what != tt.missing || (err != nil) != (tt.missing != "") {
				t.Errorf("Kit = %v, want missing %q", err, tt.missing)
			}
		})
	}
}

// TestKit_Ends has a tool that does not answer.
func TestKit_Ends(t *testing.T) {
	fake(t, "rustc", "while :; do :; done")
	ctx, cancel := withSoon(t)
	defer cancel()
	if _, err := Named("rust").Kit(ctx); !errors.Is(err, ctx.Err()) || err == nil {
		t.Errorf("Kit = %v, want %v", err, ctx.Err())
	}
}

func TestLookAll(t *testing.T) {
	dir := fake(t, "a/x", "", "b/x", "", "b/y", "")
	if err := os.Symlink(filepath.Join(dir, "a"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "a"))
	path := strings.Join([]string{".", "", "link", dir + "/a", dir + "/b", dir + "/link",
		dir + "/none"}, ":")
	t.Setenv("PATH", path)
	want := []string{dir + "/b/y", dir + "/a/x", dir + "/b/x"}
	if got := lookAll("y", "x", "z"); !slices.Equal(got, want) {
		t.Errorf("lookAll = %q, want %q", got, want)
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		version string
		least   []int
		want    bool
	}{
		{"20.20.2", []int{20}, true},
		{"20", []int{20}, true},
		{"19.9.9", []int{20}, false},
		{"v22.1", []int{20}, true},
		{"1.9.0", []int{1, 10}, false},
		{"1.10.0", []int{1, 10}, true},
		{"", []int{1}, false},
		{"newest", []int{1}, false},
		{"99999999999999999999.1", []int{1}, false},
	} {
		if got := atLeast(tt.version, tt.least...); got != tt.want {
			t.Errorf("atLeast(%q, %v) = %t, want %t", tt.version, tt.least, got, tt.want)
		}
	}
}
