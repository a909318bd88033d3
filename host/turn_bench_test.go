package host

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// BenchmarkWholeTurn runs turns of one session without a socket: the plug-in
// call of host/plugin's BenchmarkCall, with everything that a turn does besides.
// The difference to that benchmark is what a turn costs on top of its call.
func BenchmarkWholeTurn(b *testing.B) {
	source, err := os.ReadFile(filepath.Join("..", "testdata", "bots", "call.wat"))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("guest=wat", func(b *testing.B) {
		h := serve(b, assemble(b, string(source)), Options{})
		c, _, err := backend{&attachments{runner: h.runner, now: time.Now},
			h.bots}.Create(b.Context(), "bot", func() {})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		text := strings.Repeat("0123456789", 6)
		var failed abi.Code
		done := func(o session.Outcome) { failed = max(failed, o.Code) }
		sent := 0
		b.ReportAllocs()
		for b.Loop() {
			sent++
			ev := abi.Event{Kind: abi.EventMessage, ID: strconv.Itoa(sent),
				Text: text, Human: true}
			if err := c.Submit(b.Context(), &ev, done); err != nil {
				b.Fatal(err)
			}
		}
		if failed != 0 {
			b.Fatalf("a turn ended with %v", failed)
		}
	})
}
