package draft

import (
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Audience sees a turn's replies while they are made. Nothing of that is sure: the
// turn may fail. Its methods do not block.
type Audience interface {
	// Show adds text to the reply in progress, the one called part of those that the
	// turn makes in pieces; they count from 0. text is valid during the call.
	Show(part int, text []byte)
	// Withdraw takes back all that was shown of the turn.
	Withdraw()
}

// stream is the reply in progress.
type stream struct {
	text []byte
	open bool
	// part is its number, and shown says that the audience saw something since the
	// mark.
	part  int
	shown bool
}

// ReplyDelta implements [abi.Host].
func (d *Draft) ReplyDelta(text []byte) error {
	s := &d.stream
	if len(text) == 0 {
		return nil
	}
	if err := d.checkDelta(len(text)); err != nil {
		return err
	}
	if !utf8.Valid(text) {
		return abi.ErrNotUTF8
	}
	if !s.open {
		s.open = true
		d.replies++
	}
	d.replyBytes += int64(len(text))
	s.text = append(s.text, text...)
	if d.base.Audience != nil {
		s.shown = true
		d.base.Audience.Show(s.part, text)
	}
	return nil
}

// checkDelta says whether there is room for more of the reply in progress.
func (d *Draft) checkDelta(size int) error {
	if d.stream.open {
		return d.checkReplyBytes(size)
	}
	return d.checkReply(size)
}

// ReplyEnd implements [abi.Host].
func (d *Draft) ReplyEnd() {
	s := &d.stream
	if !s.open {
		return
	}
	d.entries = append(d.entries, abi.Entry{
		From: abi.FromBot, Kind: abi.KindText, Body: string(s.text), Time: d.time,
	})
	s.open, s.text = false, s.text[:0]
	s.part++
}

// dropStream forgets the reply in progress, and takes back what was shown.
func (d *Draft) dropStream() {
	s := &d.stream
	s.open, s.text = false, s.text[:0]
	if s.shown {
		s.shown = false
		d.base.Audience.Withdraw()
	}
}
