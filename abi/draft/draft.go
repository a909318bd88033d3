package draft

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Base is what a session was when the turn began. The draft only reads it.
type Base struct {
	State string
	// Vars are the session's variables; nil is none.
	Vars map[string]string
	// VarBytes is the sum of the lengths of all names and values in Vars.
	VarBytes int64
	// Past returns at most n of the newest entries of the log, oldest first. If
	// nil, there are none.
	Past func(n int) ([]abi.Entry, error)
	// Target finds the state that a move asks for; back are the states to return to,
	// newest last. If nil, any name will do: the bot declares no states.
	Target func(asked string, back []string) (state string, err error)
	// Back are the states that the session came from to global states, newest last,
	// and Waiting the events that no transition has taken, oldest first.
	Back    []string
	Waiting []Waiting
	// ReadFile reads a file of an event by its [abi.File.Ref], as io.ReaderAt does. If
	// nil, no file can be read.
	ReadFile func(ref string, dst []byte, offset int64) (int, error)
	// Room has the bytes that the contents of replies take until they are let go of. If
	// nil, there is always room.
	Room Room
	// Audience sees replies while they are made. If nil, nobody does.
	Audience Audience
	// Timers are the names of the timers that are set. One whose event this is does
	// not count: it is gone, whether it stands here or not.
	Timers []string
}

// Draft is a turn's copy of its session. It implements [abi.Host]: reads see
// the draft's own writes. The zero value is not usable: call [Draft.Begin], which
// makes a used Draft as good as new and keeps its memory.
//
// A Draft belongs to one turn at a time and is not safe for concurrent use.
type Draft struct {
	event *abi.Event // that handlers see
	time  int64      // of the turn
	// fired is the timer whose event the turn is; empty if it is of another kind.
	fired  string
	base   Base
	limits *abi.Limits

	// entries are the event's own entry, if it leaves one, and the replies.
	entries    []abi.Entry
	replies    int64
	replyBytes int64
	// writes are the changes of variables. A key stands at most once among those
	// made since the mark; of several the last one counts.
	writes   []abi.Var
	index    map[string]int
	scratch  []byte
	varBytes int64
	moved    bool
	target   string
	moves    int64
	// asked is what the last move asked for, since somebody took it; wanted says
	// that there is one.
	asked  string
	wanted bool
	place
	stream stream
	// timers are the changes of timers. A name stands at most once among those made
	// since the mark; of several the last one counts.
	timers []abi.TimerWrite
	// running is the number of timers that are set.
	running  int64
	requests []abi.Request
	// files are the contents of the replies that are files, in their order.
	files     []Staged
	fileBytes int64
	mark      mark
	// history keeps its memory: a dialog looks back in most turns.
	history []abi.Entry
}

// mark is the place that Rollback returns to.
type mark struct {
	entries, writes            int
	timers, requests, files    int
	replies, replyBytes, moves int64
	fileBytes                  int64
	varBytes, running          int64
	moved, wanted              bool
	target, asked              string
}

var _ abi.Host = (*Draft)(nil)

// indexFrom is the number of writes from which a map finds them faster than a
// look at each.
const indexFrom = 16

// Begin starts a turn: ev is its event, base the session as it is, limits have
// their defaults filled in. All three are kept until the next Begin.
func (d *Draft) Begin(ev *abi.Event, base Base, limits *abi.Limits) {
	d.clear()
	// One by one: a composite literal would be made aside and copied.
	d.event, d.time, d.base, d.limits = ev, ev.Time, base, limits
	d.fired = ""
	d.entries, d.writes = d.entries[:0], d.writes[:0]
	d.replies, d.replyBytes, d.moves = 0, 0, 0
	d.varBytes, d.moved, d.target = base.VarBytes, false, ""
	d.asked, d.wanted = "", false
	d.place = place{back: base.Back, waiting: base.Waiting}
	d.stream = stream{text: d.stream.text[:0]}
	d.files, d.fileBytes = d.files[:0], 0
	d.timers, d.requests, d.running = d.timers[:0], d.requests[:0], int64(len(base.Timers))
	if ev.Kind == abi.EventTimer {
		d.fired = ev.Name
		if slices.Contains(base.Timers, ev.Name) {
			d.running--
		}
	}
	if info, ok := ev.Kind.Info(); ok && info.Entry != "" {
		d.entries = append(d.entries, abi.Entry{
			From: abi.FromUser, Kind: info.Entry, Body: ev.EntryBody(), ID: ev.ID, Time: ev.Time,
			Refs: abi.Refs(ev.Files),
		})
	}
	d.Mark()
}

// clear lets go of what the turn before left. Most turns leave little.
func (d *Draft) clear() {
	clear(d.entries)
	if len(d.writes) > 0 {
		clear(d.writes)
		clear(d.index)
	}
	d.DropFiles()
	if len(d.timers)+len(d.requests) > 0 {
		clear(d.timers)
		clear(d.requests)
	}
}

// Mark remembers the draft as it is, for Rollback. It ends the reply in progress.
func (d *Draft) Mark() {
	d.ReplyEnd()
	d.stream.shown = false
	d.mark = mark{len(d.entries), len(d.writes), len(d.timers), len(d.requests), len(d.files),
		d.replies, d.replyBytes, d.moves, d.fileBytes, d.varBytes, d.running, d.moved, d.wanted,
		d.target, d.asked}
}

// Rollback drops everything since Mark, or since Begin.
func (d *Draft) Rollback() {
	d.dropStream()
	m := d.mark
	d.entries, d.writes = d.entries[:m.entries], d.writes[:m.writes]
	d.replies, d.replyBytes, d.moves = m.replies, m.replyBytes, m.moves
	d.timers, d.requests = d.timers[:m.timers], d.requests[:m.requests]
	d.dropFiles(m.files)
	d.fileBytes = m.fileBytes
	d.varBytes, d.running, d.moved, d.target = m.varBytes, m.running, m.moved, m.target
	d.wanted, d.asked = m.wanted, m.asked
	clear(d.index)
}

// Entries returns what the turn adds to the log, in order: the event's own
// entry first, if it leaves one. Seq and Turn are not set. It ends the reply in
// progress. The slice is valid until the next Begin.
func (d *Draft) Entries() []abi.Entry {
	d.ReplyEnd()
	return d.entries
}

// Writes returns the changes of variables, in order; where a key stands more
// than once the last one counts. The slice is valid until the next Begin.
func (d *Draft) Writes() []abi.Var { return d.writes }

// VarBytes returns the size of all variables after the turn.
func (d *Draft) VarBytes() int64 { return d.varBytes }

// Moved returns the target of the last Move; ok is false if there was none.
func (d *Draft) Moved() (target string, ok bool) { return d.target, d.moved }

// Event implements [abi.Host].
func (d *Draft) Event() *abi.Event { return d.event }

// State implements [abi.Host].
func (d *Draft) State() string {
	if d.moved {
		return d.target
	}
	return d.base.State
}

// Move implements [abi.Host].
func (d *Draft) Move(state []byte) error {
	if err := d.checkName("state", state); err != nil {
		return err
	}
	if d.moves++; d.moves > d.limits.Moves {
		return fmt.Errorf("more than %d moves in a turn", d.limits.Moves)
	}
	target := string(state)
	if d.base.Target != nil {
		var err error
		if target, err = d.base.Target(target, d.back); err != nil {
			return err
		}
	}
	d.moved, d.target = true, target
	d.wanted, d.asked = true, string(state)
	return nil
}

// Reply implements [abi.Host].
func (d *Draft) Reply(kind, body []byte) error {
	info, ok := abi.ReplyKind(kind)
	if !ok {
		return fmt.Errorf("unknown kind %.40q", kind)
	}
	if info.File {
		return fmt.Errorf("a reply of the kind %s is made by %s", info.Kind, abi.FuncReplyFile)
	}
	if err := d.checkReply(len(body)); err != nil {
		return err
	}
	if !utf8.Valid(body) {
		return abi.ErrNotUTF8
	}
	text, err := info.Parse(body)
	if err != nil {
		return err
	}
	d.addReply(info.Kind, text, len(body))
	return nil
}

// checkReply says whether there is room for one more reply.
func (d *Draft) checkReply(size int) error {
	if d.replies >= d.limits.Replies {
		return fmt.Errorf("more than %d replies in a turn", d.limits.Replies)
	}
	return d.checkReplyBytes(size)
}

func (d *Draft) checkReplyBytes(size int) error {
	if d.replyBytes+int64(size) > d.limits.ReplyBytes {
		return fmt.Errorf("replies of more than %d bytes in a turn", d.limits.ReplyBytes)
	}
	return nil
}

func (d *Draft) addReply(kind abi.Kind, body string, size int) {
	d.ReplyEnd()
	d.replies++
	d.replyBytes += int64(size)
	d.entries = append(d.entries, abi.Entry{
		From: abi.FromBot, Kind: kind, Body: body, Time: d.time,
	})
}

// Add adds an entry that is the host's own doing, such as a notice or an answer
// that it gives in the bot's place. No limit holds it.
func (d *Draft) Add(from abi.From, kind abi.Kind, body string) {
	d.ReplyEnd()
	d.entries = append(d.entries, abi.Entry{
		From: from, Kind: kind, Body: body, Time: d.time,
	})
}

// History implements [abi.Host]. The slice is valid until the next call.
func (d *Draft) History(n int) ([]abi.Entry, error) {
	if n < 0 || n > abi.MaxHistory {
		return nil, fmt.Errorf("must be 0 to %d, is %d", abi.MaxHistory, n)
	}
	own := d.entries[max(0, len(d.entries)-n):]
	if n == len(own) || d.base.Past == nil {
		return own, nil
	}
	past, err := d.base.Past(n - len(own))
	if err != nil {
		return nil, err
	}
	d.history = append(append(d.history[:0], past...), own...)
	return d.history, nil
}

var errEmpty = errors.New("must not be empty")

// checkName checks the name of a variable, a state, a timer or a request.
func (d *Draft) checkName(what string, name []byte) error {
	switch {
	case len(name) == 0:
		return errEmpty
	case int64(len(name)) > d.limits.KeyBytes:
		return fmt.Errorf("a %s has at most %d bytes, this one has %d",
			what, d.limits.KeyBytes, len(name))
	case !utf8.Valid(name):
		return abi.ErrNotUTF8
	}
	return nil
}
