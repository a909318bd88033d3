package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bothost/bothost/host/needed"
	"github.com/bothost/bothost/host/toolchain"
)

// sources are the files of new bots, by their languages.
var sources = map[string]string{
	"go": "main.go", "rust": "src/lib.rs", "c": "bot.c", "cpp": "bot.cpp",
	"assemblyscript": "bot.ts",
	"javascript":     "bot.js", "typescript": "bot.ts", "wat": "bot.wat",
}

// TestStranger runs one script for each language, so that what a stranger does is the
// same in all of them. Its commands and conditions are those of TestScript.
func TestStranger(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "stranger.txt"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, l := range toolchain.Languages() {
		if raceDetector && l.Name != "wat" && l.Name != "javascript" {
			continue // what others add is their compilers, which take minutes then
		}
		source, ok := sources[l.Name]
		if !ok {
			t.Errorf("no stranger writes %s", l.Name)
		}
		text := strings.NewReplacer("@LANG@", l.Name, "@SOURCE@", source).Replace(string(script))
		if err := os.WriteFile(filepath.Join(dir, "new-"+l.Name+".txtar"),
			[]byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	params := scriptParams(t)
	params.Dir = dir
	testscript.Run(t, params)
}

// builds is the condition builds:LANGUAGE. Where it does not hold, scripts are skipped,
// unless guests are required: then they fail.
func builds(tb testing.TB, lang string) bool {
	if needed.Guests.Required() {
		return true
	}
	l := toolchain.Named(lang)
	if l == nil {
		tb.Fatalf("there is no language %q", lang)
	}
	if _, err := l.Kit(tb.Context()); err != nil {
		return false
	}
	// Its compiler comes from npm: only where that has it already.
	return lang != "assemblyscript" || installed
}

// installed is whether make guests had npm get AssemblyScript, of which npm then keeps
// a copy.
var installed = func() bool {
	_, err := os.Stat("../../plugins/examples/greetings-assemblyscript/node_modules/assemblyscript")
	return err == nil
}()
