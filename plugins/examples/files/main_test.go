package main

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestFiles(t *testing.T) {
	const accents = "ééééééééééééééééééééééééééééééé"
	for _, tt := range []struct{ name, typ, content, want string }{
		{"a.txt", "text/plain", "one\ntwo\n",
			`a.txt is text/plain of 8 bytes; it begins with "one".`},
		{"crlf.txt", "text/plain", "one\r\n",
			`crlf.txt is text/plain of 5 bytes; it begins with "one".`},
		{"empty", "a/b", "", "empty is a/b of 0 bytes."},
		{"x", "a/b", "x", `x is a/b of 1 byte; it begins with "x".`},
		{"a.png", "image/png", "\x89PNG\r\n\x1a\n",
			"a.png is image/png of 8 bytes; it begins with 89 50 4e 47 0d 0a 1a 0a."},
		{"zero", "a/b", "\x00", "zero is a/b of 1 byte; it begins with 00."},
		{"line", "a/b", "\n", "line is a/b of 1 byte; it begins with 0a."},
		{"long", "a/b", strings.Repeat("x", 61),
			`long is a/b of 61 bytes; it begins with "` + strings.Repeat("x", 60) + `".`},
		{"é", "a/b", accents, `é is a/b of 62 bytes; it begins with "` + accents[:60] + `".`},
		{"xé", "a/b", "x" + accents,
			`xé is a/b of 63 bytes; it begins with "x` + accents[:58] + `".`},
	} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.SendFile(guesttest.File(tt.name, tt.typ, tt.content)).
			Wants(tt.want).WantsFile(tt.name, tt.typ, tt.content)
	}
}

// Several files have an answer each, and a voice is a file like others.
func TestSeveral(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Welcome().Wants("Send me files, and I say what is in them.")
	c.SendFile(guesttest.File("a", "a/b", "1"), guesttest.File("b", "image/c", "2")).
		Wants(`a is a/b of 1 byte; it begins with "1".`).WantsFile("a", "a/b", "1").
		Wants(`b is image/c of 1 byte; it begins with "2".`).WantsFile("b", "image/c", "2")
	c.SendVoice(guesttest.File("v", "audio/wav", "RIFF")).
		Wants(`v is audio/wav of 4 bytes; it begins with "RIFF".`).
		WantsFile("v", "audio/wav", "RIFF")
	c.Say("hello").Wants("That is a text. Send it as a file.")
}
