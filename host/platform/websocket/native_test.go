package websocket

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
)

func TestNative_Conversation(t *testing.T) {
	f := newFake()
	url, _ := serve(t, f, Options{})
	c := greeted(t, url)
	w := c.Welcome()
	if w.Session == "" || w.Resume == "" || w.Bot != "echo" || w.Limits.FrameBytes != 1<<20 ||
		w.Limits.IDBytes != 64 || w.Limits.History != native.MaxHistory {
		t.Errorf("welcome = %+v", w)
	}
	ctx := background(t)
	do(t, c.Send(ctx, "m1", "hi"))
	want(t, c, "accepted m1 2", `entry 3 bot text "hi"`)
	do(t, c.Option(ctx, "o1", "yes"))
	want(t, c, "accepted o1 4", `entry 5 bot text "yes"`)
	do(t, c.Send(ctx, "m1", "hi"))
	want(t, c, "accepted m1 2 duplicate")
	do(t, c.Send(ctx, "m1", "ho"))
	want(t, c, "rejected m1 id_reused")
	do(t, c.Reset(ctx, "r1"))
	want(t, c, "accepted r1 1", "reset 2 0", `entry 1 bot text "Welcome!"`)
	do(t, c.Reset(ctx, "r1"))
	want(t, c, "accepted r1 1 duplicate")
	do(t, c.Close())
}

func TestNative_Rejected(t *testing.T) {
	f := newFake()
	f.code = func(ev *abi.Event) abi.Code {
		if ev.Text == "no" {
			return abi.CodeStoreUnavailable
		}
		return 0
	}
	url, _ := serve(t, f, Options{})
	c := greeted(t, url)
	do(t, c.Send(background(t), "m1", "no"))
	got, err := c.Receive(background(t))
	do(t, err)
	if got.ID != "m1" || got.Code != "store_unavailable" || got.Error == "" ||
		got.Retry() != time.Second {
		t.Errorf("Receive() = %+v", got)
	}
	// The id was not consumed.
	do(t, c.Send(background(t), "m1", "yes"))
	want(t, c, "accepted m1 2", `entry 3 bot text "yes"`)
}

// A session that another connection reset, or that many entries went through,
// is resumed whole or not at all.
func TestNative_Resume(t *testing.T) {
	f := newFake()
	f.keep = 10
	url, _ := serve(t, f, Options{})
	c := greeted(t, url)
	o := c.Resume()
	for i := range 4 {
		do(t, c.Send(background(t), fmt.Sprint(i), "x"))
		receiveUntil(t, c, uint64(3+2*i))
	}
	all := o
	all.Epoch, all.After = 0, 0
	for _, tc := range []struct {
		name   string
		change func(o *client.Options)
		want   string
		first  string
	}{
		{"all", func(o *client.Options) { *o = all }, "welcome 1 0 true ",
			`entry 1 bot text "Welcome!"`},
		{"some", func(o *client.Options) { o.After = 5 }, "welcome 1 5 true ",
			`entry 6 user text "x"`},
		{"nothing new", func(o *client.Options) { o.After = 9 }, "welcome 1 9 true ", ""},
		{"ahead", func(o *client.Options) { o.After = 10 }, "welcome 1 9 false ahead", ""},
		{"another epoch", func(o *client.Options) { o.Epoch = 2 }, "welcome 1 9 false epoch", ""},
		{"no epoch", func(o *client.Options) { o.Epoch = 0 }, "welcome 1 9 false epoch", ""},
		{"wrong token", func(o *client.Options) { o.Resume += "x" }, "welcome 1 0 false unknown",
			`entry 1 bot text "Welcome!"`},
		{"no token", func(o *client.Options) { o.Resume = "" }, "welcome 1 0 false unknown",
			`entry 1 bot text "Welcome!"`},
		{"unknown session", func(o *client.Options) { o.Session += "x" },
			"welcome 1 0 false unknown",
			`entry 1 bot text "Welcome!"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := o
			tc.change(&o)
			c := dial(t, o)
			w := c.Welcome()
			if got := short(w); got != tc.want {
				t.Errorf("welcome = %s, want %s", got, tc.want)
			}
			if same := w.Session == o.Session &&
				w.Resume == o.Resume; same == (w.Reason == "unknown") {
				t.Errorf("session %s goes on as %s, reason %s", o.Session, w.Session, w.Reason)
			}
			if tc.first != "" {
				want(t, c, tc.first)
			}
			do(t, c.CloseNow())
		})
	}
	do(t, c.Send(background(t), "4", "x"))
	receiveUntil(t, c, 11)
	late := dial(t, o)
	if got := short(late.Welcome()); got != "welcome 1 1 true " {
		t.Errorf("at the edge of the log: welcome = %s", got)
	}
	if got := short(dial(t, all).Welcome()); got != "welcome 1 11 false trimmed" {
		t.Errorf("beyond the edge of the log: welcome = %s", got)
	}
}

func TestNative_History(t *testing.T) {
	f := newFake()
	f.keep = 20
	url, _ := serve(t, f, Options{Limits: abi.Limits{Entries: 20}})
	c := greeted(t, url)
	for i := range 12 {
		do(t, c.Send(background(t), fmt.Sprint(i), fmt.Sprint(i)))
	}
	receiveUntil(t, c, 25)
	for _, tc := range []struct {
		before, limit uint64
		first, n      int
		end           string
	}{
		{0, 3, 23, 3, "history 26 3 true"},
		{26, 2, 24, 2, "history 26 2 true"},
		{1000, 1, 25, 1, "history 26 1 true"},
		{8, 2, 6, 2, "history 8 2 false"},
		{8, 5, 6, 2, "history 8 2 false"},
		{7, 1, 6, 1, "history 7 1 false"},
		{6, 5, 0, 0, "history 6 0 false"},
		{1, 5, 0, 0, "history 1 0 false"},
		{0, 0, 6, 20, "history 26 20 false"},
	} {
		do(t, c.History(background(t), tc.before, tc.limit))
		for i := range tc.n {
			f, err := c.Receive(background(t))
			do(t, err)
			if f.Seq != uint64(tc.first+i) || !f.History {
				t.Errorf("history(%d, %d): got %s, want %d", tc.before, tc.limit,
					short(f), tc.first+i)
			}
		}
		want(t, c, tc.end)
	}
	// Many at once are answered one after the other.
	for range 5 {
		do(t, c.History(background(t), 0, 1))
	}
	for range 5 {
		want(t, c, `entry 25 bot text "11" history`, "history 26 1 true")
	}
}

// What history brings at once is bounded by bytes, too.
func TestNative_HistoryBytes(t *testing.T) {
	entries := make([]abi.Entry, 5)
	for i := range entries {
		entries[i] = abi.Entry{Seq: uint64(i), Body: strings.Repeat("x", 10)}
	}
	for _, tc := range []struct{ size, want int }{
		{9, 1}, {10, 1}, {11, 1}, {19, 1}, {20, 2}, {49, 4}, {50, 5},
	} {
		if got := newestWithin(entries, tc.size); len(got) != tc.want || got[len(got)-1].Seq != 4 {
			t.Errorf("newestWithin(%d) = %d entries, want %d", tc.size, len(got), tc.want)
		}
	}
}

func TestNative_BackendErrors(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want abi.Code
	}{
		{fmt.Errorf("create: %w", ErrTooMany), abi.CloseTooMany},
		{session.ErrUnavailable, abi.CloseUnavailable},
		{errors.New("something else"), abi.CloseUnavailable},
	} {
		f := newFake()
		f.createErr = tc.err
		url, _ := serve(t, f, Options{})
		_, err := client.Dial(background(t), client.Options{URL: url})
		var closed *client.ClosedError
		if !errors.As(err, &closed) || closed.Code != tc.want {
			t.Errorf("%v: Dial = %v, want %v", tc.err, err, tc.want)
		}
	}
}

func TestNative_SessionConnections(t *testing.T) {
	f := newFake()
	f.conns = 2
	url, _ := serve(t, f, Options{})
	c := greeted(t, url)
	second := dial(t, c.Resume())
	_, err := client.Dial(background(t), c.Resume())
	var closed *client.ClosedError
	if !errors.As(err, &closed) || closed.Code != abi.CloseTooMany {
		t.Errorf("third connection: %v, want %v", err, abi.CloseTooMany)
	}
	do(t, second.Close())
	do(t, c.Close())
}

// The user that hello names is the user of the session's events.
func TestNative_User(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		return []reply{{abi.KindText, fmt.Sprintf("%s %v %v %v %s", ev.User.ID, ev.User.Verified,
			ev.Human, ev.Session != "", ev.Bot)}}
	}
	url, _ := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url, User: "ann"})
	want(t, c, `entry 1 bot text "ann false true true echo"`)
}

// Frames that come from a client in pieces or many at once, and messages before
// hello is answered.
func TestNative_ManyAtOnce(t *testing.T) {
	_, s := serve(t, newFake(), Options{})
	raw := rawServe(t, s, native.Protocol)
	var lines []string
	lines = append(lines, `{"type":"hello"}`)
	for i := range 100 {
		lines = append(lines, fmt.Sprintf(`{"type":"message","id":"m%d","text":"x"}`, i))
	}
	raw.out = appendFrame(raw.out[:0], opText, true, []byte(strings.Join(lines, "\n")))
	for i := range 100 {
		frame := fmt.Appendf(nil, `{"type":"message","id":"n%d","text":"x"}`, i)
		raw.out = appendFrame(raw.out, opText, true, frame)
	}
	raw.flush()
	raw.await(`"accepted"`, 200)
}

// Frames that wait for others do not wait for a turn that takes its time.
func TestNative_HeldFramesLeaveInTime(t *testing.T) {
	gate := make(chan struct{})
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		if ev.Text == "slow" {
			<-gate
		}
		return nil
	}
	first := `{"type":"message","id":"m1","text":"fast"}`
	second := `{"type":"message","id":"m2","text":"slow"}`
	for name, sent := range map[string][]byte{
		"two frames": append(textFrame(first), textFrame(second)...),
		"two lines":  textFrame(first + "\n" + second),
		"a piece":    append(textFrame(first), textFrame(second)[:9]...),
	} {
		_, s := serve(t, f, Options{})
		raw := rawServe(t, s, native.Protocol)
		raw.text(`{"type":"hello"}`)
		raw.await("welcome", 1)
		raw.out = append(raw.out[:0], sent...)
		raw.flush()
		raw.await(`"accepted","id":"m1"`, 1)
		if name != "a piece" {
			gate <- struct{}{}
			raw.await(`"accepted","id":"m2"`, 1)
		}
	}
}

// Whoever waits for room in the session's queue sees what others do meanwhile.
func TestNative_WaitingConnectionIsWritten(t *testing.T) {
	started, gate := make(chan struct{}), make(chan struct{})
	f := newFake()
	f.queue = 1
	f.bot = func(ev *abi.Event) []reply {
		if ev.Kind != abi.EventStart {
			started <- struct{}{}
			<-gate
		}
		return nil
	}
	url, _ := serve(t, f, Options{})
	busy := dial(t, client.Options{URL: url})
	waits := dial(t, busy.Resume())
	do(t, busy.Send(background(t), "1", "a"))
	<-started
	// The queue holds one more.
	for _, id := range []string{"2", "3"} {
		do(t, waits.Send(background(t), id, "b"))
	}
	gate <- struct{}{}
	want(t, waits, `entry 1 user text "a"`)
	<-started
	gate <- struct{}{}
	want(t, waits, "accepted 2 2")
	<-started
	gate <- struct{}{}
	want(t, waits, "accepted 3 3")
}

// A custom event brings its name and its data, leaves no entry, and is answered
// all the same.
func TestNative_Event(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		return []reply{{abi.KindText, fmt.Sprintf("%s %s %s", ev.Kind, ev.Name, ev.Data)}}
	}
	url, _ := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	want(t, c, `entry 1 bot text "start  "`)
	do(t, c.Event(background(t), "e1", "gps", `{"at":[1,2]}`))
	want(t, c, "accepted e1 2", `entry 2 bot text "event gps {\"at\":[1,2]}"`)
	do(t, c.Event(background(t), "e1", "gps", `{"at":[1,2]}`))
	want(t, c, "accepted e1 2 duplicate")
	do(t, c.Event(background(t), "e1", "gps", ""))
	want(t, c, "rejected e1 id_reused")
	do(t, c.Event(background(t), "e2", "gps", ""))
	want(t, c, "accepted e2 3", `entry 3 bot text "event gps "`)
	do(t, c.Event(background(t), "e3", "", "1"))
	want(t, c, "rejected e3 bad_value name")
}
