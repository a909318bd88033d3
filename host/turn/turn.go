package turn

import (
	"errors"
	"log/slog"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// retryAfter is when clients may send again what could not be taken now.
const retryAfter = time.Second

// turn is the work space of one turn after the other, of any session.
type turn struct {
	runner *Runner
	draft  draft.Draft
	// past is readPast, bound once.
	past func(n int) ([]abi.Entry, error)
	// read is readFile, bound once.
	read func(ref string, dst []byte, offset int64) (int, error)
	// history keeps its memory between turns.
	history []abi.Entry

	// What follows belongs to the turn that runs.
	live       *live
	event      abi.Event
	commit     session.Commit
	generation Generation
	instance   Instance
	// export is the one that was called last, and fuel what all calls took.
	export abi.Export
	fuel   int64
	// job is what led to the turn, if it is not an event from outside, and jobs are
	// what the turn changes of them.
	job  *session.Job
	jobs []session.JobChange
	// waiting are the events that wait after the turn.
	waiting []draft.Waiting
	// failed says that a handler did; again is when a job is due again that was not
	// consumed, in milliseconds from now, since its turn changed nothing.
	failed bool
	// crowded says that there was no room for a reply.
	crowded bool
	again   again
	stream  stream
	// names are those of the timers that are set.
	names []string
	// token is a new one for the session; empty if it keeps the one it has.
	token string
	// unknown says that the commit may have happened, or not.
	unknown bool
	// field is what is wrong in an event that is refused.
	field string
	// storeErr is why a handler could not read what it asked for.
	storeErr error
	// opened are the files that handlers read, and put those that it replies with.
	opened []opened
	put    []func(kept bool)
}

func newTurn(r *Runner) *turn {
	t := &turn{runner: r}
	t.past, t.read = t.readPast, t.readFile
	return t
}

// run runs one event of a session, which the caller owns, and tells everybody.
func (r *Runner) run(l *live, it item) {
	if it.own != nil {
		it.own(l)
		return
	}
	outcome := r.turn(l, it.event)
	if it.done != nil {
		it.done(outcome)
	}
}

// renew makes the session a token if nobody knows the one that it has. A client is
// told of it only after it is stored: it may leave, and come back with nothing else,
// when the session is not in memory any more.
func (r *Runner) renew(l *live) error {
	if l.token != "" {
		return nil
	}
	if err := l.ensure(); err != nil {
		return err
	}
	token, hash := r.newToken()
	head := l.head
	head.Resume = hash
	if l.start == nil && head.Turn > 0 { // else the store does not have it
		head.Turn++
		if err := r.store.Commit(r.ctx, &session.Commit{Key: l.key, Head: head}); err != nil {
			l.forget()
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.head = token, head
	return nil
}

// turn sees to it that a session begins with its start, once, whoever is first:
// the connection that made the session, or another one that joined it at once.
func (r *Runner) turn(l *live, ev *abi.Event) session.Outcome {
	isStart, begun := ev.Kind == abi.EventStart, l.head.Turn > 0
	switch {
	case !l.loaded: // what the store has began long ago
	case isStart && begun:
		return session.Outcome{Duplicate: true, Receipt: session.Receipt{
			Epoch: l.head.Epoch, Seq: l.head.Seq, Turn: l.head.Turn,
		}}
	case !isStart && !begun:
		start := abi.Event{Kind: abi.EventStart, User: ev.User}
		if outcome, _ := r.commit(l, &start, nil); outcome.Code != 0 {
			return outcome
		}
	}
	outcome, _ := r.commit(l, ev, nil)
	return outcome
}

// commit runs one event, and wakes the handles if anything was committed. It
// returns how soon the event's job is to happen again as it is; 0 if it is not.
func (r *Runner) commit(l *live, ev *abi.Event, job *session.Job) (session.Outcome, again) {
	t := r.turns.Get().(*turn)
	t.job = job
	outcome, committed := t.run(l, ev)
	next := t.again
	r.turns.Put(t)
	if committed {
		l.wake()
	}
	return outcome, next
}

// wake tells all handles that the log has grown.
func (l *live) wake() {
	l.mu.Lock()
	handles := l.handles
	l.mu.Unlock()
	for _, h := range handles {
		if h.wake != nil {
			h.wake()
		}
	}
}

// run reports how the event ended, and whether anything was committed.
func (t *turn) run(l *live, ev *abi.Event) (outcome session.Outcome, committed bool) {
	t.begin(l, ev)
	defer t.end()
	if code := t.load(); code != 0 {
		return refused(code), false
	}
	if t.job != nil && !l.has(t.job) {
		return session.Outcome{}, false // it was cancelled, or set anew
	}
	seen, code := t.seen()
	if code != 0 {
		return refused(code), false
	}
	if seen {
		return session.Outcome{Receipt: t.commit.Receipt, Duplicate: true}, false
	}
	if code := t.handle(); code != 0 {
		outcome := refused(code)
		outcome.Field = t.field
		return outcome, false
	}
	if t.again = t.idle(); t.again.after > 0 {
		return session.Outcome{}, false
	}
	if code := t.save(); code != 0 {
		outcome := refused(code)
		outcome.Unknown = t.unknown
		return outcome, false
	}
	t.stream.shown = false // it is true now
	t.log()
	return session.Outcome{Receipt: t.commit.Receipt}, true
}

func refused(code abi.Code) session.Outcome {
	outcome := session.Outcome{Code: code}
	if code.Retry() {
		outcome.Retry = retryAfter
	}
	return outcome
}

func (t *turn) begin(l *live, ev *abi.Event) {
	t.live = l
	t.event = *ev
	t.event.Bot, t.event.Session = l.key.Bot, l.key.ID
	t.again = again{}
	t.event.Time = t.runner.now().UnixMilli()
}

// end lets go of everything but memory that the next turn can use.
func (t *turn) end() {
	t.Withdraw()
	t.stream = stream{}
	if t.generation != nil {
		t.generation.Release()
	}
	t.closeFiles()
	settleFiles(t.put, false) // those of a turn that was not committed
	t.put = t.put[:0]
	t.draft.DropFiles()
	t.live, t.generation, t.storeErr, t.job, t.token, t.unknown = nil, nil, nil, nil, "", false
	t.waiting, t.failed, t.crowded, t.field = nil, false, false, ""
	t.event, t.commit = abi.Event{}, session.Commit{}
}

// load reads the session from the store if its copy was dropped.
func (t *turn) load() abi.Code {
	if t.runner.ctx.Err() != nil {
		return abi.CodeShuttingDown
	}
	err := t.live.ensure()
	switch {
	case errors.Is(err, session.ErrNotFound):
		return abi.CodeUnknownSession
	case err != nil:
		return t.storeFailed("cannot load a session", err)
	}
	return 0
}

// handle runs the bot's handlers on the draft.
func (t *turn) handle() abi.Code {
	generation, err := t.runner.source.Acquire(t.live.key.Bot)
	if err != nil {
		return abi.CodeUnknownBot
	}
	t.generation, t.export, t.fuel = generation, 0, 0
	t.draft.Begin(&t.event, t.base(), &t.runner.limits)
	switch t.event.Kind {
	case abi.EventSet:
		return t.set()
	case abi.EventFeedback:
		if code := t.checkFeedback(); code != 0 {
			return code
		}
	}
	err = generation.Dialog().Run(&t.draft, t)
	t.release()
	if _, none := t.runner.files.(noFiles); err == nil && none && len(t.draft.Files()) > 0 {
		err = errNoFiles
	}
	if err == nil {
		err = t.checkRequests()
	}
	switch {
	case err == nil:
		return 0
	case t.crowded:
		return t.refuse(err)
	case errors.Is(err, ErrBusy):
		return abi.CodeBusy
	case t.storeErr != nil:
		return t.storeFailed("cannot read what a bot asks for", t.storeErr)
	case t.runner.ctx.Err() != nil:
		return abi.CodeShuttingDown
	}
	t.fail(err)
	return 0
}

// release gives the instance back, if the turn has one.
func (t *turn) release() {
	if t.instance != nil {
		t.fuel = t.instance.Fuel()
		t.instance.Release()
		t.instance = nil
	}
}

// base is the session as the handlers find it.
func (t *turn) base() draft.Base {
	target := t.generation.Dialog().Target()
	if t.event.Kind == abi.EventReset {
		return draft.Base{Target: target, ReadFile: t.read, Room: t, Audience: t}
	}
	l := t.live
	t.names = l.timers(t.names[:0])
	return draft.Base{
		State: l.head.State, Vars: l.vars, VarBytes: l.head.VarBytes, Past: t.past, Timers: t.names, ReadFile: t.read,
		Target: target, Back: l.head.Back, Waiting: l.waiting, Room: t, Audience: t,
	}
}

// readPast is the draft's way to the log.
func (t *turn) readPast(n int) ([]abi.Entry, error) {
	head := &t.live.head
	if head.Seq == 0 {
		return nil, nil
	}
	after := head.Seq - min(head.Seq, uint64(n))
	if page, ok := t.live.readTail(after, n, t.history[:0]); ok {
		t.history = page.Entries
		return page.Entries, nil
	}
	page, err := t.runner.store.Read(t.runner.ctx, t.live.key, after, n, t.history[:0])
	if err != nil {
		t.storeErr = err
		return nil, err
	}
	t.history = page.Entries
	t.live.sawPast(&page)
	return page.Entries, nil
}

// log tells operators who want to know about every turn what it was.
func (t *turn) log() {
	ctx := t.runner.ctx
	if !t.runner.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	t.runner.logger.LogAttrs(ctx, slog.LevelDebug, "turn ended",
		slog.String("bot", t.live.key.Bot), slog.String("generation", t.generation.Name()),
		slog.String("session", t.live.key.ID), slog.String("event", string(t.event.Kind)),
		slog.Uint64("turn", t.commit.Head.Turn), slog.Int64("fuel", t.fuel))
}

// fail makes the turn a failed one: of what the handlers did nothing stays, and
// the user is told so. Only the log has the cause. It consumes its event, and the
// one that waited and that it was busy with: else that would fail each turn to come.
func (t *turn) fail(err error) {
	t.runner.logger.Warn("turn failed", "bot", t.live.key.Bot,
		"generation", t.generation.Name(), "session", t.live.key.ID,
		"func", t.export.String(), "fuel", t.fuel, "err", err)
	t.failed = true
	t.Withdraw()
	blamed := t.draft.Blamed()
	t.draft.Begin(&t.event, t.base(), &t.runner.limits)
	if blamed != "" {
		t.draft.Drop(blamed)
	}
	if t.event.Kind != abi.EventRecheck { // nobody did anything: it is tried again
		t.draft.Add(abi.FromHost, abi.KindNotice, abi.WordsFailed)
	}
}
