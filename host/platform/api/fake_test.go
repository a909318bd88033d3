package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a small honest backend: sessions in memory, with one queue each.
type fake struct {
	// bot answers an event; nil echoes.
	bot func(ev *abi.Event) []string
	// code, if it returns one, refuses an event.
	code func(ev *abi.Event) abi.Code
	// openErr and readErr fail all calls.
	openErr, readErr error
	// queue is how many events wait.
	queue int
	files fakeFiles

	wg       sync.WaitGroup
	mu       sync.Mutex // guards the following
	sessions map[string]*fakeSession
	held     int
}

type fakeJob struct {
	ev   *abi.Event
	done func(session.Outcome)
}

type fakeSession struct {
	f    *fake
	key  session.Key
	jobs chan fakeJob

	mu    sync.Mutex // guards the following
	head  session.Head
	first uint64
	log   []abi.Entry
	seen  map[string]session.Receipt
	body  map[string]string
	wakes map[*fakeConv]func()
	reads int
}

type fakeConv struct {
	*fakeSession
	once sync.Once
}

// newFake makes a backend with the sessions of a bot called echo.
func newFake(tb testing.TB, ids ...string) *fake {
	f := &fake{queue: 64, sessions: make(map[string]*fakeSession)}
	for _, id := range ids {
		s := &fakeSession{
			f: f, key: session.Key{Bot: "echo", Namespace: session.NamespaceHost, ID: id},
			jobs: make(chan fakeJob, f.queue), head: session.Head{Epoch: 1}, first: 1,
			seen: make(map[string]session.Receipt), body: make(map[string]string),
			wakes: make(map[*fakeConv]func()),
		}
		f.sessions[id] = s
		f.wg.Go(func() {
			for j := range s.jobs {
				j.done(s.turn(j.ev))
			}
		})
	}
	tb.Cleanup(func() {
		for _, s := range f.sessions {
			close(s.jobs)
		}
		f.wg.Wait()
		if f.held != 0 {
			tb.Errorf("%d conversations are still held", f.held)
		}
	})
	return f
}

func (f *fake) Open(_ context.Context, bot, id string, wake func()) (api.Conversation, error) {
	if f.openErr != nil {
		return nil, fmt.Errorf("open: %w", f.openErr)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[id]
	if s == nil || bot != "echo" {
		return nil, fmt.Errorf("open: %w", session.ErrNotFound)
	}
	f.held++
	c := &fakeConv{fakeSession: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if wake != nil {
		s.wakes[c] = wake
	}
	return c, nil
}

func (c *fakeConv) Close() {
	c.once.Do(func() {
		c.mu.Lock()
		delete(c.wakes, c)
		c.mu.Unlock()
		c.f.mu.Lock()
		defer c.f.mu.Unlock()
		c.f.held--
	})
}

func (s *fakeSession) Key() session.Key { return s.key }

func (s *fakeSession) Head() session.Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head
}

func (s *fakeSession) Submit(
	ctx context.Context, ev *abi.Event, done func(session.Outcome),
) error {
	select {
	case s.jobs <- fakeJob{ev, done}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *fakeSession) Read(_ context.Context, after uint64, limit int, dst []abi.Entry) (
	session.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	page := session.Page{Epoch: s.head.Epoch, First: s.first, Last: s.head.Seq, Entries: dst}
	for _, e := range s.log {
		if e.Seq > after && limit > 0 {
			page.Entries = append(page.Entries, e)
			limit--
		}
	}
	return page, s.f.readErr
}

// turn runs an event and wakes everybody.
func (s *fakeSession) turn(ev *abi.Event) session.Outcome {
	if s.f.code != nil {
		if code := s.f.code(ev); code != 0 {
			return session.Outcome{Code: code}
		}
	}
	replies := []string{string(ev.Kind) + ":" + ev.Text + ev.Name + ev.Data}
	if s.f.bot != nil {
		replies = s.f.bot(ev)
	}
	outcome := s.commit(ev, replies)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, wake := range s.wakes {
		wake()
	}
	return outcome
}

func (s *fakeSession) commit(ev *abi.Event, replies []string) session.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := string(ev.Kind) + "\x00" + ev.Text + "\x00" + ev.Name + "\x00" +
		ev.Data + ev.EntryBody()
	if r, ok := s.seen[ev.ID]; ok && ev.ID != "" {
		if s.body[ev.ID] != body {
			return session.Outcome{Code: abi.CodeIDReused}
		}
		return session.Outcome{Receipt: r, Duplicate: true}
	}
	s.head.Turn++
	if ev.Kind == abi.EventReset {
		s.head.Epoch, s.head.Seq, s.first, s.log = s.head.Epoch+1, 0, 1, nil
	}
	r := session.Receipt{ID: ev.ID, Epoch: s.head.Epoch, Turn: s.head.Turn}
	if info, _ := ev.Kind.Info(); info.Entry != "" {
		s.add(abi.FromUser, info.Entry, ev.EntryBody(), ev.ID)
		r.Seq = s.head.Seq
	}
	for _, reply := range replies {
		s.add(abi.FromBot, abi.KindText, reply, "")
	}
	if r.Seq == 0 {
		r.Seq = s.head.Seq
	}
	s.seen[ev.ID], s.body[ev.ID] = r, body
	return session.Outcome{Receipt: r}
}

func (s *fakeSession) add(from abi.From, kind abi.Kind, body, id string) {
	s.head.Seq++
	s.log = append(s.log, abi.Entry{
		Seq: s.head.Seq, From: from, Kind: kind, Body: body, ID: id, Time: 7, Turn: s.head.Turn,
	})
}

// newServer serves a backend on loopback.
func newServer(tb testing.TB, f *fake, opts api.Options) (*httptest.Server, *api.Handler) {
	tb.Helper()
	opts.Backend = f
	return newServerWith(tb, opts)
}

// newServerFor is newServer for another backend.
func newServerFor(tb testing.TB, backend api.Backend) (*httptest.Server, *api.Handler) {
	tb.Helper()
	return newServerWith(tb, api.Options{Backend: backend})
}

func newServerWith(tb testing.TB, opts api.Options) (*httptest.Server, *api.Handler) {
	tb.Helper()
	h := api.New(opts)
	s := httptest.NewServer(h)
	tb.Cleanup(func() {
		h.Close()
		s.Close()
	})
	return s, h
}

// result is an answer.
type result struct {
	status int
	header http.Header
	doc    string
}

// field returns a member of the answer, as JSON.
func (r result) field(name string) string {
	var doc map[string]json.RawMessage
	if json.Unmarshal([]byte(r.doc), &doc) != nil {
		return "no JSON: " + r.doc
	}
	return string(doc[name])
}

// bodies returns the bodies of the entries of the answer.
func (r result) bodies() string {
	var doc struct{ Entries []struct{ Body string } }
	if err := json.Unmarshal([]byte(r.doc), &doc); err != nil {
		return err.Error()
	}
	texts := make([]string, len(doc.Entries))
	for i, e := range doc.Entries {
		texts[i] = e.Body
	}
	return strings.Join(texts, " ")
}

// do sends a request, with headers as "Name: value".
func do(tb testing.TB, s *httptest.Server, method, path, body string, headers ...string) result {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, s.URL+path,
		strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return result{resp.StatusCode, resp.Header, strings.TrimSuffix(string(doc), "\n")}
}

const (
	eventsPath  = "/bots/echo/sessions/s1/events"
	entriesPath = "/bots/echo/sessions/s1/entries"
)

func post(tb testing.TB, s *httptest.Server, body string) result {
	tb.Helper()
	return do(tb, s, http.MethodPost, eventsPath, body)
}

func get(tb testing.TB, s *httptest.Server, query string) result {
	tb.Helper()
	return do(tb, s, http.MethodGet, entriesPath+query, "")
}

// eventually waits until a condition holds that another goroutine brings about.
func eventually(tb testing.TB, holds func() bool) {
	tb.Helper()
	for end := time.Now().Add(5 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatal("it did not come about")
		}
	}
}
