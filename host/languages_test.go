package host

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/needed"
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
	skipWithRace(t)
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
	skipWithRace(t)
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

// What knows of no bot is tested as any program in Rust.
func TestLanguages_Units(t *testing.T) {
	skipWithRace(t)
	kit, err := toolchain.Named("rust").Kit(t.Context())
	if err == nil {
		_, err = exec.LookPath("cc") // by which rustc links
	}
	if err != nil {
		needed.Guests.Skip(t, err)
	}
	program := filepath.Join(t.TempDir(), "units")
	build := exec.CommandContext(t.Context(), kit[0].Path, "--edition", "2021", "--test",
		"-o", program,
		filepath.Join(examplesDir, "unit-converter", "src", "units.rs"))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// readmes are the SDKs whose READMEs begin with a whole bot, the same one everywhere, and
// the file that it is in.
var readmes = []struct{ language, file string }{
	{"rust", "src/lib.rs"},
	{"c", "bot.c"},
	{"cpp", "bot.cpp"},
	{"assemblyscript", "bot.ts"},
	{"javascript", "bot.js"},
}

// tea is the conversation that the bots of the READMEs pass.
var tea = []string{"testdata/languages/tea.chat"}

var (
	firstBlock = regexp.MustCompile("(?s)```[a-z]+\n(.*?)```")
	// commands are blocks that make a module of the bot.
	commands = regexp.MustCompile("(?s)```sh\n([^`]* -o tea\\.wasm[^`]*)```")
)

// readme returns the page of an SDK, and the bot with which it begins.
func readme(t *testing.T, language string) (page, bot string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../sdk", "guest-"+language, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := firstBlock.FindSubmatch(text)
	if block == nil {
		t.Fatal("the page has no bot")
	}
	return string(text), string(block[1])
}

// The bots with which the READMEs begin are whole.
func TestLanguages_READMEs(t *testing.T) {
	skipWithRace(t)
	for _, r := range readmes {
		t.Run(r.language, func(t *testing.T) {
			_, bot := readme(t, r.language)
			holdFiles(t, onStage(t, buildText(t, r.language, r.file, bot)), tea)
		})
	}
}

// The commands of the READMEs, by which a bot is built by hand, do so: in C also
// without a libc. What npm has to fetch is left out.
func TestLanguages_ByHand(t *testing.T) {
	skipWithRace(t)
	blocks := map[string]int{"rust": 1, "c": 2, "cpp": 1}
	for _, r := range readmes {
		if blocks[r.language] == 0 {
			continue
		}
		t.Run(r.language, func(t *testing.T) {
			page, bot := readme(t, r.language)
			all := commands.FindAllStringSubmatch(page, -1)
			if len(all) != blocks[r.language] {
				t.Fatalf("the page has %d ways to build, want %d", len(all), blocks[r.language])
			}
			for i, block := range all {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					module := buildByHand(t, r.language, r.file, bot, block[1])
					holdFiles(t, onStage(t, module), tea)
				})
			}
		})
	}
}

// buildByHand runs the commands of a README in a folder with its bot.
func buildByHand(t *testing.T, language, file, bot, script string) []byte {
	t.Helper()
	kit, err := toolchain.Named(language).Kit(t.Context())
	tool, _, _ := strings.Cut(script, " ")
	if err == nil && language != "rust" {
		_, err = exec.LookPath(tool)
	}
	if err != nil {
		needed.Guests.Skip(t, err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(bot), 0o600); err != nil {
		t.Fatal(err)
	}
	sdk, err := filepath.Abs("../sdk/guest-" + language)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(script, "SDK", sdk))
	// The first rustc on PATH may lack the target.
	path := filepath.Dir(kit[0].Path) + string(os.PathListSeparator) + os.Getenv("PATH")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, out)
	}
	module, err := os.ReadFile(filepath.Join(dir, "tea.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return module
}

// skipWithRace skips a test of what compilers make. How bots run side by side is tested
// with smaller ones.
func skipWithRace(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("with the race detector it takes minutes to compile what compilers make, " +
			"and the same test runs without it")
	}
}
