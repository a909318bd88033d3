package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// breaks are ways in which bots break, each told to the bot of its language in
// testdata/traps, and what the operator's log holds of it: the bot's own words, file and
// line where the toolchain gives them, and functions of the bot's source.
var breaks = []struct {
	language, how string
	want          []string
}{
	{"go", "panic", []string{"panic: no tea is left", "main.pour", "main.go:18"}},
	{"go", "index", []string{"index out of range [5] with length 0", "main.pour", "main.go:20"}},

	{"rust", "panic", []string{"logged:", "no tea is left", "src/lib.rs:14:", "bot::pour"}},
	{"rust", "index", []string{"the len is 3 but the index is 5", "src/lib.rs:17:", "bot::pour"}},
	{"rust", "unwrap", []string{"on an `Err` value", "no tea is left", "src/lib.rs:19:",
		"bot::pour"}},

	{"c", "panic", []string{"logged:", "no tea is left at bot.c:13", "bothost_panic", "pour",
		"on_message"}},
	{"c", "check", []string{"check failed: cups > 1 at bot.c:15", "pour", "on_message"}},
	{"c", "assert", []string{"Assertion failed", "bot.c: pour: 16", "abort", "pour"}},
	{"c", "abort", []string{"no tea is left", "abort", "pour", "on_message"}},
	{"c", "recurse", []string{"out of bounds memory access", "sink(i32)"}},
	{"c", "long", []string{"éé at bot.c:26", "bothost_panic", "pour", "on_message"}},
	{"c", "divide", []string{"integer divide by zero", "pour", "on_message"}},

	{"cpp", "panic", []string{"logged:", "no tea is left at bot.cpp:12", "bothost::panic",
		"Pot::pour"}},
	{"cpp", "assert", []string{"Assertion failed", "bot.cpp: pour: 13", "Pot::pour"}},
	{"cpp", "at", []string{"abort", "Pot::pour"}},

	{"assemblyscript", "throw", []string{"abort: no tea is left at bot.ts:12:", "bot/pour"}},
	{"assemblyscript", "assert", []string{"abort: no tea is left at bot.ts:13:", "bot/pour"}},
	{"assemblyscript", "index", []string{"Index out of range", "~lib/array.ts", "bot/pour"}},

	{"javascript", "throw", []string{"no tea is left", "pour (bot.js:11:", "bot.js:4:"}},
	{"javascript", "missing", []string{"TypeError", "cups", "pour (bot.js:12:", "bot.js:4:"}},
	{"javascript", "async", []string{"no tea is left", "boil (bot.js:7:"}},

	{"typescript", "throw", []string{"no tea is left", "pour (bot.ts:13:", "bot.ts:10:"}},
	{"typescript", "missing", []string{"TypeError", "toFixed", "pour (bot.ts:14:", "bot.ts:10:"}},

	{"wat", "trap", []string{"unreachable", "pour", "on_message"}},
	{"wat", "outside", []string{"out of bounds memory access", "pour", "on_message"}},
}

// A bot that breaks ends its turn, whichever its language, and the operator reads why
// and where. The next turn is as good as any.
func TestTraps(t *testing.T) {
	skipWithRace(t)
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			h := serve(t, buildTrap(t, l.name), Options{Gone: -1})
			c := dial(t, h)
			seen := 0
			for _, b := range breaks {
				if b.language == l.name {
					t.Run(b.how, func(t *testing.T) { breakIt(t, h, c, b.how, b.want) })
					seen++
				}
			}
			if seen == 0 {
				t.Errorf("nobody knows how a bot in %s breaks", l.name)
			}
		})
	}
}

// buildTrap builds the bot of a language that breaks.
func buildTrap(tb testing.TB, language string) []byte {
	tb.Helper()
	dir := filepath.Join("testdata", "traps", language)
	if language != "assemblyscript" {
		return buildSource(tb, dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "bot.ts"))
	if err != nil {
		tb.Fatal(err)
	}
	return buildText(tb, language, "bot.ts", string(text))
}

// breakIt lets a turn fail, and looks into what was logged of it.
func breakIt(t *testing.T, h *running, c *talker, how string, want []string) {
	before := len(h.log.String())
	if e := c.ask("break-"+how, how); e.Kind != abi.KindNotice || e.Body != abi.WordsFailed {
		t.Errorf("entry = %s %q, want the host's words", e.Kind, e.Body)
	}
	log := h.log.String()[before:]
	for _, text := range want {
		if !strings.Contains(log, text) {
			t.Errorf("the log does not hold %q:\n%s", text, strings.ReplaceAll(log, `\n`, "\n\t"))
		}
	}
}
