package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// newLogger makes the operator's log: for people or, as JSON, for machines.
func newLogger(w io.Writer, format string, level slog.Level) (*slog.Logger, error) {
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})), nil
	case "text":
		return slog.New(&textHandler{out: &output{w: w}, level: level}), nil
	}
	return nil, usageError{fmt.Errorf("--log-format must be text or json, not %q", format)}
}

// output is the writer that all copies of a handler share.
type output struct {
	mu sync.Mutex
	// guards the following
	w io.Writer
}

// textHandler writes a line a record, for people: the time, the level unless it
// is info, the message, and key=value. Values of several lines, such as a
// guest's stack, follow below, indented, as they are.
type textHandler struct {
	out   *output
	level slog.Level
	attrs []slog.Attr
	group string
}

var _ slog.Handler = (*textHandler)(nil)

// Enabled implements [slog.Handler].
func (h *textHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithAttrs implements [slog.Handler].
func (h *textHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.attrs = h.attrs[:len(h.attrs):len(h.attrs)]
	for _, a := range attrs {
		a.Key = h.group + a.Key
		c.attrs = append(c.attrs, a)
	}
	return &c
}

// WithGroup implements [slog.Handler].
func (h *textHandler) WithGroup(name string) slog.Handler {
	c := *h
	c.group += name + "."
	return &c
}

// Handle implements [slog.Handler].
func (h *textHandler) Handle(_ context.Context, r slog.Record) error {
	var line, below bytes.Buffer
	line.WriteString(r.Time.Format("15:04:05.000 "))
	if r.Level != slog.LevelInfo {
		line.WriteString(strings.ToLower(r.Level.String()) + ": ")
	}
	line.WriteString(r.Message)
	for _, a := range h.attrs {
		write(&line, &below, a.Key, a.Value)
	}
	r.Attrs(func(a slog.Attr) bool {
		write(&line, &below, h.group+a.Key, a.Value)
		return true
	})
	line.WriteByte('\n')
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := h.out.w.Write(append(line.Bytes(), below.Bytes()...))
	return err
}

// write adds one attribute to the line, or below it if it has several lines.
// Empty values say nothing.
func write(line, below *bytes.Buffer, key string, value slog.Value) {
	text := printable(value.Resolve().String())
	switch {
	case text == "":
	case strings.Contains(text, "\n"):
		fmt.Fprintf(below, "  %s: %s\n", key, strings.ReplaceAll(text, "\n", "\n    "))
	case strings.ContainsAny(text, " \"="):
		fmt.Fprintf(line, " %s=%q", key, text)
	default:
		fmt.Fprintf(line, " %s=%s", key, text)
	}
}

// printable keeps what guests and clients say from driving the terminal: control
// characters other than the line end and the tab are shown, not sent.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return '\uFFFD'
		}
		return r
	}, s)
}
