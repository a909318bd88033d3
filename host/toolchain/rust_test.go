package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/needed"
)

// withoutParts puts the SDK of Rust into a folder, without some of the parts that
// a bot may leave out. Warnings are errors there.
func withoutParts(t *testing.T, dir string, parts ...string) {
	t.Helper()
	if err := copySDK(dir, "guest-rust"); err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(dir, "src", "lib.rs")
	text, err := os.ReadFile(lib)
	if err != nil {
		t.Fatal(err)
	}
	core := string(text)
	for _, part := range parts {
		for _, line := range []string{"mod " + part + ";\n", "pub use " + part + "::*;\n"} {
			if strings.Count(core, line) != 1 {
				t.Fatalf("lib.rs has %d lines %q, want 1", strings.Count(core, line), line)
			}
			core = strings.Replace(core, line, "", 1)
		}
		if err := os.Remove(filepath.Join(dir, "src", part+".rs")); err != nil {
			t.Fatal(err)
		}
	}
	put(t, lib, "#![deny(warnings)]\n"+core)
}

// TestBuild_RustParts builds bots with less than the whole SDK.
func TestBuild_RustParts(t *testing.T) {
	needs(t, "rust")
	for _, parts := range [][]string{nil, {"dialog"}, {"short"}, {"dialog", "short"}} {
		t.Run(strings.Join(parts, " "), func(t *testing.T) {
			dir := folder(t, "bot.rs", small["bot.rs"])
			withoutParts(t, filepath.Join(dir, "bothost"), parts...)
			if _, _, err := buildAt(t, dir); err != nil {
				t.Error(err)
			}
		})
	}
}

// pure is a bot with tests, of which one calls the host.
const pure = `use bothost::{bot, Bot, Outcome};
bot!(f);
fn f(b: &mut Bot) { b.on_message(|s| kept(&s.text())); }
fn kept(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("no tea is left".to_string()) } else { Ok(()) }
}
#[test]
fn keeps() {
    assert!(matches!(Outcome::from(kept("green")), Outcome::Done));
    assert!(matches!(Outcome::from(kept("")), Outcome::Failed(words) if words == "no tea is left"));
}
#[test]
#[should_panic(expected = "now needs a host")]
fn asks() { bothost::now(); }
`

// TestRust_Pure tests what needs no host as any program in Rust.
func TestRust_Pure(t *testing.T) {
	needs(t, "rust")
	if _, err := exec.LookPath("cc"); err != nil { // rustc links by it
		needed.Guests.Skip(t, err)
	}
	kit, err := Named("rust").Kit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, "bot.rs", pure)
	withoutParts(t, filepath.Join(dir, "bothost"))
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	rustc := kit.path("rustc")
	run(rustc, "--edition", "2021", "--crate-type", "rlib", "--crate-name", "bothost",
		filepath.Join("bothost", "src", "lib.rs"))
	run(rustc, "--edition", "2021", "--test", "--extern", "bothost=libbothost.rlib", "bot.rs")
	run(filepath.Join(dir, "bot"))
}
