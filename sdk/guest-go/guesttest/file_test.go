package guesttest_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

// Files cross to the instance and back as they are, also those of an event that
// waits while other turns run.
func TestFiles(t *testing.T) {
	be(t, "files")
	c := guesttest.Chat(t, guesttest.Options{})
	bytes := "\x00\xff" + strings.Repeat("a\n", 100_000)
	c.SendFile(guesttest.File("b.bin", "a/b", bytes), guesttest.File("c.png", "image/png", "c")).
		WantsNothing().WantsState("closed")
	c.SendFile(guesttest.File("d.wav", "audio/wav", "d")).WantsNothing()
	upper := strings.ToUpper(bytes)
	c.Say("open").WantsFile("b.bin", "a/b", upper).WantsFile("c.png", "image/png", "C").
		WantsState("closed")
	turn := c.Say("open").WantsReply(guest.KindAudio, `{"name":"d.wav","type":"audio/wav","size":1}`)
	if r := turn.Replies(); len(r) != 1 || r[0].Content != "D" {
		t.Errorf("replies = %v, want one with the content D", r)
	}
}

func TestFiles_Faults(t *testing.T) {
	be(t, "files")
	c := guesttest.Chat(t, guesttest.Options{Limits: abi.Limits{FileBytes: 3}})
	c.SendFile(guesttest.File("a", "a/b", "abc")).WantsNothing()
	c.Say("open").WantsFile("a", "a/b", "ABC")
	c.SendFile(guesttest.File("a", "a/b", "abcd")).WantsNothing()
	c.Say("open").WantsFailure("reply_file: data: a file has at most 3 bytes, this one has 4")
	c.SendFile(abi.File{Name: "a", Type: "a/b", Size: 1})
	c.Say("open").WantsFailure("the test sent a file without content")
	for _, tt := range []struct {
		name string
		do   func(t *guesttest.Turn)
		want string
	}{
		{"name", func(t *guesttest.Turn) { t.WantsFile("b", "a/b", "A") }, `want file {"name":"b"`},
		{"content", func(t *guesttest.Turn) { t.WantsFile("a", "a/b", "B") }, `with "A", want`},
		{"kind", func(t *guesttest.Turn) { t.WantsFile("a", "image/b", "A") }, `want image {"name":"a"`},
		{"none", func(t *guesttest.Turn) { t.WantsFile("a", "a/b", "A").WantsFile("a", "a/b", "A") },
			"no reply 2, want"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := record(func(tb testing.TB) {
				c := guesttest.Chat(tb, guesttest.Options{})
				c.SendFile(guesttest.File("a", "a/b", "a"))
				tt.do(c.Say("open"))
			})
			r.wants(t, tt.want)
		})
	}
}
