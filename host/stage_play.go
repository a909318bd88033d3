package host

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

var (
	// ErrEndless: in a play a bot does one thing after the other for ever.
	ErrEndless = errors.New("host: the bot finds no end")

	errStageClosed = errors.New("host: the stage is closed")
)

const (
	// onlySession is the id of a session without a name.
	onlySession = "session"
	// maxAtOnce is how many turns may follow one event without time passing, and
	// maxInTime how many while time passes once.
	maxAtOnce = 1000
	maxInTime = 20_000
	// maxRead is more than one turn adds to a log.
	maxRead = 1 << 16
)

// Play is one conversation on a [Stage]: its bot, its sessions and its clock are
// its own. It belongs to one goroutine.
type Play struct {
	stage  *Stage
	bot    string
	now    atomic.Int64 // in milliseconds since 1970
	store  *memory.Store
	files  *keeper
	runner *turn.Runner
	witness
	stubs  []conversation.Stub // the newest last
	actors map[string]*actor
	atOnce int
}

var _ conversation.Player = (*Play)(nil)

// actor is a session of a play, up to which turn it is known, and up to which
// entry of which epoch.
type actor struct {
	handle            *turn.Handle
	turn, epoch, read uint64
	// replied are the files that the bot replied with last, by their names.
	replied map[string]string
}

// PlayOptions configure a [Play]. The zero value is usable.
type PlayOptions struct {
	// Fresh gives each turn an instance that had none before: nothing stays in a
	// bot's memory from turn to turn, and turns use the same fuel each time.
	Fresh bool
}

// Play begins a play with the bot of a module's file. The caller closes it.
//
// # Errors
//
// The file cannot be read, or a host would refuse it.
func (s *Stage) Play(ctx context.Context, file string, opts PlayOptions) (*Play, error) {
	bot := BotName(file)
	g, err := s.load(ctx, bot, file)
	if err != nil {
		return nil, err
	}
	p := &Play{
		stage: s, bot: bot, actors: make(map[string]*actor),
		witness: witness{generation: g, fresh: opts.Fresh},
		store: memory.New(memory.Options{
			Entries: s.opts.Limits.Entries, MessageIDs: s.opts.Limits.MessageIDs,
		}),
	}
	p.files = newKeeper(files.NewMemory(files.Options{}), Options{
		Limits: s.opts.Limits, Logger: s.opts.Logger,
	}.defaults())
	p.now.Store(s.opts.Begin.UnixMilli())
	p.runner = turn.New(turn.Options{
		Store: p.store, Source: &p.witness, Limits: s.opts.Limits, Manual: true, Now: p.clock,
		Outbound: p.answer, Files: p.files, Logger: s.opts.Logger,
	})
	return p, nil
}

// Close ends the play.
func (p *Play) Close() error {
	err := p.runner.Close(context.Background())
	p.files.close()
	return errors.Join(err, p.store.Close())
}

// Now returns the play's time.
func (p *Play) Now() time.Time { return p.clock() }

func (p *Play) clock() time.Time { return time.UnixMilli(p.now.Load()) }

// Begin implements [conversation.Player].
func (p *Play) Begin(ctx context.Context, name string) (conversation.Turn, error) {
	if p.actors[name] != nil {
		return conversation.Turn{}, fmt.Errorf("session %q has begun", name)
	}
	h, err := p.runner.Create(ctx, p.key(name), turn.CreateOptions{Fresh: true}, nil)
	if err != nil {
		return conversation.Turn{}, err
	}
	p.actors[name] = &actor{handle: h, replied: make(map[string]string)}
	start := abi.Event{Kind: abi.EventStart, User: abi.User{ID: name}}
	return p.Send(ctx, name, start)
}

func (p *Play) key(name string) session.Key {
	if name == "" {
		name = onlySession
	}
	return session.Key{Bot: p.bot, Namespace: session.NamespaceHost, ID: name}
}

// Send implements [conversation.Player].
func (p *Play) Send(ctx context.Context, name string, ev abi.Event) (conversation.Turn, error) {
	a := p.actors[name]
	if a == nil {
		return conversation.Turn{}, fmt.Errorf("session %q has not begun", name)
	}
	p.atOnce = 0
	p.begin()
	done := make(chan session.Outcome, 1)
	err := a.handle.Submit(ctx, &ev, func(o session.Outcome) { done <- o })
	if err != nil {
		return conversation.Turn{}, err
	}
	if o := <-done; o.Code != 0 {
		return conversation.Turn{}, p.refused(o.Code)
	}
	return p.turn(ctx, name)
}

// turn returns the turn that has just ended.
func (p *Play) turn(ctx context.Context, name string) (conversation.Turn, error) {
	t := p.seen
	t.Session = name
	a := p.actors[name]
	head := a.handle.Head()
	if head.Epoch != a.epoch {
		a.epoch, a.read = head.Epoch, 0
		clear(a.replied)
	}
	page, err := a.handle.Read(ctx, a.read, maxRead, nil)
	t.Entries, a.read, a.turn = page.Entries, head.Seq, head.Turn
	a.note(page.Entries)
	return t, err
}

// refused is the error of an event that the runner did not take.
func (p *Play) refused(code abi.Code) error {
	return fmt.Errorf("the event was refused: %s", code)
}

// State implements [conversation.Player].
func (p *Play) State(name string) string {
	if a := p.actors[name]; a != nil {
		return a.handle.Head().State
	}
	return ""
}

// Var implements [conversation.Player].
func (p *Play) Var(name, key string) (value string, ok bool) {
	rec, err := p.store.Load(context.Background(), p.key(name))
	if err != nil {
		return "", false // it has not begun
	}
	value, ok = rec.Vars[key]
	return value, ok
}

// Swap implements [conversation.Player].
func (p *Play) Swap(ctx context.Context, file string) error {
	g, err := p.stage.load(ctx, p.bot, file)
	if err == nil {
		p.generation = g
	}
	return err
}
