package turn

import (
	"errors"
	"fmt"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

var _ draft.Handlers = (*turn)(nil)

// Call implements [draft.Handlers], on the instance of the turn.
func (t *turn) Call(e abi.Export, input string) (handled bool, err error) {
	if !t.generation.Handles(e) {
		return false, nil
	}
	t.draft.Mark()
	result, err := t.enter(e, input)
	switch {
	case err != nil:
		return false, err
	case result == abi.NotHandled:
		t.draft.Rollback()
		return false, nil
	}
	return true, nil
}

// Check implements [draft.Handlers].
func (t *turn) Check(guard string) (holds bool, err error) {
	if !t.generation.Handles(abi.Check) {
		return false, fmt.Errorf("guard %q: the module has no export %v", guard, abi.Check)
	}
	result, err := t.enter(abi.Check, guard)
	switch {
	case err != nil:
		return false, fmt.Errorf("guard %q: %w", guard, err)
	case result == abi.NotHandled:
		return false, fmt.Errorf("guard %q: the bot does not know it", guard)
	}
	switch output := t.instance.Output(); string(output) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, fmt.Errorf("guard %q: must be true or false, is %.40q", guard, output)
	}
}

// Tell implements [draft.Handlers].
func (t *turn) Tell(message string, args ...any) {
	t.runner.logger.Warn(message, append([]any{"bot", t.live.key.Bot,
		"generation", t.generation.Name(), "session", t.live.key.ID}, args...)...)
}

// enter calls an export. A result of 1 is an error.
func (t *turn) enter(e abi.Export, input string) (result abi.Result, err error) {
	t.export = e
	if t.instance == nil {
		if t.instance, err = t.generation.Checkout(t.runner.ctx); err != nil {
			t.instance = nil
			return 0, fmt.Errorf("check out an instance: %w", err)
		}
	}
	result, err = t.instance.Call(e, input, t.event.Time, &t.draft)
	switch {
	case err != nil:
		return 0, err
	case result == abi.Failed:
		return 0, fmt.Errorf("%v: %s", result, t.instance.Said())
	case result != abi.Done && result != abi.NotHandled:
		return 0, errors.New(result.String())
	}
	return result, nil
}
