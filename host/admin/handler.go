package admin

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bothost/bothost/host/session"
)

// Handler answers what [Remote] asks, under /admin/. secret is what [Announce]
// returned; if it is empty, all requests are refused.
func Handler(s Sessions, secret string) http.Handler {
	h := handler{s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pathList, h.list)
	mux.HandleFunc("GET "+pathRecord, h.show)
	mux.HandleFunc("DELETE "+pathRecord, h.remove)
	mux.HandleFunc("GET "+pathEntries, h.entries)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case !isNear(r):
			http.NotFound(w, r)
		case !bears(r, secret):
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, errUnauthorized)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

const (
	pathList    = "/admin/sessions"
	pathRecord  = "/admin/sessions/record"
	pathEntries = "/admin/sessions/entries"
)

// isNear reports whether a request was made on this machine, by a program that
// meant this host: not by a page, whose name may have been bent to here, and not
// by a proxy for somebody else.
func isNear(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() || !isLoopbackName(r.Host) {
		return false
	}
	for _, name := range []string{
		"Origin", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip",
	} {
		if _, there := r.Header[name]; there {
			return false
		}
	}
	return true
}

// isLoopbackName reports whether a Host header names this machine.
func isLoopbackName(host string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	} else {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

func bears(r *http.Request, secret string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && secret != "" && len(r.Header["Authorization"]) == 1 &&
		subtle.ConstantTimeCompare([]byte(given), []byte(secret)) == 1
}

type handler struct{ sessions Sessions }

func (h handler) list(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r, "bot", "after_bot", "after_namespace", "after_id", "limit")
	after := session.Key{Bot: q.Get("after_bot"), ID: q.Get("after_id")}
	if q.Has("after_namespace") {
		after.Namespace = q.namespace("after_namespace")
	}
	limit := q.number("limit", 31)
	if q.err != nil {
		fail(w, q.err)
		return
	}
	list, err := h.sessions.List(r.Context(), q.Get("bot"), after, int(limit))
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, shapeList(list))
}

func (h handler) show(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r, "bot", "namespace", "id")
	key := q.key()
	if q.err != nil {
		fail(w, q.err)
		return
	}
	rec, err := h.sessions.Show(r.Context(), key)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, shapeRecord(&rec))
}

func (h handler) remove(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r, "bot", "namespace", "id")
	key := q.key()
	if q.err != nil {
		fail(w, q.err)
		return
	}
	if err := h.sessions.Delete(r.Context(), key); err != nil {
		fail(w, err)
		return
	}
	answer(w, struct{}{})
}

func (h handler) entries(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r, "bot", "namespace", "id", "after", "limit")
	key, after, limit := q.key(), q.number("after", 64), q.number("limit", 31)
	if q.err != nil {
		fail(w, q.err)
		return
	}
	page, err := h.sessions.Entries(r.Context(), key, after, int(limit))
	if err != nil {
		fail(w, err)
		return
	}
	write(w, http.StatusOK, append(appendPage(nil, &page), '\n'))
}

// query is the query of a request. err is the first thing that is wrong with it.
type query struct {
	url.Values
	err error
}

// parseQuery takes parameters of these names, each once.
func parseQuery(r *http.Request, names ...string) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	q := &query{Values: values}
	if err != nil {
		q.wrong("%v", err)
	}
	for name, all := range values {
		if !slices.Contains(names, name) || len(all) != 1 {
			q.wrong("parameter %q is unknown, or there twice", name)
		}
	}
	return q
}

func (q *query) wrong(format string, args ...any) {
	if q.err == nil {
		q.err = fmt.Errorf("%w: %s", errBadRequest, fmt.Sprintf(format, args...))
	}
}

// number returns 0 for a parameter that is not there.
func (q *query) number(name string, bits int) uint64 {
	if !q.Has(name) {
		return 0
	}
	n, err := strconv.ParseUint(q.Get(name), 10, bits)
	if err != nil {
		q.wrong("%s must be a number, is %q", name, q.Get(name))
	}
	return n
}

func (q *query) namespace(name string) session.Namespace {
	n, err := ParseNamespace(q.Get(name))
	if err != nil {
		q.wrong("%v", err)
	}
	return n
}

func (q *query) key() session.Key {
	for _, name := range []string{"bot", "namespace", "id"} {
		if !q.Has(name) {
			q.wrong("%s is missing", name)
			return session.Key{}
		}
	}
	return session.Key{Bot: q.Get("bot"), Namespace: q.namespace("namespace"), ID: q.Get("id")}
}

func answer(w http.ResponseWriter, v any) {
	body, err := encode(v)
	if err != nil {
		fail(w, err)
		return
	}
	write(w, http.StatusOK, body)
}

// fail says what went wrong, all of it: whoever asks may see all there is.
func fail(w http.ResponseWriter, err error) {
	name, status := "internal", http.StatusInternalServerError
	for _, f := range faults {
		if errors.Is(err, f.err) {
			name, status = f.name, f.status
			break
		}
	}
	body, err := encode(errorShape{name, err.Error()})
	if err != nil {
		body = nil // texts can be encoded
	}
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = w.Write(body)
}
