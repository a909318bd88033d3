package host

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/bothost/bothost/host/toolchain"
)

// ways are how conversations are held: with instances that live from turn to turn, and
// with a new one for each turn, which finds bots that keep state in memory.
var ways = []struct {
	name string
	PlayOptions
}{
	{"kept", PlayOptions{}},
	{"fresh", PlayOptions{Fresh: true}},
}

// The same bot in all languages passes the same conversations.
func TestLanguages(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(examplesDir, "greetings", "conversations", "*.chat"))
	if err != nil || len(files) < 2 {
		t.Fatalf("conversations = %q, %v", files, err)
	}
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			stage := onStage(t, buildSource(t, filepath.Join(examplesDir, l.greetings)))
			holdFiles(t, stage, files)
		})
	}
}

// holdFiles holds the conversations of all files in all ways.
func holdFiles(t *testing.T, stage *Stage, files []string) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			for _, file := range files {
				holdFile(t, stage, file, way.PlayOptions)
			}
		})
	}
}

// Each language has a greetings, which is written in the language that it is named after.
func TestLanguages_Named(t *testing.T) {
	if got, want := len(languages), len(toolchain.Languages()); got != want {
		t.Errorf("%d languages have a greetings, want all %d", got, want)
	}
	for _, l := range languages {
		source, err := toolchain.Find(filepath.Join(examplesDir, l.greetings))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := source.Language.Name; got != l.name {
			t.Errorf("%s is written in %s, want %s", l.greetings, got, l.name)
		}
	}
}

// The examples that are not in Go pass their own conversations.
func TestLanguages_Examples(t *testing.T) {
	for _, example := range []string{"unit-converter", "dice", "trivia"} {
		t.Run(example, func(t *testing.T) {
			dir := filepath.Join(examplesDir, example)
			files, err := filepath.Glob(filepath.Join(dir, "conversations", "*.chat"))
			if err != nil || len(files) == 0 {
				t.Fatalf("conversations = %q, %v", files, err)
			}
			holdFiles(t, onStage(t, buildSource(t, dir)), files)
		})
	}
}

// firstBlock is the first block of code of a page.
var firstBlock = regexp.MustCompile("(?s)```[a-z]+\n(.*?)```")

// The READMEs of the SDKs begin with a whole bot: the same one everywhere.
func TestLanguages_READMEs(t *testing.T) {
	tests := []struct{ language, file string }{
		{"rust", "src/lib.rs"},
		{"c", "bot.c"},
		{"cpp", "bot.cpp"},
		{"assemblyscript", "bot.ts"},
	}
	for _, tt := range tests {
		t.Run(tt.language, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join("../sdk", "guest-"+tt.language, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			block := firstBlock.FindSubmatch(page)
			if block == nil {
				t.Fatal("the page has no bot")
			}
			module := buildText(t, tt.language, tt.file, string(block[1]))
			holdFiles(t, onStage(t, module), []string{"testdata/languages/tea.chat"})
		})
	}
}
