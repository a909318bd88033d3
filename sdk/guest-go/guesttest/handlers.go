package guesttest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/intent"
)

// handlers is the bot, as the dialog runs it.
type handlers struct{ host *fakeHost }

var _ draft.Handlers = handlers{}

// Call implements [draft.Handlers].
func (c handlers) Call(e abi.Export, input string) (handled bool, err error) {
	h := c.host
	h.draft.Mark()
	switch result := h.call(e, input); {
	case h.failure != nil:
		return false, h.failure
	case result == abi.NotHandled:
		h.draft.Rollback()
		return false, nil
	}
	return true, nil
}

// Check implements [draft.Handlers].
func (c handlers) Check(guard string) (holds bool, err error) {
	h := c.host
	h.output = nil
	result := h.call(abi.Check, guard)
	switch {
	case h.failure != nil:
		return false, h.failure
	case result == abi.NotHandled:
		return false, fmt.Errorf("guard %q: the bot does not know it", guard)
	}
	switch string(h.output) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("guard %q: must be true or false, is %.40q", guard, h.output)
}

// Tell implements [draft.Handlers]: what a host tells its operator stands among the
// lines of the log.
func (c handlers) Tell(message string, args ...any) {
	for i := 0; i+1 < len(args); i += 2 {
		message += fmt.Sprintf(" %v=%v", args[i], args[i+1])
	}
	c.host.logs = append(c.host.logs, Line{abi.LevelWarn, message})
}

// dialogs has the dialog of the definition that was used last, for all turns of a
// conversation have the same.
var dialogs dialogCache

type dialogCache struct {
	definition []byte
	dialog     *dialog.Dialog
}

// of returns the dialog that a definition declares. [running] is held.
func (c *dialogCache) of(definition []byte) (*dialog.Dialog, error) {
	if c.dialog != nil && bytes.Equal(c.definition, definition) {
		return c.dialog, nil
	}
	_, d, err := newDialog(definition)
	if err == nil {
		c.definition, c.dialog = definition, d
	}
	return d, err
}

// newDialog makes the dialog as a host does. It returns one without states beside
// an error.
func newDialog(definition []byte) (*abi.Definition, *dialog.Dialog, error) {
	none := dialog.New(new(abi.Definition), nil)
	parsed, err := abi.ParseDefinition(definition)
	if err != nil {
		return nil, none, fmt.Errorf("a host refuses %s: %w", definition, err)
	}
	return parsed, dialog.New(parsed, &classifier{definition: parsed}), nil
}

// classifier learns a bot's intents when somebody asks for one: that takes longer
// than most tests, and the process that holds the conversation never asks.
type classifier struct {
	definition *abi.Definition
	once       sync.Once
	learned    *intent.Classifier
}

// ClassifyAt implements [dialog.Classifier].
func (c *classifier) ClassifyAt(text string, among []string, now time.Time) (
	p abi.Prediction, ok bool) {
	c.once.Do(func() {
		var err error
		if c.learned, err = intent.New(context.Background(), c.definition, intent.Options{}); err != nil {
			panic("guesttest: " + err.Error()) // of what the definition's check let through
		}
	})
	return c.learned.ClassifyAt(text, among, now)
}
