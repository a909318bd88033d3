package api

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/session"
)

// post serves POST events.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) *answer.Fault {
	if !isJSON(r.Header) {
		return &answer.Fault{
			Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type",
			Text: "The body must be application/json, in UTF-8.",
		}
	}
	body, f := h.readBody(w, r)
	if f != nil {
		return f
	}
	p, f := parsePost(body, &h.opts.Limits)
	if f != nil {
		return f
	}
	p.event.User, _ = r.Context().Value(userKey{}).(abi.User)
	conv, f := h.open(r, nil)
	if f != nil {
		return f
	}
	defer conv.Close()
	release := func(bool) {}
	if p.uploads != nil {
		var before session.Receipt
		if release, before, f = h.take(r, conv, &p); f != nil {
			return f
		}
		if before.Turn != 0 {
			return h.outcome(w, r, conv, &p, session.Outcome{Receipt: before, Duplicate: true})
		}
	}
	return h.submit(w, r, conv, &p, release)
}

// isJSON reports whether a body says that it is JSON. That keeps out pages of
// other origins too: a form cannot say so.
func isJSON(header http.Header) bool {
	if len(header.Values("Content-Encoding")) > 0 {
		return false
	}
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	charset, named := params["charset"]
	return err == nil && kind == "application/json" &&
		(!named || strings.EqualFold(charset, "utf-8"))
}

// submit hands in the event and answers when its turn is committed, or when the
// time is over. The event runs in either case, and if the client is gone. release
// lets go of the event's files in the end.
func (h *Handler) submit(w http.ResponseWriter, r *http.Request, conv Conversation, p *post,
	release func(taken bool)) *answer.Fault {
	key := conv.Key()
	p.event.Bot, p.event.Session = key.Bot, key.ID
	timer := time.NewTimer(p.wait)
	defer timer.Stop()
	done := make(chan session.Outcome, 1)
	room, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.opts.Limits.WaitTime)
	defer cancel()
	err := conv.Submit(room, &p.event, func(o session.Outcome) {
		release(o.Code == 0 || o.Unknown)
		done <- o
	})
	if err != nil {
		release(false)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return answer.Reject(abi.CodeBusy, "")
	case err != nil:
		h.opts.Logger.Debug("event not queued", "bot", key.Bot, "session", key.ID, "err", err)
		return answer.Reject(abi.CodeShuttingDown, "")
	}
	select {
	case o := <-done:
		return h.outcome(w, r, conv, p, o)
	default:
	}
	select {
	case o := <-done:
		return h.outcome(w, r, conv, p, o)
	case <-timer.C:
	case <-r.Context().Done():
	}
	answer.JSON(w, http.StatusAccepted, append(begin(false, p.event.ID), '}'))
	return nil
}

// outcome answers with what became of the event.
func (h *Handler) outcome(w http.ResponseWriter, r *http.Request, conv Conversation, p *post,
	o session.Outcome) *answer.Fault {
	if o.Code != 0 {
		field := ""
		if o.Code == abi.CodeIDReused {
			field = "id"
		}
		f := answer.Reject(o.Code, field)
		if o.Retry > 0 {
			f.Retry = o.Retry
		}
		return f
	}
	b := appendReceipt(begin(true, p.event.ID), &o)
	if !p.entries {
		answer.JSON(w, http.StatusAccepted, append(b, '}'))
		return nil
	}
	entries, err := h.turnEntries(r.Context(), conv, p.event.Kind, &o.Receipt)
	if err != nil {
		// The event was accepted, which is what counts.
		_ = h.unavailable(r, "cannot read the entries of a turn", err)
	} else {
		b = append(b, `,"entries":`...)
		b = h.appendEntries(b, entries, h.folder(conv))
	}
	answer.JSON(w, http.StatusOK, append(b, '}'))
	return nil
}

// turnEntries reads the entries of a turn. The receipt tells where the first one
// is if it is the user's, and otherwise where the last one is.
func (h *Handler) turnEntries(ctx context.Context, conv Conversation, kind abi.EventKind,
	rc *session.Receipt) ([]abi.Entry, error) {
	most := uint64(h.opts.Limits.Replies) + 2 // the user's, and a notice of the host
	before := most
	if info, _ := kind.Info(); info.Entry != "" {
		before = 1
	}
	page, err := conv.Read(ctx, rc.Seq-min(rc.Seq, before), int(most), nil)
	if err != nil || page.Epoch != rc.Epoch {
		return nil, err
	}
	entries := page.Entries[:0]
	for _, e := range page.Entries {
		if e.Turn == rc.Turn {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// begin begins the answer to a post.
func begin(accepted bool, id string) []byte {
	b := strconv.AppendBool([]byte(`{"accepted":`), accepted)
	if id != "" {
		b = append(b, `,"id":`...)
		b = jsontext.AppendString(b, id)
	}
	return b
}

func appendReceipt(b []byte, o *session.Outcome) []byte {
	b = append(b, `,"epoch":`...)
	b = strconv.AppendUint(b, o.Receipt.Epoch, 10)
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, o.Receipt.Seq, 10)
	b = append(b, `,"turn":`...)
	b = strconv.AppendUint(b, o.Receipt.Turn, 10)
	if o.Duplicate {
		b = append(b, `,"duplicate":true`...)
	}
	return b
}
