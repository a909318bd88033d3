package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/toolchain"
)

func TestComplain(t *testing.T) {
	failed := errors.New("exit status 1")
	one := &toolchain.Error{Path: "tea", Err: failed, Words: "bot.c:1:2: one\n    ^"}
	two := &toolchain.Error{Path: "milk", Err: failed, Words: "bot.rs:3:4: two"}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"no compiler", errors.New("a\nb"), "bothost: a\nbothost: b\n"},
		{"a hint", hintError{failed, "try again"}, "bothost: exit status 1\nhint: try again\n"},
		{"without words", &toolchain.Error{Path: "tea", Err: failed},
			"bothost: build tea: exit status 1\n"},
		{"words", one, "bothost: build tea: exit status 1\nbot.c:1:2: one\n    ^\n"},
		{"wrapped", fmt.Errorf("x.chat:1: %w", two),
			"bothost: x.chat:1: build milk: exit status 1\nbot.rs:3:4: two\n"},
		{"several", errors.Join(fmt.Errorf("a: %w", one), errors.New("other"),
			fmt.Errorf("b: %w", two)),
			"bothost: a: build tea: exit status 1\nbot.c:1:2: one\n    ^\nbothost: other\n" +
				"bothost: b: build milk: exit status 1\nbot.rs:3:4: two\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			complain(&b, tt.err)
			if b.String() != tt.want {
				t.Errorf("complain wrote\n%s\nwant\n%s", &b, tt.want)
			}
		})
	}
}
