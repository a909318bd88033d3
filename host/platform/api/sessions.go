package api

import (
	"context"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/session"
)

// Sessions are those that clients of the BESSER frameworks can take up by their
// ids. Its methods are called by many goroutines at once.
type Sessions interface {
	// List returns sessions of a bot, of those that user began unless that is empty,
	// the newest first; none if there is no such bot, or none is named among several.
	List(ctx context.Context, bot, user string) ([]session.Summary, error)

	// Delete deletes the sessions of that id that user began, or anybody if that is
	// empty: of one bot, or of all bots if bot is empty. It returns how many.
	Delete(ctx context.Context, bot, id, user string) (int, error)
}

// sessions serves GET and DELETE sessions, in the shape that the web page of the
// BESSER frameworks reads. A token that is somebody's shows that user's only.
func (h *Handler) sessions(w http.ResponseWriter, r *http.Request) *answer.Fault {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return answer.Reject(abi.CodeBadValue, "")
	}
	bot, user := query.Get("agent_name"), query.Get("username")
	if who, _ := r.Context().Value(userKey{}).(abi.User); who.Verified {
		if user != "" && user != who.ID {
			return answer.Reject(abi.CodeBadValue, "username")
		}
		user = who.ID
	}
	for name, value := range map[string]string{"agent_name": bot, "username": user} {
		if value != "" && !abi.ValidID(value, maxPath) {
			return answer.Reject(abi.CodeBadValue, name)
		}
	}
	if r.Method == http.MethodDelete {
		return h.deleteSession(w, r, bot, query.Get("session_id"), user)
	}
	list, err := h.opts.Sessions.List(r.Context(), bot, user)
	if err != nil {
		return h.unavailable(r, "cannot list sessions", err)
	}
	answer.JSON(w, http.StatusOK, appendSessions(nil, list))
	return nil
}

func (h *Handler) deleteSession(w http.ResponseWriter, r *http.Request,
	bot, id, user string) *answer.Fault {
	switch {
	case id == "":
		return answer.Reject(abi.CodeMissingField, "session_id")
	case !abi.ValidID(id, maxPath):
		return answer.Reject(abi.CodeBadValue, "session_id")
	}
	n, err := h.opts.Sessions.Delete(r.Context(), bot, id, user)
	if err != nil {
		return h.unavailable(r, "cannot delete a session", err)
	}
	doc := strconv.AppendInt([]byte(`{"deleted":`), int64(n), 10)
	answer.JSON(w, http.StatusOK, append(doc, '}'))
	return nil
}

// platformName is what the frameworks call their WebSockets.
const platformName = "WebSocketPlatform"

// appendSessions appends sessions as rows of the frameworks' database.
func appendSessions(b []byte, list []session.Summary) []byte {
	b = append(b, '[')
	for i := range list {
		s := &list[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(append(b, `{"id":`...), rowID(s.Key), 10)
		b = jsontext.AppendString(append(b, `,"session_id":`...), s.Key.ID)
		b = append(b, `,"session_name":`...)
		if s.Head.Title == "" {
			b = append(b, "null"...)
		} else {
			b = jsontext.AppendString(b, s.Head.Title)
		}
		b = append(b, `,"platform_name":"`+platformName+`","timestamp":"`...)
		b = time.UnixMilli(s.Head.Created).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
		b = append(b, `"}`...)
	}
	return append(b, ']')
}

// rowID is a number for a session, which has none here: pages only tell rows apart by
// it. It is as large as JavaScript's numbers can be.
func rowID(key session.Key) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key.Bot + "\xff" + key.ID)) // never fails
	return h.Sum64() >> 11
}
