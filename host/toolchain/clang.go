package toolchain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The tools of C and C++ in a kit.
const (
	toolClang  = "clang"
	toolLinker = "wasm-ld"
	// toolLibc is the folder of wasi-libc, with its runtime library.
	toolLibc = "wasi-libc"
	toolCXX  = "libc++"
)

// elsewhere goes on with how the tools are installed.
const elsewhere = "; elsewhere: the WASI SDK (github.com/WebAssembly/wasi-sdk), " +
	"with WASI_SDK_PATH set to its folder"

// clang is C. It does without a libc where there is none.
func clang() *Language {
	return &Language{
		Name: "c", Title: "C", Extensions: []string{".c"},
		entries: []string{"bot.c", "main.c"},
		watched: []string{".c", ".h", ".inc", ".def"},
		Install: "Debian: apt-get install clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32" +
			elsewhere,
		find: findC, build: buildClang,
	}
}

// clangPlus is C++.
func clangPlus() *Language {
	return &Language{
		Name: "cpp", Title: "C++", Extensions: []string{".cpp", ".cc", ".cxx"},
		entries: []string{"bot.cpp", "bot.cc", "bot.cxx", "main.cpp", "main.cc", "main.cxx"},
		watched: []string{
			".cpp", ".cc", ".cxx", ".c", ".hpp", ".hh", ".hxx", ".h", ".ipp", ".inl", ".inc",
		},
		Install: "Debian: apt-get install clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32 " +
			"libc++-14-dev-wasm32 libc++abi-14-dev-wasm32" + elsewhere,
		find: findCPP, build: buildClang,
	}
}

func findC(ctx context.Context) (Kit, error) {
	kit, err := bestClang(ctx)
	if err != nil {
		return nil, err
	}
	return kit, nil
}

func findCPP(ctx context.Context) (Kit, error) {
	kit, err := bestClang(ctx)
	switch {
	case err != nil:
		return nil, err
	case kit.path(toolLibc) == "":
		return nil, missing("wasi-libc and the runtime library of " + kit.path(toolClang) + " for wasm32")
	case kit.path(toolCXX) == "":
		return nil, missing("libc++ and libc++abi for wasm32")
	}
	return kit, nil
}

// bestClang returns the clang that has the most of what there is to have: the first
// on PATH may make no WebAssembly at all, as Apple's.
func bestClang(ctx context.Context) (best Kit, err error) {
	for _, path := range clangs() {
		kit := clangKit(ctx, path)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if len(kit) > len(best) {
			best = kit
		}
		if best.path(toolCXX) != "" {
			return best, nil
		}
	}
	switch {
	case best == nil:
		return nil, missing("a clang that makes WebAssembly")
	case best.path(toolLinker) == "":
		return nil, missing("wasm-ld, the linker of LLVM")
	}
	return best, nil
}

// clangs are the candidates: the WASI SDK's, those on PATH, Homebrew's.
func clangs() (paths []string) {
	if dir := os.Getenv("WASI_SDK_PATH"); filepath.IsAbs(dir) {
		paths = append(paths, filepath.Join(dir, "bin", "clang"))
	}
	names := []string{"clang"}
	for version := 30; version >= 13; version-- {
		names = append(names, fmt.Sprint("clang-", version))
	}
	paths = append(paths, lookAll(names...)...)
	for _, dir := range []string{"/opt/homebrew", "/usr/local"} {
		paths = append(paths, dir+"/opt/llvm/bin/clang")
	}
	return slices.DeleteFunc(paths, func(path string) bool {
		return !isFile(path) && !isFile(path+".exe")
	})
}

// clangKit says what a clang has; nil if it makes no WebAssembly.
func clangKit(ctx context.Context, path string) Kit {
	if !strings.Contains(ask(ctx, nil, path, "--print-targets"), "wasm32") {
		return nil
	}
	kit := Kit{{Name: toolClang, Version: versionOf(ctx, path, "--version"), Path: path}}
	linker := linkerOf(ctx, path)
	if linker == "" {
		return kit
	}
	kit = append(kit,
		Tool{Name: toolLinker, Version: versionOf(ctx, linker, "--version"), Path: linker})
	for _, sysroot := range sysroots() {
		flags := wasi(sysroot)
		file := func(flag string) string {
			return ask(ctx, nil, path, append(slices.Clone(flags), flag)...)
		}
		libc := file("-print-file-name=crt1-reactor.o")
		if !exists(libc) || !exists(file("-print-libgcc-file-name")) {
			continue
		}
		kit = append(kit, Tool{Name: toolLibc, Path: filepath.Dir(libc), flags: flags})
		library := file("-print-file-name=libc++.a")
		if exists(library) && exists(file("-print-file-name=libc++abi.a")) {
			kit = append(kit, Tool{Name: toolCXX, Path: filepath.Dir(library)})
		}
		return kit
	}
	return kit
}

// wasi are the flags for code that has wasi-libc.
func wasi(sysroot string) []string {
	flags := []string{"--target=wasm32-wasi"}
	if sysroot != "" {
		flags = append(flags, "--sysroot="+sysroot)
	}
	return flags
}

// sysroots are where wasi-libc may be; the first is what the clang itself was built
// with.
func sysroots() []string {
	return []string{
		"", os.Getenv("WASI_SYSROOT"), "/usr/share/wasi-sysroot", "/opt/wasi-sdk/share/wasi-sysroot",
		"/opt/homebrew/share/wasi-sysroot", "/usr/local/share/wasi-sysroot",
	}
}

// linkerOf returns the wasm-ld for a clang: one that lies beside it, or one on PATH,
// of the same version first.
func linkerOf(ctx context.Context, clang string) string {
	real, err := filepath.EvalSymlinks(clang)
	if err != nil {
		real = clang
	}
	for _, dir := range []string{filepath.Dir(real), filepath.Dir(clang)} {
		for _, name := range []string{"wasm-ld", "wasm-ld.exe"} {
			if isFile(filepath.Join(dir, name)) {
				return filepath.Join(dir, name)
			}
		}
	}
	major, _, _ := strings.Cut(versionOf(ctx, clang, "--version"), ".")
	for _, path := range lookAll("wasm-ld-"+major, "wasm-ld") {
		return path
	}
	return ""
}

// buildClang compiles each file, then links. Only the compiling optimises: told to
// at the link, clang would run wasm-opt where there is one, which takes names out.
func buildClang(ctx context.Context, w *work, kit Kit) ([]byte, Watch, error) {
	headers := filepath.Join(w.temp, "sdk")
	if err := copySDK(headers, "guest-c", "guest-cpp"); err != nil {
		return nil, Watch{}, err
	}
	files, err := w.clangFiles()
	if err != nil {
		return nil, Watch{}, err
	}
	var objects, rules []string
	for i, file := range files {
		base := filepath.Join(w.temp, fmt.Sprint(i))
		args := append(target(kit), "-O2", "-Wall", "-c", "-MMD", "-MF", base+".d", "-o", base+".o",
			"-I", headers, "-ffile-prefix-map="+headers+"=sdk")
		args = append(append(args, dialect(file, kit)...), asArgument(file))
		if _, err := w.tool(ctx, nil, kit.path(toolClang), args...); err != nil {
			return nil, Watch{}, err
		}
		objects, rules = append(objects, base+".o"), append(rules, base+".d")
	}
	module, err := w.link(ctx, kit, append(target(kit), objects...))
	return module, w.watchOf(rules...), err
}

// clangFiles are the files that are compiled: the one that was named, or all of the
// folder.
func (w *work) clangFiles() ([]string, error) {
	if w.Alone {
		return []string{w.Entry}, nil
	}
	extensions := w.Extensions
	if w.Language.Name == "cpp" {
		extensions = append(slices.Clone(extensions), ".c")
	}
	return ending(w.Dir, extensions...)
}

// target are the flags of all steps.
func target(kit Kit) []string {
	if kit.path(toolLibc) == "" {
		return []string{"--target=wasm32"}
	}
	return slices.Clone(kit.tool(toolLibc).flags)
}

// dialect are the flags of compiling one file.
func dialect(file string, kit Kit) (flags []string) {
	if kit.path(toolLibc) == "" {
		flags = []string{"-ffreestanding", "-mbulk-memory"}
	}
	if filepath.Ext(file) != ".c" {
		flags = append(flags, "-std=c++20", "-fno-exceptions")
	}
	return flags
}

// link makes a reactor: a module that is initialised once and called often. With its
// stack before its data, a recursion without end traps where it would overwrite them.
func (w *work) link(ctx context.Context, kit Kit, args []string) ([]byte, error) {
	out := filepath.Join(w.temp, "bot.wasm")
	args = append(args, "-fuse-ld="+kit.path(toolLinker), "-Wl,--stack-first", "-Wl,--strip-debug",
		"-o", out)
	if kit.path(toolLibc) != "" {
		args = append(args, "-mexec-model=reactor")
	} else {
		args = append(args, "-nostdlib", "-Wl,--no-entry")
	}
	if w.Language.Name == "cpp" {
		args = append(args, "-lc++", "-lc++abi")
	}
	if _, err := w.tool(ctx, nil, kit.path(toolClang), args...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}
