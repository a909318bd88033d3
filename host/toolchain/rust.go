package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// rustTarget is the target of bots; it has no operating system.
const rustTarget = "wasm32-unknown-unknown"

// rust is Rust: one crate, which may use the SDK's, built by rustc.
func rust() *Language {
	return &Language{
		Name: "rust", Title: "Rust", Extensions: []string{".rs"},
		entries: []string{"src/lib.rs", "bot.rs", "lib.rs"},
		watched: []string{".rs", "Cargo.toml"},
		Install: "Debian: apt-get install rustc libstd-rust-dev-wasm32 lld-14; " +
			"with rustup: rustup target add " + rustTarget,
		find: findRust, build: buildRust,
	}
}

// findRust takes the first rustc that has the target: the first on PATH may lack
// what the system's has.
func findRust(ctx context.Context) (Kit, error) {
	paths := lookAll("rustc")
	for _, path := range paths {
		if exists(ask(ctx, nil, path, "--print", "target-libdir", "--target", rustTarget)) {
			return Kit{{Name: "rustc", Version: versionOf(ctx, path, "--version"), Path: path}}, nil
		}
	}
	if len(paths) == 0 {
		return nil, missing("rustc with the target " + rustTarget)
	}
	return nil, missing("the target " + rustTarget + " for " + paths[0])
}

// rustFlags are those of each crate. Names stay for the traces of traps; the source's
// place does not.
var rustFlags = []string{
	"--target", rustTarget, "--edition", "2021", "-O", "-C", "strip=debuginfo",
}

// errCrates is why a bot with crates of others is not built: that takes cargo, which
// gets them.
var errCrates = errors.New("it uses crates of others, which takes cargo: cargo build --release " +
	"--target " + rustTarget + ", then bothost run target/" + rustTarget + "/release/NAME.wasm")

// needsCargo reports whether a Cargo.toml names other crates than the SDK.
func needsCargo(manifest string) bool {
	table := ""
	for line := range strings.Lines(manifest) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[] ")
			if name, ok := strings.CutPrefix(table, "dependencies."); ok && name != "bothost" {
				return true
			}
			continue
		}
		key, _, found := strings.Cut(line, "=")
		if name := strings.Trim(key, `" `); found && table == "dependencies" && name != "bothost" &&
			!strings.HasPrefix(line, "#") {
			return true
		}
	}
	return false
}

// buildRust compiles the SDK's crate, then the bot's. Without --out-dir, objects
// would lie in the source's folder for a while, where two builds take them from
// each other. rustc would have the linker leave names mangled, which nobody reads
// in a trace.
func buildRust(ctx context.Context, w *work, kit Kit) ([]byte, Watch, error) {
	library, used, err := w.rustLibrary(ctx, kit)
	if err != nil {
		return nil, Watch{}, err
	}
	out, deps := filepath.Join(w.temp, "bot.wasm"), filepath.Join(w.temp, "bot.d")
	args := append([]string{
		"--crate-type", "cdylib", "--crate-name", "bot", "--extern", "bothost=" + library,
		"-C", "link-arg=-zstack-size=65536", "-C", "link-arg=--demangle",
		"--out-dir", w.temp, "--emit", "link=" + out + ",dep-info=" + deps,
		asArgument(w.Entry),
	}, rustFlags...)
	if _, err := w.tool(ctx, nil, kit.path("rustc"), args...); err != nil {
		return nil, Watch{}, err
	}
	module, err := os.ReadFile(out)
	return module, w.watchOf(deps, used), err
}

// sdkPath finds the SDK that a crate names by its path.
var sdkPath = regexp.MustCompile(`(?m)^\s*bothost\s*=\s*\{[^}\n]*path\s*=\s*"([^"\n]+)"`)

// rustLibrary compiles the SDK: that which Cargo.toml names, one that lies beside the
// bot, or else our own. It returns the library, and the file of what it is made of.
func (w *work) rustLibrary(ctx context.Context, kit Kit) (library, deps string, err error) {
	dir := filepath.Join(w.Dir, "bothost")
	if manifest, err := os.ReadFile(filepath.Join(w.Dir, "Cargo.toml")); err == nil {
		if needsCargo(string(manifest)) {
			return "", "", &Error{Path: w.Path, Err: errCrates}
		}
		if found := sdkPath.FindSubmatch(manifest); found != nil {
			dir = filepath.Join(w.Dir, filepath.FromSlash(string(found[1])))
		}
	}
	if !isFile(filepath.Join(dir, "src", "lib.rs")) {
		dir = filepath.Join(w.temp, "bothost")
		if err := copySDK(dir, "guest-rust"); err != nil {
			return "", "", err
		}
	}
	library, deps = filepath.Join(w.temp, "libbothost.rlib"), filepath.Join(w.temp, "bothost.d")
	args := append([]string{
		"--crate-type", "rlib", "--crate-name", "bothost",
		"--out-dir", w.temp, "--emit", "link=" + library + ",dep-info=" + deps,
		"--remap-path-prefix", dir + "=bothost", filepath.Join(dir, "src", "lib.rs"),
	}, rustFlags...)
	_, err = w.tool(ctx, nil, kit.path("rustc"), args...)
	return library, deps, err
}
