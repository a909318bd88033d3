package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/session"
)

const (
	// defaultEntries and maxEntries are how many entries an answer holds.
	defaultEntries = 100
	maxEntries     = 256
	// maxAnswer is how many bytes of bodies an answer holds, give or take readEntries
	// entries: an answer goes on until it is reached.
	maxAnswer   = 1 << 20
	readEntries = 16
)

// query is what is asked of a log.
type query struct {
	after, epoch uint64
	limit        int
	wait         time.Duration
}

// parseQuery reads a query string.
func parseQuery(raw string) (query, *answer.Fault) {
	q := query{limit: defaultEntries}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return q, answer.Reject(abi.CodeBadValue, "")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := q.set(name, values[name][0]); f != nil {
			return q, f
		}
		if len(values[name]) > 1 {
			return q, answer.Reject(abi.CodeBadValue, name)
		}
	}
	return q, nil
}

func (q *query) set(name, text string) *answer.Fault {
	n, err := strconv.ParseUint(text, 10, 64)
	ok := err == nil
	switch name {
	case "after":
		q.after = n
	case "epoch":
		q.epoch = n
		ok = ok && n > 0
	case "limit":
		q.limit = int(min(n, maxEntries))
		ok = ok && n > 0
	case "wait":
		q.wait, ok = millis(text)
	default:
		return answer.UnknownField(name)
	}
	if !ok {
		return answer.Reject(abi.CodeBadValue, name)
	}
	return nil
}

// entries serves GET entries.
func (h *Handler) entries(w http.ResponseWriter, r *http.Request) *answer.Fault {
	q, f := parseQuery(r.URL.RawQuery)
	if f != nil {
		return f
	}
	wake := make(chan struct{}, 1)
	conv, f := h.open(r, func() {
		select {
		case wake <- struct{}{}:
		default: // it is to look already
		}
	})
	if f != nil {
		return f
	}
	defer conv.Close()
	page, f := h.await(r, conv, &q, wake)
	if f != nil {
		return f
	}
	answer.JSON(w, http.StatusOK, h.appendPage(nil, &page, h.folder(conv)))
	return nil
}

// await reads the log until there is something to tell, or the time is over. That
// the log ends before what the client knows, or began anew, is something.
func (h *Handler) await(r *http.Request, conv Conversation, q *query, wake <-chan struct{}) (
	session.Page, *answer.Fault) {
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	var epoch uint64
	for over := q.wait == 0; ; {
		page, err := read(r.Context(), conv, q.after, q.limit)
		switch {
		case errors.Is(err, session.ErrNotFound):
			return page, answer.Reject(abi.CodeUnknownSession, "")
		case err != nil:
			return page, h.unavailable(r, "cannot read a log", err)
		case q.epoch != 0 && page.Epoch != q.epoch:
			return page, &answer.Fault{
				Status: http.StatusConflict, Code: "epoch", Epoch: page.Epoch, Field: "epoch",
				Text: "The session began anew: what was known of its log is void.",
			}
		case over || len(page.Entries) > 0 || q.after > page.Last ||
			epoch != 0 && page.Epoch != epoch:
			return page, nil
		}
		epoch = page.Epoch
		select {
		case <-wake:
		case <-timer.C:
			over = true
		case <-h.done:
			over = true
		case <-r.Context().Done():
			return page, nil // nobody reads it
		}
	}
}

// read reads a part of the log, in pieces, so that large entries do not all come
// into memory at once.
func read(ctx context.Context, conv Conversation, after uint64, limit int) (session.Page, error) {
	page, err := conv.Read(ctx, after, min(limit, readEntries), nil)
	size := 0
	for n := 0; err == nil; {
		for _, e := range page.Entries[n:] {
			size += len(e.Body)
		}
		if n = len(page.Entries); n == 0 || n >= limit || size >= maxAnswer {
			return page, nil
		}
		last := page.Entries[n-1].Seq
		if last >= page.Last {
			return page, nil
		}
		next, err := conv.Read(ctx, last, min(limit-n, readEntries), page.Entries)
		if err != nil || next.Epoch != page.Epoch || next.First > last+1 ||
			len(next.Entries) == n {
			return page, err
		}
		page = next
	}
	return page, err
}

func (h *Handler) appendPage(b []byte, page *session.Page, folder string) []byte {
	b = append(b, `{"epoch":`...)
	b = strconv.AppendUint(b, page.Epoch, 10)
	b = append(b, `,"first":`...)
	b = strconv.AppendUint(b, page.First, 10)
	b = append(b, `,"last":`...)
	b = strconv.AppendUint(b, page.Last, 10)
	b = append(b, `,"entries":`...)
	b = h.appendEntries(b, page.Entries, folder)
	return append(b, '}')
}

// appendEntries appends entries as an array, with the HTML of those that have it, and
// with links to files, if folder says where they are.
func (h *Handler) appendEntries(b []byte, entries []abi.Entry, folder string) []byte {
	b = append(b, '[')
	for i := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = entries[i].AppendJSON(append(b, '{'))
		if h.opts.HTML != nil {
			if html, ok := h.opts.HTML(&entries[i]); ok {
				b = jsontext.AppendString(append(b, `,"html":`...), html)
			}
		}
		if folder != "" {
			b = attach.Append(b, &entries[i], folder)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}
