package api

import (
	"errors"
	"net/http"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/session"
)

// issue serves POST uploads: a token with which one file can be brought.
func (h *Handler) issue(w http.ResponseWriter, r *http.Request) *answer.Fault {
	if r.ContentLength != 0 {
		return &answer.Fault{
			Status: http.StatusBadRequest, Code: "bad_body", Text: "There is to be no body.",
		}
	}
	filer := h.opts.filer()
	if filer == nil {
		return answer.Reject(abi.CodeNoFiles, "")
	}
	conv, f := h.open(r, nil)
	if f != nil {
		return f
	}
	defer conv.Close()
	token, err := filer.IssueUpload(conv.Key())
	if err != nil {
		return h.fileFault(r, "", err)
	}
	b := jsontext.AppendString([]byte(`{"token":`), token)
	b = jsontext.AppendString(append(b, `,"url":`...), h.folder(conv))
	answer.JSON(w, http.StatusCreated, append(b, '}'))
	return nil
}

// folder returns where the files of a session are; empty if nobody keeps any.
func (h *Handler) folder(conv Conversation) string {
	if h.opts.filer() == nil {
		return ""
	}
	key := conv.Key()
	return attach.Folder(key.Bot, key.ID)
}

// take finds the files that a post names, which release lets go of. If the uploads
// are forgotten, but the same event was accepted before, its receipt is returned.
func (h *Handler) take(r *http.Request, conv Conversation, p *post) (
	release func(taken bool), before session.Receipt, f *answer.Fault) {
	filer := h.opts.filer()
	if filer == nil {
		return nil, before, answer.Reject(abi.CodeNoFiles, "")
	}
	if f := attach.CheckCount(len(p.uploads), &h.opts.Limits); f.Code != 0 {
		return nil, before, said(f, p.field)
	}
	files, release, err := filer.TakeUploads(r.Context(), conv.Key(), p.uploads)
	if errors.Is(err, attach.ErrUnknown) {
		if before, ok := attach.Find(r.Context(), conv, p.event.ID); ok {
			return nil, before, nil
		}
	}
	if err != nil {
		return nil, before, h.fileFault(r, p.field, err)
	}
	if f := attach.Check(p.event.Kind, files, &h.opts.Limits); f.Code != 0 {
		release(false)
		return nil, before, said(f, p.field)
	}
	p.event.Files = files
	return release, before, nil
}

// fileFault says what an error means to whoever sent files.
func (h *Handler) fileFault(r *http.Request, field string, err error) *answer.Fault {
	f := attach.FaultOf(err)
	if f.Code == abi.CodeStoreUnavailable {
		return h.unavailable(r, "files cannot be reached", err)
	}
	return said(f, field)
}

// said makes a fault of one that is in words of its own.
func said(af attach.Fault, field string) *answer.Fault {
	f := answer.Reject(af.Code, field)
	if af.Text != "" {
		f.Text = af.Text
	}
	return f
}
