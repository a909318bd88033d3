package websocket

import (
	"bytes"
	"cmp"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
)

// speakNative is the protocol bothost.v1.
type speakNative struct {
	renderer Renderer
	// folder is where the session's files are; empty if nobody keeps any.
	folder string
}

// begin waits: the client speaks first.
func (*speakNative) begin(*conn) bool { return true }

func (s *speakNative) joins(c *conn) {
	if c.srv.opts.filer() != nil {
		key := c.conv.Key()
		s.folder = attach.Folder(key.Bot, key.ID)
	}
}

func (*speakNative) end(*conn) {}

// receive takes one message, each line of which is a frame.
func (*speakNative) receive(c *conn, msg []byte, binary bool) {
	switch {
	case binary:
		c.reject(rejection{code: abi.CodeNotText})
		return
	case !utf8.Valid(msg):
		c.reject(rejection{code: abi.CodeNotUTF8})
		return
	}
	if len(bytes.TrimSpace(msg)) == 0 {
		c.reject(rejection{code: abi.CodeBadJSON})
		return
	}
	for len(msg) > 0 {
		line, rest, _ := bytes.Cut(msg, []byte{'\n'})
		msg = rest
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c.request(line)
		if len(msg) > 0 {
			c.settle(true)
			if !c.waitForRoom() {
				return
			}
		}
	}
}

// request takes one frame.
func (c *conn) request(line []byte) {
	r, fault := native.ParseRequest(line, int(c.srv.opts.Limits.IDBytes))
	if fault.Code != 0 {
		c.reject(rejection{id: r.ID, code: fault.Code, field: fault.Field})
		return
	}
	switch {
	case r.Type == native.Ping:
		pong := native.Frame{Type: native.Pong}
		c.queue(pong.Append(nil))
	case r.Type == native.Pong, r.Type == native.Ack && c.conv != nil:
	case r.Type == native.Hello && c.conv == nil:
		c.hello(&r)
	case r.Type == native.Hello:
		c.reject(rejection{code: abi.CodeHelloRepeated})
	case c.conv == nil:
		c.reject(rejection{id: r.ID, code: abi.CodeHelloExpected})
	default:
		c.ask(&r)
	}
}

// ask takes what a client asks of its session.
func (c *conn) ask(r *native.Request) {
	if ev, ok := r.Event(); ok {
		c.submit(ev)
		return
	}
	switch r.Type {
	case native.Upload:
		c.issueUpload(r.ID)
	case native.Files, native.Voice:
		c.takeUploads(r)
	case native.History:
		c.askHistory(r)
	}
}

// askHistory notes a request for history. There is room for one.
func (c *conn) askHistory(r *native.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waitWhileLocked(func() bool { return c.history != nil })
	c.history = &historyRequest{before: r.Before, limit: r.Limit}
	c.kickLocked()
}

func (s *speakNative) entry(b []byte, e *abi.Entry, history bool) []byte {
	return native.AppendEntryFiles(b, e, shown(s.renderer, e), s.folder, history)
}

// shown returns what a page may show for an entry; nil if there is no HTML for it.
func shown(r Renderer, e *abi.Entry) *string {
	if r == nil {
		return nil
	}
	html, ok := r.HTML(e)
	if !ok {
		return nil
	}
	return &html
}

func (*speakNative) accepted(b []byte, id string, seq, turn uint64, duplicate bool) []byte {
	return native.AppendAccepted(b, id, seq, turn, duplicate)
}

func (*speakNative) rejected(b []byte, r rejection) []byte {
	info := native.Info(r.code)
	f := native.Frame{
		Type: native.Rejected, ID: r.id, Code: info.Name, Error: cmp.Or(r.text, info.Text),
		Field: r.field, RetryMS: wholeMS(r.retry),
	}
	return f.Append(b)
}

// wholeMS rounds up: who comes too early is sent away again.
func wholeMS(d time.Duration) int64 { return (d + time.Millisecond - 1).Milliseconds() }

func (*speakNative) reset(b []byte, epoch, seq uint64) []byte {
	f := native.Frame{Type: native.Reset, Epoch: epoch, Seq: seq}
	return f.Append(b)
}

func (*speakNative) renewed(b []byte, epoch, seq uint64, token string) []byte {
	f := native.Frame{Type: native.Reset, Epoch: epoch, Seq: seq, Resume: token}
	return f.Append(b)
}

func (*speakNative) closing(b []byte, code abi.Code, retry time.Duration) []byte {
	f := native.Frame{
		Type: native.Closing, Code: native.Info(code).Name, RetryMS: wholeMS(retry),
	}
	return f.Append(b)
}

func (*speakNative) delta(b []byte, p session.Progress) []byte {
	f := native.Frame{Type: native.Delta, Turn: p.Turn, Part: p.Part, Text: p.Text}
	return f.Append(b)
}

func (*speakNative) withdrawn(b []byte, turn uint64) []byte {
	f := native.Frame{Type: native.Withdrawn, Turn: turn}
	return f.Append(b)
}

func (*speakNative) typing(b []byte, turn uint64) []byte {
	f := native.Frame{Type: native.Typing, Turn: turn}
	return f.Append(b)
}

func (*speakNative) pingLocked(c *conn) {
	f := native.Frame{Type: native.Ping}
	c.transient = f.Append(c.transient)
	c.kickLocked()
}

func (*speakNative) joined() bool { return true }
