package sdk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What an SDK may have, in lines of code: people who bring another language read one
// of these first, and write theirs after it.
const (
	leastLines = 20
	mostLines  = 150
)

// small are the SDKs that are held to that. The files of the core count together; each
// part that a bot may leave out counts for itself. What is built into an engine, and
// Go's, which is held to the rules of a Go package, are no such SDKs.
var small = []struct {
	name  string
	core  []string
	parts []string
}{
	{"guest-c", []string{"bothost.h"}, []string{"bothost_libc.h", "bothost_text.h"}},
	{"guest-cpp", []string{"bothost.hpp"}, []string{"bothost_dialog.hpp", "bothost_kinds.hpp"}},
	{"guest-rust/src", []string{"lib.rs"}, []string{"dialog.rs", "short.rs"}},
	{"guest-assemblyscript", []string{"exports.ts", "index.ts"}, []string{"dialog.ts"}},
	{
		"guest-javascript", []string{"bot.js", "session.js"},
		[]string{"clauses.js", "console.js", "dialog.js", "files.js", "replies.js", "web.js"},
	},
	{
		"guest-javascript", []string{"bothost.d.ts"},
		[]string{"dialog.d.ts", "files.d.ts", "globals.d.ts", "replies.d.ts"},
	},
}

func TestSize(t *testing.T) {
	for _, s := range small {
		sum := 0
		for _, file := range s.core {
			sum += codeLines(t, filepath.Join(s.name, file))
		}
		if sum < leastLines || sum > mostLines {
			t.Errorf("%s: the core, %s, has %d lines of code, want %d to %d",
				s.name, strings.Join(s.core, ", "), sum, leastLines, mostLines)
		}
		for _, file := range s.parts {
			if n := codeLines(t, filepath.Join(s.name, file)); n > mostLines {
				t.Errorf("%s/%s has %d lines of code, want at most %d", s.name, file, n, mostLines)
			}
		}
	}
}

// A file that is new is one that is counted.
func TestSize_all(t *testing.T) {
	// This one has the names only that bots import.
	known := []string{filepath.Join("guest-javascript", "bothost.js")}
	for _, s := range small {
		for _, file := range slices.Concat(s.core, s.parts) {
			known = append(known, filepath.Join(s.name, filepath.FromSlash(file)))
		}
	}
	for _, s := range small {
		for _, extension := range []string{".h", ".hpp", ".rs", ".ts", ".js"} {
			files, err := filepath.Glob(filepath.Join(s.name, "*"+extension))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if !slices.Contains(known, file) {
					t.Errorf("%s is neither core nor part of its SDK", file)
				}
			}
		}
	}
}

func TestCountCode(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"blank", "\n  \n\t\n", 0},
		{"code", "a\nb\n", 2},
		{"no end", "a\nb", 2},
		{"comments", "// a\n  /// b\n//! c\nd // e\n", 1},
		{"a block", "/* a\n * b\n\n */\nc\n", 1},
		{"blocks within lines", "a /* b */\n/* c */ d\n/* e */\n", 2},
		{"documentation", "/** a */\n/**\n * b\n */\nc /* d\n*/ e\n", 2},
	}
	for _, tt := range tests {
		if n := countCode(tt.text); n != tt.want {
			t.Errorf("%s: %d lines, want %d", tt.name, n, tt.want)
		}
	}
}

func codeLines(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return countCode(string(text))
}

// block is a comment that ends anywhere; its line ends stay.
var block = regexp.MustCompile(`(?s)/\*.*?\*/`)

// countCode counts the lines that are neither blank nor only comment.
func countCode(text string) (n int) {
	text = block.ReplaceAllStringFunc(text, func(comment string) string {
		return strings.Repeat("\n", strings.Count(comment, "\n"))
	})
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}
