package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/conversation/chattest"
	"github.com/bothost/bothost/host/needed"
	"github.com/bothost/bothost/host/toolchain"
)

// languages are those that bots are written in, by the name of the toolchain's row,
// which also ends the name of the folder of each greetings.
var languages = []struct{ name, greetings string }{
	{"go", "greetings"},
	{"rust", "greetings-rust"},
	{"c", "greetings-c"},
	{"cpp", "greetings-cpp"},
	{"assemblyscript", "greetings-assemblyscript"},
	{"javascript", "greetings-javascript"},
	{"typescript", "greetings-typescript"},
	{"wat", "greetings-wat"},
}

const examplesDir = "../plugins/examples"

// sources are the folders that were built, each once: its value is a
// func() ([]byte, error).
var sources sync.Map

// buildSource builds the bot of a folder, as bothost build does.
func buildSource(tb testing.TB, dir string) []byte {
	tb.Helper()
	if !fetched(dir) && !needed.Guests.Required() { // then npm is asked
		tb.Skipf("%s: its tools are not here; make guests gets them from npm", dir)
	}
	once, _ := sources.LoadOrStore(dir, sync.OnceValues(func() ([]byte, error) {
		source, err := toolchain.Find(dir)
		if err != nil {
			return nil, err
		}
		module, _, err := source.Build(context.Background(), toolchain.Options{})
		return module, err
	}))
	module, err := once.(func() ([]byte, error))()
	if lacks, ok := errors.AsType[*toolchain.MissingError](err); ok {
		needed.Guests.Skip(tb, fmt.Sprintf("%v (%s)", err, lacks.Install))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

// fetched reports whether a folder needs nothing of npm that is not there.
func fetched(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "package-lock.json")); err != nil {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	return err == nil
}

// buildText builds a bot of one file in a language, in a folder of its own as bothost
// new lays it out. The name is that of the file.
func buildText(tb testing.TB, language, name, text string) []byte {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "bot")
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	if language == "assemblyscript" {
		furnish(tb, dir)
	}
	return buildSource(tb, dir)
}

// furnish puts beside a bot in AssemblyScript what it needs: the SDK, and the compiler
// that the example has.
func furnish(tb testing.TB, dir string) {
	tb.Helper()
	example, err := filepath.Abs(filepath.Join(examplesDir, "greetings-assemblyscript"))
	if err != nil {
		tb.Fatal(err)
	}
	buildSource(tb, example) // fills node_modules, or skips
	for _, name := range []string{"asconfig.json", "package.json", "package-lock.json",
		"node_modules"} {
		if err := os.Symlink(filepath.Join(example, name), filepath.Join(dir, name)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "bothost"),
		os.DirFS("../sdk/guest-assemblyscript")); err != nil {
		tb.Fatal(err)
	}
}

// onStage makes a stage whose only bot, bot.wasm, is a module.
func onStage(tb testing.TB, module []byte) *Stage {
	tb.Helper()
	return newStage(tb, StageOptions{}, map[string][]byte{"bot.wasm": module})
}

// holdFile holds the conversations of a file with the bot on a stage.
func holdFile(t *testing.T, stage *Stage, path string, opts PlayOptions) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := conversation.Parse(path, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Conversations {
		t.Run(c.Name, func(t *testing.T) { holdOne(t, stage, c, opts) })
	}
}

func holdOne(t *testing.T, stage *Stage, c *conversation.Conversation, opts PlayOptions) {
	play, err := stage.Play(t.Context(), "bot.wasm", opts)
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	chattest.Hold(t, play, c)
}
