package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/session"
)

// The shapes of JSON, which doc.go describes.

type keyShape struct {
	Bot       text   `json:"bot"`
	Namespace string `json:"namespace"`
	ID        text   `json:"id"`
}

type headShape struct {
	Epoch    uint64   `json:"epoch"`
	Seq      uint64   `json:"seq"`
	Turn     uint64   `json:"turn"`
	State    string   `json:"state"`
	Back     []string `json:"back,omitempty"`
	User     string   `json:"user,omitempty"`
	Title    string   `json:"title,omitempty"`
	VarBytes int64    `json:"var_bytes"`
	Created  int64    `json:"created"`
	Updated  int64    `json:"updated"`
	Keep     int64    `json:"keep"`
	// Expires follows from the others.
	Expires int64 `json:"expires"`
}

type summaryShape struct {
	keyShape
	Head headShape `json:"head"`
}

type listShape struct {
	Sessions []summaryShape `json:"sessions"`
}

type recordShape struct {
	Head headShape         `json:"head"`
	Vars map[string]string `json:"vars"`
	Jobs []jobShape        `json:"jobs"`
}

type jobShape struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"`
	Due  int64  `json:"due"`
	Turn uint64 `json:"turn"`
	Data string `json:"data"`
}

type pageShape struct {
	Epoch   uint64       `json:"epoch"`
	First   uint64       `json:"first"`
	Last    uint64       `json:"last"`
	Entries []entryShape `json:"entries"`
}

type entryShape struct {
	Seq  uint64          `json:"seq"`
	From abi.From        `json:"from"`
	Kind abi.Kind        `json:"kind"`
	Body json.RawMessage `json:"body"`
	ID   string          `json:"id"`
	Time int64           `json:"time"`
	Turn uint64          `json:"turn"`
}

type errorShape struct {
	Error   string `json:"error"`
	Message string `json:"message"`
}

// text is a string of any bytes: the name of a file is one, and so is a bot's.
type text string

type base64Shape struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements [json.Marshaler].
func (t text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return json.Marshal(base64Shape{[]byte(t)})
	}
	return jsontext.AppendString(nil, t), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		var raw base64Shape
		err := json.Unmarshal(b, &raw)
		*t = text(raw.Base64)
		return err
	}
	return json.Unmarshal(b, (*string)(t))
}

func shapeKey(k session.Key) keyShape {
	return keyShape{text(k.Bot), NamespaceName(k.Namespace), text(k.ID)}
}

func (k keyShape) key() (session.Key, error) {
	namespace, err := ParseNamespace(k.Namespace)
	return session.Key{Bot: string(k.Bot), Namespace: namespace, ID: string(k.ID)}, err
}

// NamespaceName returns host or client.
func NamespaceName(n session.Namespace) string {
	switch n {
	case session.NamespaceHost:
		return "host"
	case session.NamespaceClient:
		return "client"
	}
	return strconv.Itoa(int(n))
}

// ParseNamespace returns the namespace that [NamespaceName] gave that name.
func ParseNamespace(name string) (session.Namespace, error) {
	switch name {
	case "host":
		return session.NamespaceHost, nil
	case "client":
		return session.NamespaceClient, nil
	}
	n, err := strconv.ParseUint(name, 10, 8)
	if err != nil {
		return 0, fmt.Errorf("a namespace is host or client, not %q", name)
	}
	return session.Namespace(n), nil
}

func shapeHead(h *session.Head) headShape {
	return headShape{
		Epoch: h.Epoch, Seq: h.Seq, Turn: h.Turn, State: h.State, Back: h.Back,
		User: h.User, Title: h.Title,
		VarBytes: h.VarBytes, Created: h.Created, Updated: h.Updated, Keep: h.Keep,
		Expires: h.Ends(session.DefaultKeep),
	}
}

func (h *headShape) head() session.Head {
	return session.Head{
		Epoch: h.Epoch, Seq: h.Seq, Turn: h.Turn, State: h.State, Back: h.Back,
		User: h.User, Title: h.Title,
		VarBytes: h.VarBytes, Created: h.Created, Updated: h.Updated, Keep: h.Keep,
	}
}

func shapeSummary(s *session.Summary) summaryShape {
	return summaryShape{keyShape: shapeKey(s.Key), Head: shapeHead(&s.Head)}
}

func shapeList(list []session.Summary) listShape {
	shape := listShape{Sessions: make([]summaryShape, len(list))}
	for i := range list {
		shape.Sessions[i] = shapeSummary(&list[i])
	}
	return shape
}

func (l *listShape) list() ([]session.Summary, error) {
	var list []session.Summary
	for i := range l.Sessions {
		key, err := l.Sessions[i].key()
		if err != nil {
			return nil, err
		}
		list = append(list, session.Summary{Key: key, Head: l.Sessions[i].Head.head()})
	}
	return list, nil
}

func shapeRecord(r *session.Record) recordShape {
	shape := recordShape{
		Head: shapeHead(&r.Head), Vars: r.Vars, Jobs: make([]jobShape, len(r.Jobs)),
	}
	if shape.Vars == nil {
		shape.Vars = map[string]string{}
	}
	for i, j := range r.Jobs {
		shape.Jobs[i] = jobShape{j.ID, JobName(j.Kind), j.Name, j.Due, j.Turn, j.Data}
	}
	return shape
}

func (r *recordShape) record() (session.Record, error) {
	rec := session.Record{Head: r.Head.head()}
	if len(r.Vars) > 0 {
		rec.Vars = r.Vars
	}
	for _, j := range r.Jobs {
		kind, err := parseJobKind(j.Kind)
		if err != nil {
			return session.Record{}, err
		}
		rec.Jobs = append(rec.Jobs, session.Job{
			ID: j.ID, Kind: kind, Name: j.Name, Due: j.Due, Turn: j.Turn, Data: j.Data,
		})
	}
	return rec, nil
}

// jobNames are the kinds of jobs, as operators read them.
var jobNames = []struct {
	kind session.JobKind
	name string
}{
	{session.JobTimer, "timer"}, {session.JobRequest, "request"}, {session.JobWaiting, "waiting"},
	{session.JobAfter, "after"}, {session.JobRecheck, "recheck"},
}

// JobName returns timer, request, waiting, after or recheck.
func JobName(k session.JobKind) string {
	for _, row := range jobNames {
		if row.kind == k {
			return row.name
		}
	}
	return strconv.Itoa(int(k))
}

func parseJobKind(name string) (session.JobKind, error) {
	for _, row := range jobNames {
		if row.name == name {
			return row.kind, nil
		}
	}
	n, err := strconv.ParseUint(name, 10, 8)
	if err != nil {
		return 0, fmt.Errorf("there is no kind of job %q", name)
	}
	return session.JobKind(n), nil
}

// appendPage writes the entries as they stand in history: the bytes of a JSON body
// stay what they are.
func appendPage(b []byte, p *session.Page) []byte {
	b = fmt.Appendf(b, `{"epoch":%d,"first":%d,"last":%d,"entries":`, p.Epoch, p.First, p.Last)
	return append(abi.AppendHistory(b, p.Entries), '}')
}

func (p *pageShape) page() (session.Page, error) {
	page := session.Page{Epoch: p.Epoch, First: p.First, Last: p.Last}
	for i := range p.Entries {
		e, err := p.Entries[i].entry()
		if err != nil {
			return session.Page{}, fmt.Errorf("body of entry %d: %w", e.Seq, err)
		}
		page.Entries = append(page.Entries, e)
	}
	return page, nil
}

func (s *entryShape) entry() (e abi.Entry, err error) {
	e = abi.Entry{Seq: s.Seq, From: s.From, Kind: s.Kind, ID: s.ID, Time: s.Time, Turn: s.Turn}
	if hasJSON(s.Kind) {
		e.Body = string(s.Body)
		return e, nil
	}
	return e, json.Unmarshal(s.Body, &e.Body)
}

func hasJSON(kind abi.Kind) bool {
	for _, row := range abi.Kinds() {
		if row.Kind == kind {
			return row.JSON
		}
	}
	return false
}

// encode returns v as JSON, without escapes for HTML and with a newline.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// faults are the errors that have a name on the wire, and an HTTP status.
var faults = []struct {
	name   string
	status int
	err    error
}{
	{"bad_request", 400, errBadRequest},
	{"unauthorized", 401, errUnauthorized},
	{"not_found", 404, session.ErrNotFound},
	{"conflict", 409, session.ErrConflict},
	{"unavailable", 503, session.ErrUnavailable},
	{"unknown", 500, session.ErrUnknown},
}

var (
	errBadRequest   = errors.New("bad request")
	errUnauthorized = errors.New("the secret is another one")
)
