package websocket

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// besserFake is a fake that keeps sessions under ids that clients chose.
type besserFake struct {
	*fake

	mu sync.Mutex // guards the following
	// named are the sessions that were entered, and users who entered, in order.
	named         map[string]*fakeSession
	users, titles []string
	// kept are for how long sessions without a name were to be kept.
	kept     []time.Duration
	enterErr error
}

// newBESSERFake returns a backend whose bot greets, and says back what it is told.
func newBESSERFake() *besserFake {
	return &besserFake{fake: newFake(), named: make(map[string]*fakeSession)}
}

func (f *besserFake) Enter(_ context.Context, bot, id string, by Guest, wake func()) (
	Conversation, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.enterErr != nil {
		return nil, false, f.enterErr
	}
	s := f.named[id]
	created := s == nil
	if created {
		s = &fakeSession{
			f: f.fake, seen: make(map[string]fakeReceipt),
			key:   session.Key{Bot: bot, Namespace: session.NamespaceClient, ID: id},
			convs: make(map[*fakeConv]func()), head: session.Head{Epoch: 1}, first: 1,
		}
		s.cond.L = &s.mu
		f.named[id] = s
	}
	f.users, f.titles = append(f.users, by.User), append(f.titles, by.Title)
	c, err := s.join(wake)
	return c, created, err
}

func (f *besserFake) CreateKept(ctx context.Context, bot string, keep time.Duration,
	wake func()) (Conversation, error) {
	f.mu.Lock()
	f.kept = append(f.kept, keep)
	f.mu.Unlock()
	c, _, err := f.Create(ctx, bot, wake)
	return c, err
}

// session returns a session by the id that a client chose.
func (f *besserFake) session(id string) *fakeSession {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.named[id]
}

// post has a message handled that no client sent.
func (f *besserFake) post(tb testing.TB, id, eventID, text string) {
	tb.Helper()
	f.submit(tb, id, eventID, text)
	f.wg.Wait()
}

func (f *besserFake) submit(tb testing.TB, id, eventID, text string) {
	tb.Helper()
	ev := &abi.Event{Kind: abi.EventMessage, ID: eventID, Text: text}
	if err := f.session(id).Submit(context.Background(), ev, func(session.Outcome) {}); err != nil {
		tb.Error(err)
	}
}

// besserServer serves BESSER clients on pipes, within synctest.
type besserServer struct {
	*Server
	tb     testing.TB
	pipes  *pipes
	client *http.Client
}

// inBESSERBubble runs a test in a bubble, with a server that trusts session ids.
func inBESSERBubble(t *testing.T, f *besserFake, test func(t *testing.T, s *besserServer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, end := startBESSER(t, f, Options{TrustSessionIDs: true})
		defer end()
		test(t, s)
	})
}

// startBESSER serves on pipes; end, to be called before a bubble ends, shuts
// everything down.
func startBESSER(t *testing.T, f *besserFake, o Options) (s *besserServer, end func()) {
	t.Helper()
	if o.Backend == nil {
		o.Backend = f
	}
	o.Loopback = true
	s = &besserServer{Server: New(o), tb: t, pipes: newPipes()}
	server := &http.Server{Handler: s.Server}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(s.pipes)
	}()
	transport := &http.Transport{DialContext: s.pipes.dial}
	s.client = &http.Client{Transport: transport}
	return s, func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
		f.wg.Wait()
	}
}

// besserClient is a client that reads all the time, and so answers pings.
type besserClient struct {
	tb     testing.TB
	conn   *ws.Conn
	frames chan string
}

// dial connects; each header is "Name: value".
func (s *besserServer) dial(target string, headers ...string) *besserClient {
	s.tb.Helper()
	h := make(http.Header)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		h.Add(name, value)
	}
	conn, _, err := ws.Dial(context.Background(), "ws://localhost"+target,
		&ws.DialOptions{HTTPClient: s.client, HTTPHeader: h})
	if err != nil {
		s.tb.Fatal(err)
	}
	conn.SetReadLimit(-1)
	c := &besserClient{tb: s.tb, conn: conn, frames: make(chan string, 10_000)}
	// It ends with the connection.
	go c.read()
	return c
}

func (c *besserClient) read() {
	defer close(c.frames)
	for {
		_, data, err := c.conn.Read(context.Background())
		if err != nil {
			var e ws.CloseError
			if errors.As(err, &e) {
				c.frames <- fmt.Sprint("closed ", int(e.Code))
			}
			return
		}
		c.frames <- shortPayload(data)
	}
}

// shortPayload writes a payload in a line.
func shortPayload(data []byte) string {
	var p struct {
		Action, Message string
		History         bool
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return string(data)
	}
	line := strings.TrimPrefix(p.Action, "agent_reply_") + " " + p.Message
	if p.History {
		return "past " + line
	}
	return line
}

func (c *besserClient) send(frame string) {
	c.tb.Helper()
	do(c.tb, c.conn.Write(context.Background(), ws.MessageText, []byte(frame)))
}

func (c *besserClient) say(text string) {
	c.tb.Helper()
	c.send(fmt.Sprintf(`{"action":"user_message","message":%q}`, text))
}

const fetchFrame = `{"action":"fetch_user_messages","message":null}`

// wants compares all that came with what is wanted. It lets no time pass.
func (c *besserClient) wants(lines ...string) {
	c.tb.Helper()
	synctest.Wait()
	var got []string
	for len(c.frames) > 0 {
		got = append(got, <-c.frames)
	}
	if !slices.Equal(got, lines) {
		c.tb.Fatalf("got %q, want %q", got, lines)
	}
}

// close closes the connection as browsers do.
func (c *besserClient) close() {
	c.tb.Helper()
	do(c.tb, c.conn.Close(ws.StatusGoingAway, ""))
	synctest.Wait()
}

// raw connects a client that answers no pings, and reads only when it is told to.
func (s *besserServer) raw(target string) *rawClient {
	s.tb.Helper()
	conn, err := s.pipes.dial(context.Background(), "", "")
	do(s.tb, err)
	_, err = io.WriteString(conn, "GET "+target+" HTTP/1.1\r\nHost: localhost\r\n"+
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	do(s.tb, err)
	raw := &rawClient{tb: s.tb, conn: conn, in: bufio.NewReader(conn)}
	response, err := http.ReadResponse(raw.in, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		s.tb.Fatalf("upgrade: %v, %v", response, err)
	}
	return raw
}

// drain takes what comes, as the machine of a client that is away does, until
// the connection ends.
func (c *rawClient) drain() (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, _, err := c.frame(); err != nil {
				return
			}
		}
	}()
	return done
}
