package websocket

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// reply is what a fake bot says.
type reply struct {
	kind abi.Kind
	body string
}

// fake is a small honest backend: sessions in memory, one queue each, turns
// inline where the queue is empty.
type fake struct {
	// wrap, if set, makes what a connection gets of a conversation.
	wrap  func(Conversation) Conversation
	names []string
	// bot answers an event; nil echoes.
	bot func(ev *abi.Event) []reply
	// code, if it returns one, refuses an event.
	code func(ev *abi.Event) abi.Code
	// field is what is wrong with events that code refuses.
	field string
	// keep is how many entries a log keeps; queue how many events wait; conns how
	// many connections a session may have.
	keep, queue, conns int
	// renew gives a session a new token at each reset.
	renew bool
	// unknown says of an event that the outcome of its commit is lost, and what it
	// was.
	unknown func(ev *abi.Event) (lost, ran bool)
	// retry is when to send again what code refuses.
	retry     time.Duration
	createErr error
	files     fakeFiles

	wg       sync.WaitGroup
	mu       sync.Mutex
	sessions map[string]*fakeSession
	closed   int
}

func newFake() *fake {
	return &fake{
		names: []string{"echo"}, keep: 1000, queue: 64, conns: 32,
		sessions: make(map[string]*fakeSession), retry: time.Second,
	}
}

func (f *fake) Bots() []string { return f.names }

func (f *fake) Create(_ context.Context, bot string, wake func()) (Conversation, string, error) {
	if f.createErr != nil {
		return nil, "", f.createErr
	}
	s := &fakeSession{
		f: f, token: rand.Text(), seen: make(map[string]fakeReceipt),
		key:   session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: rand.Text()},
		convs: make(map[*fakeConv]func()), head: session.Head{Epoch: 1}, first: 1,
	}
	s.cond.L = &s.mu
	f.mu.Lock()
	f.sessions[s.key.ID] = s
	f.mu.Unlock()
	c, err := s.join(wake)
	return c, s.token, err
}

func (f *fake) Join(_ context.Context, _, id, token string, wake func()) (Conversation, error) {
	f.mu.Lock()
	s := f.sessions[id]
	f.mu.Unlock()
	if s == nil || !s.takes(token) {
		return nil, fmt.Errorf("join: %w", session.ErrNotFound)
	}
	return s.join(wake)
}

// takes reports whether a token is the session's, or the last one before it.
func (s *fakeSession) takes(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return token != "" && (token == s.token || token == s.last)
}

type fakeReceipt struct {
	session.Receipt
	text string
}

// bodyOf is what two events of one id must have in common.
func bodyOf(ev *abi.Event) string { return ev.Name + ev.Data + ev.EntryBody() }

type fakeJob struct {
	ev   *abi.Event
	done func(session.Outcome)
}

type fakeSession struct {
	f   *fake
	key session.Key

	// hold, while a test holds it, keeps everybody from joining.
	hold sync.Mutex

	mu      sync.Mutex
	token   string
	last    string
	cond    sync.Cond
	convs   map[*fakeConv]func()
	head    session.Head
	log     []abi.Entry
	first   uint64
	seen    map[string]fakeReceipt
	queue   []fakeJob
	running bool
}

type fakeConv struct {
	*fakeSession
	once sync.Once
}

// Token implements [Renewer].
func (s *fakeSession) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.f.renew {
		return ""
	}
	return s.token
}

func (s *fakeSession) join(wake func()) (Conversation, error) {
	c := &fakeConv{fakeSession: s}
	s.hold.Lock()
	defer s.hold.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.convs) >= s.f.conns {
		return nil, fmt.Errorf("join: %w", ErrTooMany)
	}
	s.convs[c] = wake
	if s.f.wrap != nil {
		return s.f.wrap(c), nil
	}
	return c, nil
}

func (c *fakeConv) Key() session.Key { return c.key }

func (c *fakeConv) Head() session.Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head
}

func (c *fakeConv) Close() {
	c.once.Do(func() {
		c.mu.Lock()
		delete(c.convs, c)
		c.mu.Unlock()
		c.f.mu.Lock()
		c.f.closed++
		c.f.mu.Unlock()
	})
}

func (s *fakeSession) Read(
	_ context.Context, after uint64, limit int, dst []abi.Entry,
) (session.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := 0
	if after >= s.first {
		i = int(min(after-s.first+1, uint64(len(s.log))))
	}
	return session.Page{
		Epoch: s.head.Epoch, First: s.first, Last: s.head.Seq,
		Entries: append(dst, s.log[i:min(len(s.log), i+limit)]...),
	}, nil
}

func (s *fakeSession) Submit(
	ctx context.Context, ev *abi.Event, done func(session.Outcome),
) error {
	s.mu.Lock()
	if len(s.queue) >= s.f.queue {
		stop := context.AfterFunc(ctx, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.cond.Broadcast()
		})
		defer stop()
		for len(s.queue) >= s.f.queue && ctx.Err() == nil {
			s.cond.Wait()
		}
	}
	if err := ctx.Err(); err != nil {
		s.mu.Unlock()
		return err
	}
	if s.running {
		s.queue = append(s.queue, fakeJob{ev, done})
		s.mu.Unlock()
		return nil
	}
	s.running = true
	s.mu.Unlock()
	s.turn(fakeJob{ev, done})
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.running = false
		return nil
	}
	s.f.wg.Go(s.drain)
	return nil
}

func (s *fakeSession) drain() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.running = false
			s.mu.Unlock()
			return
		}
		j := s.queue[0]
		s.queue = s.queue[1:]
		s.cond.Broadcast()
		s.mu.Unlock()
		s.turn(j)
	}
}

func (s *fakeSession) turn(j fakeJob) {
	if unknown := s.f.unknown; unknown != nil && j.ev.ID != "" {
		if lost, ran := unknown(j.ev); lost {
			if ran {
				s.commit(j.ev, []reply{{abi.KindText, j.ev.Text}})
			}
			j.done(session.Outcome{Code: abi.CodeStoreUnavailable, Unknown: true})
			return
		}
	}
	if code := s.refuse(j.ev); code != 0 {
		j.done(session.Outcome{Code: code, Field: s.f.field, Retry: s.f.retry})
		return
	}
	if r, ok := s.receipt(j.ev.ID); ok {
		if r.text != bodyOf(j.ev) {
			j.done(session.Outcome{Code: abi.CodeIDReused})
			return
		}
		j.done(session.Outcome{Receipt: r.Receipt, Duplicate: true})
		return
	}
	var replies []reply
	switch {
	case s.f.bot != nil:
		replies = s.f.bot(j.ev)
	case j.ev.Kind == abi.EventMessage, j.ev.Kind == abi.EventOption:
		replies = []reply{{abi.KindText, j.ev.Text}}
	default:
		replies = []reply{{abi.KindText, "Welcome!"}}
	}
	r, wakes := s.commit(j.ev, replies)
	for _, wake := range wakes {
		wake()
	}
	j.done(session.Outcome{Receipt: r})
}

func (s *fakeSession) refuse(ev *abi.Event) abi.Code {
	if s.f.code == nil {
		return 0
	}
	return s.f.code(ev)
}

func (s *fakeSession) receipt(id string) (fakeReceipt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.seen[id]
	return r, ok && id != ""
}

func (s *fakeSession) commit(ev *abi.Event, replies []reply) (session.Receipt, []func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head.Turn++
	if ev.Kind == abi.EventReset {
		s.head.Epoch++
		s.head.Seq, s.log, s.first = 0, nil, 1
		if s.f.renew {
			s.last, s.token = s.token, rand.Text()
		}
	}
	r := session.Receipt{ID: ev.ID, Epoch: s.head.Epoch, Turn: s.head.Turn}
	if info, _ := ev.Kind.Info(); info.Entry != "" {
		s.append(abi.Entry{From: abi.FromUser, Kind: info.Entry, Body: ev.EntryBody(), ID: ev.ID})
		r.Seq = s.head.Seq
	}
	for _, p := range replies {
		s.append(abi.Entry{From: abi.FromBot, Kind: p.kind, Body: p.body})
	}
	if r.Seq == 0 {
		r.Seq = s.head.Seq
	}
	if ev.ID != "" {
		s.seen[ev.ID] = fakeReceipt{r, bodyOf(ev)}
	}
	wakes := make([]func(), 0, 4)
	for _, wake := range s.convs {
		wakes = append(wakes, wake)
	}
	return r, wakes
}

func (s *fakeSession) append(e abi.Entry) {
	s.head.Seq++
	e.Seq, e.Turn, e.Time = s.head.Seq, s.head.Turn, time.Now().UnixMilli()
	if s.log = append(s.log, e); len(s.log) > s.f.keep {
		s.first++
		if s.log = s.log[1:]; cap(s.log) == len(s.log) {
			s.log = append(make([]abi.Entry, 0, 2*s.f.keep), s.log...)
		}
	}
}
