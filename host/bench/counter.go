package main

import (
	"context"
	"strconv"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/turn"
)

// stateless is the dialog of a bot that declares no states.
var stateless = dialog.New(new(abi.Definition), nil)

// counterBot is a bot in Go: it counts the messages of a session and replies. It
// is its own source, generation and instance.
type counterBot struct {
	// timers says whether messages set and cancel timers.
	timers bool
}

func (b counterBot) Acquire(string) (turn.Generation, error)         { return b, nil }
func (counterBot) Name() string                                      { return "bench#1" }
func (counterBot) Handles(abi.Export) bool                           { return true }
func (b counterBot) Checkout(context.Context) (turn.Instance, error) { return b, nil }
func (counterBot) Release()                                          {}
func (counterBot) Dialog() turn.Dialog                               { return stateless }
func (counterBot) ClientVariables() []string                         { return nil }
func (counterBot) Output() []byte                                    { return nil }
func (counterBot) Said() string                                      { return "" }
func (counterBot) Fuel() int64                                       { return 0 }

func (b counterBot) Call(_ abi.Export, _ string, _ int64, h abi.Host) (abi.Result, error) {
	count, _, err := h.Get([]byte("count"))
	if err != nil {
		return 0, err
	}
	n, _ := strconv.Atoi(count)
	if err := h.Set([]byte("count"), strconv.AppendInt(nil, int64(n+1), 10)); err != nil {
		return 0, err
	}
	if b.timers && h.Event().Kind == abi.EventMessage {
		if err := b.timer(h, n); err != nil {
			return 0, err
		}
	}
	return abi.Done, h.Reply([]byte("text"), []byte(text))
}

// timer sets a timer that goes off soon, or one that does not, or cancels that.
func (counterBot) timer(h abi.Host, n int) error {
	switch n % 8 {
	case 1:
		return h.TimerSet([]byte("soon"), 20, nil)
	case 3:
		return h.TimerSet([]byte("later"), 60*60*1000, []byte("data"))
	case 5:
		return h.TimerCancel([]byte("later"))
	}
	return nil
}
