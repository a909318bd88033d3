// Command files is a bot that says what it knows of the files that it gets, and
// gives them back.
package main

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// shown is how much of a file is looked at, in bytes.
const shown = 60

func init() {
	guest.Describe(guest.Definition{Name: "files", Version: "1.0.0"})
	guest.OnStart(func(s *guest.Session) error {
		s.Reply("Send me files, and I say what is in them.")
		return nil
	})
	guest.OnFile(answer)
	guest.OnVoice(answer)
	guest.OnMessage(func(s *guest.Session) error {
		s.Reply("That is a text. Send it as a file.")
		return nil
	})
}

func main() {}

// answer describes all files of the event, and gives them back.
func answer(s *guest.Session) error {
	for _, f := range s.Files() {
		words, err := describe(f)
		if err != nil {
			return err
		}
		s.Reply(words)
		content, err := f.Content()
		if err != nil {
			return err
		}
		s.ReplyFile(f.Name, f.Type, content)
	}
	return nil
}

// describe says what a file is, and how it begins. It reads no more than it shows.
func describe(f guest.File) (string, error) {
	words := f.Name + " is " + f.Type + " of " + bytes(f.Size)
	head := make([]byte, shown)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	if n == 0 {
		return words + ".", nil
	}
	return words + "; it begins with " + begins(head[:n]) + ".", nil
}

// bytes writes a number of bytes.
func bytes(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// begins shows the first line of a text, and the first bytes of anything else.
func begins(head []byte) string {
	line, _, _ := strings.Cut(string(head), "\n")
	line = strings.TrimRight(line, "\r")
	if len(head) == shown { // a character may be cut
		for len(line) > 0 && !utf8.ValidString(line) && len(line) > shown-utf8.UTFMax {
			line = line[:len(line)-1]
		}
	}
	if line != "" && utf8.ValidString(line) && !strings.ContainsFunc(line, unicode.IsControl) {
		return strconv.Quote(line)
	}
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i, c := range head[:min(8, len(head))] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}
