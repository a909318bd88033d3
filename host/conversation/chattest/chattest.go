// Package chattest holds conversations that are written down, in Go tests.
package chattest

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/host/conversation"
)

// Hold holds a conversation with a bot that somebody plays. What the bot says else is
// a failure of the test, in the words of bothost test.
func Hold(tb testing.TB, bot conversation.Player, c *conversation.Conversation) {
	tb.Helper()
	report := conversation.Run(tb.Context(), c, bot, conversation.Options{})
	if !report.Failed() {
		return
	}
	var words strings.Builder
	if err := conversation.WriteText(&words, &report, conversation.Options{}); err != nil {
		tb.Fatal(err)
	}
	tb.Error(words.String())
}
