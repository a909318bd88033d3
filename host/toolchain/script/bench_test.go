package script_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/toolchain/script"
)

const benchBot = `import { bot } from "bothost";
bot.onMessage((s) => { s.set("n", (s.get("n") ?? 0) + 1); s.reply("you said " + s.text); });`

// BenchmarkTurn is a message that reads a variable, sets it and is answered.
func BenchmarkTurn(b *testing.B) {
	for _, bench := range []struct{ name, code string }{
		{"handler=sync", benchBot},
		{"handler=async", `import { bot } from "bothost";
			bot.onMessage(async (s) => { s.set("n", (s.get("n") ?? 0) + 1); await null; s.reply("you said " + s.text); });`},
		{"handler=none", ``},
	} {
		b.Run(bench.name, func(b *testing.B) {
			bot := load(b, build(b, "bot.js", bench.code), plugin.Options{})
			h := text("hello there")
			in, err := bot.module.Checkout(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer in.Release()
			var t turn
			b.ReportAllocs()
			for b.Loop() {
				t.draft.Begin(h.event, h.base, &bot.limits)
				if _, err := in.Call(abi.OnMessage, h.input, h.event.Time, &t.draft); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart is an instance that is made, and thrown away.
func BenchmarkStart(b *testing.B) {
	for _, bench := range []struct{ name, path string }{
		{"bot=small", ""}, {"bot=greetings", "greetings-javascript/bot.js"}, {"bot=trivia", "trivia/bot.js"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			bot := load(b, benchModule(b, bench.path), plugin.Options{})
			b.ReportAllocs()
			for b.Loop() {
				in, err := bot.module.Checkout(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				in.Discard()
			}
		})
	}
}

func benchModule(b *testing.B, path string) []byte {
	b.Helper()
	if path == "" {
		return build(b, "bot.js", benchBot)
	}
	needEngine(b)
	module, _, err := script.Build(b.Context(), filepath.Join("..", "..", "..", "plugins", "examples", path))
	if err != nil {
		b.Fatal(err)
	}
	return module
}

// BenchmarkReload is what happens when a script changes: it is bundled, packed,
// checked, and its module loaded with an engine that was compiled before.
func BenchmarkReload(b *testing.B) {
	needEngine(b)
	dir := write(b, "bot.js", benchBot)
	entry := filepath.Join(dir, "bot.js")
	cache, err := plugin.OpenCache(b.TempDir(), 64<<20, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		code := fmt.Sprintf("%s\nglobalThis.edit = %d;", benchBot, i)
		if err := os.WriteFile(entry, []byte(code), 0o644); err != nil {
			b.Fatal(err)
		}
		module, _, err := script.Build(b.Context(), entry)
		if err != nil {
			b.Fatal(err)
		}
		m, err := plugin.Compile(b.Context(), module, plugin.Options{Cache: cache})
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := m.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
