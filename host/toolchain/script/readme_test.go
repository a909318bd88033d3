package script_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/conversation/chattest"
)

// block returns the block of a README that is in a language and holds a text.
func block(t *testing.T, language, holds string) string {
	t.Helper()
	data, err := os.ReadFile(sdk + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split("\n"+string(data), "\n```") {
		if code, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 && strings.Contains(code, holds) {
			return code
		}
	}
	t.Fatalf("README.md has no block of %q with %q", language, holds)
	return ""
}

// The bot of the README holds the conversation of the README.
func TestReadme(t *testing.T) {
	module := build(t, "bot.js", block(t, "js", "import "))
	hold(t, module, block(t, "", "Earl Grey!"))
}

// The README's plain object is a bot too.
func TestReadme_Object(t *testing.T) {
	code := strings.ReplaceAll(block(t, "js", "guards:"), ">= 9", ">= 0")
	module := build(t, "bot.js", code)
	hold(t, module, "> hi\nHello!\n")
}

// hold holds a conversation with a bot, with one instance and with one for each turn.
func hold(t *testing.T, module []byte, chat string) {
	t.Helper()
	file, err := conversation.Parse("test.chat", []byte("@bot bot.wasm\n\n"+chat))
	if err != nil {
		t.Fatal(err)
	}
	stage := host.NewStage(host.StageOptions{
		CacheDir: cacheDir,
		Read:     func(context.Context, string) ([]byte, error) { return module, nil },
	})
	defer stage.Close()
	for _, c := range file.Conversations {
		for _, fresh := range []bool{false, true} {
			holdOne(t, stage, c, fresh)
		}
	}
}

func holdOne(t *testing.T, stage *host.Stage, c *conversation.Conversation, fresh bool) {
	t.Helper()
	play, err := stage.Play(t.Context(), "bot.wasm", host.PlayOptions{Fresh: fresh})
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	chattest.Hold(t, play, c)
}
