package client

import (
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// dialogue makes one dialogue of what comes over one connection after another:
// each entry once and in order, each message of our own answered once. It does
// no I/O, and it is for one goroutine at a time.
type dialogue struct {
	session, resume string
	// largest is how many bytes the host takes at once, if it said so.
	largest int64
	// largestFile is how many a file may have, if it said so.
	largestFile int64
	// epoch and seq are how far the dialogue has come; target is how far the log
	// goes, as far as is known. Between the two is what has to be fetched.
	epoch, seq, target uint64
	// page is how many entries are fetched at once.
	page uint64
	// asked says that a request for history is not answered, and barrier that it
	// was not made to fetch anything: when its answer comes, so has everything that
	// was committed before. fetchedFrom is where the dialogue was when it was made.
	asked, barrier bool
	fetchedFrom    uint64
	// out are our messages that have no answer, in order. Only the first one is
	// under way: what is refused for a while is not overtaken.
	out []*message
	// watching says that what turns show is heard, and shown is a turn of which
	// something was that is in no log yet; else 0.
	watching bool
	shown    uint64
}

// message is one of ours that has no answer yet.
type message struct {
	request native.Request
	sent    bool
	// accepted is the answer, if it came before the message's place in the log.
	accepted *Frame
}

// connected takes the welcome of a new connection, and returns what the user of
// the dialogue hears of it. What was under way on the last one is sent again.
func (d *dialogue) connected(w *Frame) []Frame {
	for _, m := range d.out {
		m.sent = false
	}
	d.asked, d.barrier, d.page = false, false, native.MaxHistory
	withdrawn := d.withdraw()
	first := d.session == ""
	was := d.seq
	sameEpoch := w.Epoch == d.epoch || d.epoch == 0
	d.session, d.resume, d.epoch, d.target = w.Session, w.Resume, w.Epoch, w.Seq
	d.largest, d.largestFile = w.Limits.FrameBytes, w.Limits.FileBytes
	switch {
	case w.Reason == native.ReasonTrimmed && sameEpoch:
		return append(withdrawn, d.lost(w.First)...)
	case w.Reason == native.ReasonUnknown:
		d.seq = w.Seq
	case w.Reason != "":
		d.seq = max(w.First, 1) - 1
	case first:
		d.seq = w.Seq
		return []Frame{*w}
	default:
		d.seq, d.target = was, was
		return withdrawn
	}
	return append(withdrawn, Frame{
		Type: native.Reset, Session: w.Session, Epoch: w.Epoch, Seq: d.seq, Reason: w.Reason,
	})
}

// lost goes on at the first entry that the log still holds.
func (d *dialogue) lost(first uint64) []Frame {
	if first <= d.seq+1 {
		return nil
	}
	d.seq = first - 1
	d.target = max(d.target, d.seq)
	return []Frame{{
		Type: native.Welcome, Session: d.session, Epoch: d.epoch, Seq: d.seq, First: first,
		Reason: native.ReasonTrimmed,
	}}
}

// next returns what is to be sent now, if anything is; messages only if they may
// be.
func (d *dialogue) next(messages bool) (r native.Request, ok bool) {
	switch {
	case d.asked:
		return r, false
	case d.target > d.seq:
		d.asked, d.fetchedFrom = true, d.seq
		before := d.seq + 1 + d.page
		return native.Request{Type: native.History, Before: before, Limit: d.page}, true
	case len(d.out) == 0:
		return r, false
	}
	m := d.out[0]
	switch {
	case m.accepted != nil, m.request.Type == native.History:
		d.asked, d.barrier = true, true
		return native.Request{Type: native.History, Limit: 1}, true
	case m.sent || !messages:
		return r, false
	}
	m.sent = true
	return m.request, true
}

// take takes a frame of the connection. It returns what the user of the dialogue
// hears of it, and for how long no message may be sent.
func (d *dialogue) take(f *Frame) (heard []Frame, hold time.Duration) {
	switch f.Type {
	case native.Entry:
		return d.entry(f), 0
	case native.Accepted:
		return d.accepted(f), 0
	case native.Rejected:
		return d.rejected(f)
	case native.Upload:
		if d.settle(f.ID) != nil {
			return []Frame{*f}, 0
		}
		return nil, 0
	case native.Reset:
		d.epoch, d.seq, d.target = f.Epoch, f.Seq, f.Seq
		if f.Resume != "" {
			d.resume = f.Resume
		}
		return []Frame{*f}, 0
	case native.History:
		return d.history(f), 0
	case native.Delta, native.Withdrawn, native.Typing:
		return d.progress(f), 0
	}
	return nil, 0
}

// progress takes what is shown of a turn that runs. Only the rest of the log can
// say what becomes of it, so it is heard at once.
func (d *dialogue) progress(f *Frame) []Frame {
	if !d.watching {
		return nil
	}
	if f.Type == native.Withdrawn {
		d.shown = 0
	} else {
		d.shown = f.Turn
	}
	return []Frame{*f}
}

// withdraw takes back what was shown: nobody goes on with it on a new connection.
func (d *dialogue) withdraw() []Frame {
	if d.shown == 0 {
		return nil
	}
	turn := d.shown
	d.shown = 0
	return []Frame{{Type: native.Withdrawn, Turn: turn}}
}

// advance moves the dialogue on by one entry. It reports whether seq is the next
// one.
func (d *dialogue) advance(seq uint64) bool {
	d.target = max(d.target, seq)
	if seq != d.seq+1 {
		return false
	}
	d.seq = seq
	return true
}

func (d *dialogue) entry(f *Frame) []Frame {
	if !d.advance(f.Seq) {
		return nil
	}
	if f.Turn >= d.shown {
		d.shown = 0
	}
	if f.From == abi.FromUser && d.settle(f.ID) != nil {
		// The answer was lost with another connection, but this is it.
		return []Frame{{Type: native.Accepted, ID: f.ID, Seq: f.Seq, Turn: f.Turn}}
	}
	f.History = false
	return []Frame{*f}
}

func (d *dialogue) accepted(f *Frame) []Frame {
	m := d.find(f.ID)
	switch {
	case m == nil:
		// Its place in the log counts all the same.
		if !f.Duplicate && d.advance(f.Seq) {
			return []Frame{*f}
		}
		return nil
	case leavesEntry(m.request.Type):
		inPlace := !f.Duplicate && d.advance(f.Seq)
		if f.Seq > d.seq && !inPlace {
			m.accepted = f
			return nil
		}
	}
	d.settle(f.ID)
	f.Duplicate = false
	return []Frame{*f}
}

// leavesEntry reports whether what was sent stands in the log.
func leavesEntry(t native.Type) bool {
	switch t {
	case native.Message, native.Choice, native.JSON, native.Files, native.Voice:
		return true
	}
	return false
}

func (d *dialogue) rejected(f *Frame) ([]Frame, time.Duration) {
	if f.ID == "" && len(d.out) > 0 && d.out[0].sent {
		// The host could not even read whose it was.
		f.ID = d.out[0].request.ID
	}
	m := d.find(f.ID)
	switch {
	case f.ID != "" && m == nil:
		return nil, 0
	case m != nil && mayRetry(f.Code):
		m.sent = false
		return nil, max(f.Retry(), time.Millisecond)
	}
	d.settle(f.ID)
	return []Frame{*f}, 0
}

// mayRetry reports whether a code of a rejected frame lets the same be sent
// again.
func mayRetry(name string) bool {
	for _, info := range abi.Codes() {
		if info.Name == name && info.Code < 4000 {
			return info.Code.Retry()
		}
	}
	return false
}

// history ends what was fetched, or a barrier.
func (d *dialogue) history(f *Frame) (heard []Frame) {
	if !d.asked {
		return nil
	}
	barrier := d.barrier
	d.asked, d.barrier = false, false
	switch {
	case !barrier && d.seq == d.fetchedFrom && d.target > d.seq:
		if heard = d.lost(f.First); heard == nil && d.page == 1 {
			// The host does not have it.
			d.target = d.seq
		}
		// There is more than comes at once.
		d.page = max(d.page/2, 1)
	case barrier && d.target <= d.seq && len(d.out) > 0:
		switch m := d.out[0]; {
		case m.accepted != nil:
			// Its place is not in the log any more.
			d.settle(m.request.ID)
			m.accepted.Duplicate = false
			return []Frame{*m.accepted}
		case m.request.Type == native.History:
			d.out = d.out[1:]
			return []Frame{{Type: native.History, Epoch: d.epoch, Seq: d.seq}}
		}
	}
	return heard
}

func (d *dialogue) find(id string) *message {
	if id == "" {
		return nil
	}
	for _, m := range d.out {
		if m.request.ID == id {
			return m
		}
	}
	return nil
}

// settle takes a message off those that have no answer, and returns it.
func (d *dialogue) settle(id string) *message {
	m := d.find(id)
	if m != nil {
		d.out = slices.DeleteFunc(d.out, func(o *message) bool { return o == m })
	}
	return m
}
