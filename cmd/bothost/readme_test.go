package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bothost/bothost/host/conversation"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadmeTranscript holds the transcript of the first screen to the script
// that runs it: what it shows is what the script's chat printed.
func TestReadmeTranscript(t *testing.T) {
	re := regexp.MustCompile("(?s)<!-- transcript: (\\S+) -->\n```\n\\$ \\./bothost chat\n(.*?)```\n")
	match := re.FindStringSubmatch(readme(t))
	if match == nil {
		t.Fatal("README.md has no transcript")
	}
	script, err := txtar.ParseFile(filepath.Join("..", "..", match[1]))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range script.Files {
		if f.Name == "answered" {
			if !strings.HasPrefix(string(f.Data), match[2]) {
				t.Errorf("the transcript of README.md is\n%s\nthe script's chat prints\n%s",
					match[2], f.Data)
			}
			return
		}
	}
	t.Errorf("%s has no file answered", match[1])
}

// TestReadmeBot builds the bots that README.md shows.
func TestReadmeBot(t *testing.T) {
	bots := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindAllStringSubmatch(readme(t), -1)
	if len(bots) < 2 {
		t.Fatalf("README.md has %d bots, want 2", len(bots))
	}
	for _, bot := range bots {
		buildShown(t, bot[1])
	}
}

// buildShown builds a bot in the place of an example.
func buildShown(t *testing.T, source string) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	shown, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(root, "plugins", "examples", "echo", "main.go"): shown,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{shown: []byte(source), overlay: replace} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-buildmode=c-shared",
		"-o", filepath.Join(dir, "bot.wasm"), "./plugins/examples/echo")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("a bot of README.md does not build: %v\n%s\n%s", err, out, source)
	}
}

// TestReadmeConversation reads the conversation that README.md shows.
func TestReadmeConversation(t *testing.T) {
	match := regexp.MustCompile("(?s)```\n(@bot .*?)```").FindStringSubmatch(readme(t))
	if match == nil {
		t.Fatal("README.md has no conversation")
	}
	if _, err := conversation.Parse("README.md", []byte(match[1])); err != nil {
		t.Error(err)
	}
}

// TestReadmeLinks wants every path that README.md links to be there.
func TestReadmeLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, match := range link.FindAllStringSubmatch(readme(t), -1) {
		if _, err := os.Stat(filepath.Join("..", "..", match[1])); err != nil {
			t.Errorf("README.md links to %s: %v", match[1], err)
		}
	}
}
