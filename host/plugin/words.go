package plugin

import (
	"bytes"
	"context"
	"log/slog"
	"strings"

	"github.com/bothost/bothost/abi"
)

// keptWords is how much of the end of what a guest says of its faults goes into a
// call's error, in bytes.
const keptWords = 4 << 10

// maxLine is where a line without an end is broken, in bytes.
const maxLine = 4 << 10

// lineCost is what a line counts beside its own bytes: without it a guest could
// log empty lines for ever.
const lineCost = 64

// botLog takes the lines of one instance to the bot's log, within the bytes
// that a turn may log. It belongs to its instance.
type botLog struct {
	logger *slog.Logger
	limit  int64
	left   int64
	// who names the session while a turn runs.
	session string
}

// begin starts a turn's count.
func (l *botLog) begin() { l.left, l.session = l.limit, "" }

var levels = [...]slog.Level{
	abi.LevelDebug: slog.LevelDebug,
	abi.LevelInfo:  slog.LevelInfo,
	abi.LevelWarn:  slog.LevelWarn,
	abi.LevelError: slog.LevelError,
}

// line writes one line, unless the turn has used up its bytes, which is said
// once.
func (l *botLog) line(level abi.Level, source string, text []byte) {
	l.write(levels[level], source, text)
}

func (l *botLog) write(level slog.Level, source string, text []byte) {
	if l.left < 0 {
		return
	}
	ctx := context.Background()
	if l.left -= int64(len(text)) + lineCost; l.left < 0 {
		l.left = -1
		l.logger.LogAttrs(ctx, slog.LevelWarn, "bot log cut: the turn's limit is reached",
			slog.String("session", l.session), slog.Int64("limit", l.limit))
		return
	}
	if !l.logger.Enabled(ctx, level) {
		return
	}
	l.logger.LogAttrs(ctx, level, "bot log", slog.String("session", l.session),
		slog.String("source", source),
		slog.String("line", strings.ToValidUTF8(string(text), "\uFFFD")))
}

// stream is a guest's stdout or stderr: an io.Writer that makes log lines of
// what is written.
type stream struct {
	in     *Instance
	level  abi.Level
	source string
	// part is a line without its end yet.
	part []byte
	// lastWords are of this call, if they are kept.
	lastWords
	keep bool
}

// lastWords is the end of what a guest said during a call.
type lastWords struct{ kept []byte }

// Write implements [io.Writer]. It fails when the guest's time is up: one call of
// WASI may write the same bytes again and again for hours.
func (s *stream) Write(p []byte) (int, error) {
	if err := s.in.limit.check(); err != nil {
		return 0, err
	}
	n := len(p)
	if s.keep {
		s.remember(p)
	}
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			end = len(p)
		}
		take := min(end, maxLine-len(s.part))
		s.part = append(s.part, p[:take]...)
		p = p[take:]
		if len(p) > 0 && p[0] == '\n' {
			p = p[1:]
			s.flush()
		} else if len(s.part) == maxLine {
			s.flush()
		}
	}
	return n, nil
}

func (s *lastWords) remember(p []byte) {
	p = p[max(0, len(p)-keptWords):]
	if over := len(s.kept) + len(p) - keptWords; over > 0 {
		s.kept = append(s.kept[:0], s.kept[over:]...)
	}
	s.kept = append(s.kept, p...)
}

// flush writes a line that has no end.
func (s *stream) flush() {
	if len(s.part) > 0 {
		s.in.log.line(s.level, s.source, s.part)
		s.part = s.part[:0]
	}
}

// words returns what was kept, and forgets it.
func (s *lastWords) words() string {
	text := strings.ToValidUTF8(strings.TrimSpace(string(s.kept)), "\uFFFD")
	s.kept = s.kept[:0]
	return text
}
