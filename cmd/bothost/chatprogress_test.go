package main

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// What a terminal shows of replies in progress; | stands for what hides the sign of
// a turn that takes a while.
func TestChat_Progress(t *testing.T) {
	delta := func(part int, text string) client.Frame {
		return client.Frame{Type: native.Delta, Turn: 2, Part: part, Text: text}
	}
	entry := func(from abi.From, text string) client.Frame {
		return client.Frame{Type: native.Entry, Turn: 2, Seq: 3, From: from, Kind: abi.KindText,
			Body: jsontext.AppendString(nil, text)}
	}
	typing := client.Frame{Type: native.Typing, Turn: 2}
	withdrawn := client.Frame{Type: native.Withdrawn, Turn: 2}
	for _, tc := range []struct {
		name   string
		frames []client.Frame
		want   string
	}{
		{"whole", []client.Frame{delta(0, "one "), delta(0, "two"), entry(abi.FromBot, "one two")},
			"one two\n"},
		{"a beginning", []client.Frame{delta(0, "one"), entry(abi.FromBot, "one two")},
			"one two\n"},
		{"several lines", []client.Frame{delta(0, "a\nb"), entry(abi.FromBot, "a\nb\n")},
			"a\nb\n"},
		{"two replies", []client.Frame{delta(0, "a"), delta(1, "b"), entry(abi.FromBot, "a"),
			entry(abi.FromBot, "b")},
			"a\nb\n"},
		{"another one first", []client.Frame{delta(0, "a"), entry(abi.FromBot, "x"),
			entry(abi.FromBot, "a")},
			"a\nx\n"},
		{"withdrawn", []client.Frame{delta(0, "a"), withdrawn, entry(abi.FromHost, "sorry")},
			"a\n! the bot did not get to the end of that: it does not count\n! sorry\n"},
		{"typing", []client.Frame{typing, entry(abi.FromBot, "a")}, "...|a\n"},
		{"typing, then a reply in progress",
			[]client.Frame{typing, delta(0, "a"), entry(abi.FromBot, "a")},
			"...|a\n"},
		{"typing, then nothing", []client.Frame{typing, withdrawn}, "...|"},
		{"no control characters",
			[]client.Frame{delta(0, "\x1b[2Ja"), entry(abi.FromBot, "\x1b[2Ja")},
			"\uFFFD[2Ja\n"},
		{"a rejection in between",
			[]client.Frame{delta(0, "a"), {Type: native.Rejected, Error: "no"}}, "a\n! no\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out strings.Builder
			c := &chatter{out: &out, terminal: true, running: inProgress{out: &out}}
			for _, f := range tc.frames {
				c.show(f)
			}
			got := strings.ReplaceAll(out.String(), "\r   \r", "|")
			if got != tc.want {
				t.Errorf("shown = %q, want %q", got, tc.want)
			}
		})
	}
}
