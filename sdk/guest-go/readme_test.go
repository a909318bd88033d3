package guest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goBlocks returns the Go files in a page of Markdown.
func goBlocks(page string) []string {
	var blocks []string
	for _, part := range strings.Split(page, "\n```go\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		blocks = append(blocks, block+"\n")
	}
	return blocks
}

// The bot of README.md builds to a module, and its test passes.
func TestREADME(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(page), "\n"); lines > 110 {
		t.Errorf("README.md has %d lines, want at most 110", lines)
	}
	blocks := goBlocks(string(page))
	if len(blocks) != 2 {
		t.Fatalf("README.md has %d files in Go, want the bot and its test", len(blocks))
	}
	files := map[string]string{"main.go": blocks[0], "main_test.go": blocks[1]}
	folder, overlay := writeOverlay(t, files)
	bin := t.TempDir()

	// vet would work in the folder, which does not exist.
	run(t, exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-c",
		"-o", filepath.Join(bin, "bot.test"), folder))
	run(t, exec.Command(filepath.Join(bin, "bot.test")))

	module := exec.Command("go", "build", "-overlay", overlay, "-buildmode=c-shared",
		"-o", filepath.Join(bin, "bot.wasm"), folder)
	module.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	run(t, module)
}

// writeOverlay makes the go command see the files in a folder of this module
// that does not exist, and returns it.
func writeOverlay(t *testing.T, files map[string]string) (folder, overlay string) {
	t.Helper()
	dir := t.TempDir()
	folder, err := filepath.Abs("readme")
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for name, text := range files {
		file := filepath.Join(dir, name)
		replace[filepath.Join(folder, name)] = file
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder, overlay
}

func run(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
}
