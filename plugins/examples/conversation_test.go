package examples_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/conversation/chattest"
	"github.com/bothost/bothost/host/gobot"
)

// The conversations of the bots in Go go as they are written, with the built modules
// and by the host's rules. Those of the others are held by the tests of the host.
func TestConversations(t *testing.T) {
	stage := host.NewStage(host.StageOptions{
		Read: func(_ context.Context, folder string) ([]byte, error) {
			return gobot.Build(filepath.Base(folder))
		},
	})
	t.Cleanup(func() { stage.Close() })
	var files []string
	for _, bot := range bots {
		found, err := filepath.Glob(bot + "/conversations/*.chat")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Fatal("there are no conversations")
	}
	for _, name := range files {
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			file, err := conversation.Parse(name, text)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range file.Conversations {
				t.Run(c.Name, func(t *testing.T) { hold(t, stage, file, c) })
			}
		})
	}
}

// hold holds a conversation with its bot.
func hold(t *testing.T, stage *host.Stage, file *conversation.File, c *conversation.Conversation) {
	play, err := stage.Play(t.Context(), file.Path(file.Bot), host.PlayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	chattest.Hold(t, play, c)
}
