package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
)

// Settle implements [conversation.Player].
func (p *Play) Settle(ctx context.Context) ([]conversation.Turn, error) {
	turns, err := p.until(ctx, p.now.Load(), maxAtOnce-p.atOnce)
	if p.atOnce += len(turns); errors.Is(err, ErrEndless) {
		err = fmt.Errorf("%w: %d turns follow one event at once", err, maxAtOnce)
	}
	return turns, err
}

// Advance implements [conversation.Player]: the clock goes from one job to the
// next, so that each has the time for which it was set.
func (p *Play) Advance(ctx context.Context, d time.Duration) ([]conversation.Turn, error) {
	end := p.now.Load() + d.Milliseconds()
	turns, err := p.until(ctx, end, maxInTime)
	p.atOnce = 0
	switch {
	case errors.Is(err, ErrEndless):
		err = fmt.Errorf("%w: there are %d turns in %v", err, maxInTime, d)
	case err == nil:
		p.now.Store(end)
	}
	return turns, err
}

// until runs what is due up to a time, at most so many turns.
func (p *Play) until(ctx context.Context, end int64, most int) (
	turns []conversation.Turn, err error) {
	for {
		if err := context.Cause(ctx); err != nil {
			return turns, err
		}
		at, ok := p.runner.NextDue()
		switch {
		case !ok || at > end:
			return turns, nil
		case len(turns) >= most:
			return turns, ErrEndless
		}
		p.now.Store(max(at, p.now.Load()))
		t, ran, err := p.step(ctx)
		if err != nil {
			return turns, err
		}
		if ran {
			turns = append(turns, t)
		}
	}
}

// step runs the first job that is due, and reports false if it led to nothing:
// it was cancelled, or nothing has changed.
func (p *Play) step(ctx context.Context) (conversation.Turn, bool, error) {
	p.begin()
	// The turn runs to its end, so that it is known what it did.
	key, _, err := p.runner.RunDue(context.WithoutCancel(ctx))
	if err != nil {
		return conversation.Turn{}, false, err
	}
	name := key.ID
	if p.actors[name] == nil {
		name = "" // the only one
	}
	a := p.actors[name]
	if head := a.handle.Head(); head.Turn == a.turn {
		return conversation.Turn{}, false, nil
	}
	t, err := p.turn(ctx, name)
	return t, true, err
}

// Stub implements [conversation.Player].
func (p *Play) Stub(s conversation.Stub) { p.stubs = append(p.stubs, s) }

// answer answers a request of the bot.
func (p *Play) answer(_ context.Context, _, doc, key string) string {
	answer := p.stubbed(doc)
	answer.Key = key
	return string(answer.AppendJSON(nil))
}

func (p *Play) stubbed(doc string) abi.Response {
	request, err := abi.ParseRequest([]byte(doc))
	if err != nil {
		return abi.Response{Code: abi.ResponseFailed, Error: err.Error()}
	}
	for _, s := range slices.Backward(p.stubs) {
		if s.Match(request.Method, request.URL) {
			return s.Response()
		}
	}
	return abi.Response{
		Code: abi.ResponseForbidden, Error: "no stub answers " + request.Method +
			" " + request.URL,
	}
}
