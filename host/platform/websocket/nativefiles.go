package websocket

import (
	"errors"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// issueUpload answers with a token for one file. The same id again is another
// token: nothing is there to be done twice.
func (c *conn) issueUpload(id string) {
	filer := c.srv.opts.filer()
	if filer == nil {
		c.reject(rejection{id: id, code: abi.CodeNoFiles})
		return
	}
	if !c.pass(id, true) {
		return
	}
	key := c.conv.Key()
	token, err := filer.IssueUpload(key)
	if err != nil {
		c.rejectFile(rejection{id: id}, err)
		return
	}
	f := native.Frame{
		Type: native.Upload, ID: id, Token: token, URL: attach.Folder(key.Bot, key.ID),
	}
	c.queue(f.Append(nil))
}

// takeUploads takes files that were brought over HTTP.
func (c *conn) takeUploads(r *native.Request) {
	filer := c.srv.opts.filer()
	if filer == nil {
		c.reject(rejection{id: r.ID, code: abi.CodeNoFiles})
		return
	}
	if !c.pass(r.ID, true) {
		return
	}
	kind, wrong := abi.EventFile, rejection{id: r.ID, field: "files"}
	if r.Type == native.Voice {
		kind, wrong.field = abi.EventVoice, "file"
	}
	ids, limits := r.Uploads(), &c.srv.opts.Limits
	if f := attach.CheckCount(len(ids), limits); f.Code != 0 {
		c.rejectFault(wrong, f)
		return
	}
	files, release, err := filer.TakeUploads(c.srv.ctx, c.conv.Key(), ids)
	if err != nil {
		if !errors.Is(err, attach.ErrUnknown) || !c.acceptedBefore(r.ID) {
			c.rejectFile(wrong, err)
		}
		return
	}
	if f := attach.Check(kind, files, limits); f.Code != 0 {
		release(false)
		c.rejectFault(wrong, f)
		return
	}
	c.enqueue(abi.Event{Kind: kind, ID: r.ID, Files: files, Human: true}, release)
}

func (c *conn) rejectFault(r rejection, f attach.Fault) {
	r.code, r.text = f.Code, f.Text
	c.reject(r)
}

// rejectFile tells the client what is wrong with a file.
func (c *conn) rejectFile(r rejection, err error) {
	f := attach.FaultOf(err)
	r.code, r.text = f.Code, f.Text
	if r.code.Retry() {
		r.retry = c.srv.opts.Retry
	}
	if r.code == abi.CodeStoreUnavailable {
		key := c.conv.Key()
		c.srv.opts.Logger.Warn("files cannot be reached",
			"bot", key.Bot, "session", key.ID, "err", err)
	}
	c.reject(r)
}

// acceptedBefore answers an event with files that was accepted, if it was.
func (c *conn) acceptedBefore(id string) bool {
	r, ok := attach.Find(c.srv.ctx, c.conv, id)
	if !ok {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acceptLocked(id, r, true)
	return true
}
