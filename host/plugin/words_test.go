package plugin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// newStream returns a stream of an instance that logs to log.
func newStream(log *logLines, limit int64) *stream {
	in := &Instance{log: botLog{logger: log.logger(), limit: limit}}
	in.log.begin()
	in.limit.arm(time.Minute)
	return &stream{in: in, level: abi.LevelWarn, source: "stderr", keep: true}
}

func TestStream(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, tc := range []struct {
		name   string
		writes []string
		want   []string
	}{
		{"a line", []string{"one\n"}, []string{"one"}},
		{"without end", []string{"one"}, []string{"one"}},
		{"in parts", []string{"o", "n", "e\ntw", "o\n"}, []string{"one", "two"}},
		{"several", []string{"one\ntwo\n\nthree"}, []string{"one", "two", "three"}},
		{"one below", []string{long[1:] + "\n", "y"}, []string{long[1:], "y"}},
		{"at the limit", []string{long + "\n", "y"}, []string{long, "y"}},
		{"one above", []string{long + "x\n", "y"}, []string{long, "x", "y"}},
		{"not UTF-8", []string{"a\xffb\n"}, []string{"\"a\ufffdb\""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log logLines
			s := newStream(&log, 1<<20)
			for _, w := range tc.writes {
				if n, err := s.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("Write(%d bytes) = %d, %v", len(w), n, err)
				}
			}
			s.flush()
			lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
			for i, want := range tc.want {
				if i >= len(lines) || !strings.HasSuffix(lines[i], "source=stderr line="+want) {
					t.Errorf("log =\n%.300s\nwant the lines %.100q", log.String(), tc.want)
					break
				}
			}
			if len(lines) != len(tc.want) {
				t.Errorf("log has %d lines, want %d", len(lines), len(tc.want))
			}
		})
	}
}

// The last words of a call are kept, and not more of them.
func TestStream_words(t *testing.T) {
	for _, n := range []int{0, keptWords - 1, keptWords, keptWords + 1, 3 * keptWords} {
		for _, piece := range []int{1, 100, n} {
			var log logLines
			s := newStream(&log, 0)
			text := ""
			for i := 0; len(text) < n; i++ {
				text += fmt.Sprintf("%d,", i)
			}
			text = text[:n]
			for rest := text; rest != ""; {
				k := min(max(1, piece), len(rest))
				s.Write([]byte(rest[:k]))
				rest = rest[k:]
			}
			if got, want := s.words(), text[max(0, n-keptWords):]; got != want {
				t.Errorf("words() of %d bytes in pieces of %d = %.40q..., want %.40q...", n, piece, got, want)
			}
			if got := s.words(); got != "" {
				t.Errorf("words() = %q for the second time, want nothing", got)
			}
		}
	}
}

// A turn logs so many bytes and no more, says so once, and the next turn begins
// anew. Empty lines count too.
func TestBotLog_limit(t *testing.T) {
	for _, tc := range []struct {
		name      string
		line      string
		limit     int64
		lines     int
		want, cut int
	}{
		{"one below", "0123456789", 3*(10+lineCost) - 1, 3, 2, 1},
		{"at the limit", "0123456789", 3 * (10 + lineCost), 3, 3, 0},
		{"above", "0123456789", 3 * (10 + lineCost), 9, 3, 1},
		{"empty lines", "", 10 * lineCost, 1000, 10, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log logLines
			l := botLog{logger: log.logger(), limit: tc.limit}
			for turn := range 2 {
				log.Reset()
				l.begin()
				for range tc.lines {
					l.line(abi.LevelInfo, "log", []byte(tc.line))
				}
				got := strings.Count(log.String(), "source=log")
				cut := strings.Count(log.String(), "bot log cut")
				if got != tc.want || cut != tc.cut {
					t.Errorf("turn %d: %d lines and %d cuts, want %d and %d", turn, got, cut, tc.want, tc.cut)
				}
			}
		})
	}
}

// A log line says whose it is.
func TestBotLog_session(t *testing.T) {
	var log logLines
	m := newWAT(t, `(module
		(import "bothost_v1" "log" (func $log (param i32 i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "hello")
		(func (export "describe") (call $log (i32.const 1) (i32.const 0) (i32.const 5)))
		(func (export "on_message") (call $log (i32.const 3) (i32.const 0) (i32.const 5))))`,
		Options{Logger: log.logger()})
	if _, err := m.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	play(t, m, abi.OnMessage, "", draft.Base{})
	for _, want := range []string{
		`level=INFO msg="bot log" session="" source=log line=hello`,
		`level=ERROR msg="bot log" session=s1 source=log line=hello`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log =\n%s\nwant %q in it", log.String(), want)
		}
	}
}
