package host

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// join connects once more to the session of c.
func (c *talker) join(h *running) *talker {
	c.tb.Helper()
	opts := client.Options{Session: c.Welcome().Session, Resume: c.Welcome().Resume}
	other := dialWith(c.tb, h, opts)
	if !other.Welcome().Resumed {
		c.tb.Fatalf("join: %+v, want the session resumed", other.Welcome())
	}
	return other
}

// line is an entry, or what a sender gets in the place of its own.
type line struct {
	seq, turn uint64
	text      string
}

// lines reads n lines of the log. For accepted frames, what stands in sent is
// the text.
func (c *talker) lines(n int, sent map[string]string) []line {
	c.tb.Helper()
	var all []line
	for len(all) < n {
		f := c.receive()
		l := line{f.Seq, f.Turn, sent[f.ID]}
		if f.Type == native.Entry {
			e, err := f.LogEntry()
			if err != nil {
				c.tb.Fatal(err)
			}
			l.text = e.Body
		} else if f.Type != native.Accepted {
			c.tb.Fatalf("Receive() = %+v, want an entry or accepted", f)
		}
		all = append(all, l)
	}
	return all
}

// wantTurns wants a question and its answer for each of n turns, without a gap
// in any number, and returns the questions in their order.
func wantTurns(tb testing.TB, all []line, n int) []string {
	tb.Helper()
	if len(all) != 2*n {
		tb.Fatalf("%d lines, want %d", len(all), 2*n)
	}
	var questions []string
	for i := 0; i < len(all); i += 2 {
		q, a := all[i], all[i+1]
		if q.seq != all[0].seq+uint64(i) || a.seq != q.seq+1 {
			tb.Fatalf("lines %d and %d have the numbers %d and %d", i, i+1, q.seq, a.seq)
		}
		if q.turn != all[0].turn+uint64(i/2) || a.turn != q.turn {
			tb.Fatalf("lines %d and %d are of the turns %d and %d", i, i+1, q.turn, a.turn)
		}
		if want := "bot:" + q.text; a.text != want {
			tb.Fatalf("%.40q was answered with %.40q", q.text, a.text)
		}
		questions = append(questions, q.text)
	}
	return questions
}

// TestParallelMessages sends 20 messages at once over as many connections of one
// session: 20 turns, one after the other, which all connections see alike.
func TestParallelMessages(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{})
	first := dial(t, h)
	talkers := []*talker{first}
	for len(talkers) < 20 {
		talkers = append(talkers, first.join(h))
	}
	var wg sync.WaitGroup
	for i, c := range talkers {
		wg.Go(func() {
			if err := c.Send(context.Background(), "m"+strconv.Itoa(i),
				"text"+strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var order string
	for i, c := range talkers {
		sent := map[string]string{"m" + strconv.Itoa(i): "text" + strconv.Itoa(i)}
		questions := fmt.Sprint(wantTurns(t, c.lines(40, sent), 20))
		if i == 0 {
			order = questions
		}
		if questions != order {
			t.Errorf("connection %d saw %s, the first one %s", i, questions, order)
		}
	}
}

// TestPipelinedMessages sends 1000 messages over one connection before it reads
// anything: 1000 turns in the order in which they were sent.
func TestPipelinedMessages(t *testing.T) {
	const n = 1000
	h := serve(t, makeBot(t, "bot", "", ""), Options{})
	c := dial(t, h)
	sent := make(map[string]string)
	var want []string
	for i := range n {
		id := strconv.Itoa(i)
		sent[id] = "text" + id
		want = append(want, sent[id])
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			if err := c.Send(context.Background(), strconv.Itoa(i), want[i]); err != nil {
				t.Error(err)
				return
			}
		}
	})
	got := wantTurns(t, c.lines(2*n, sent), n)
	wg.Wait()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("turns ran in the order %v", got)
	}
}

// TestTwoConnections wants both connections of a session to get every entry, and
// the one that is left to go on, whichever closes first.
func TestTwoConnections(t *testing.T) {
	for _, closed := range []string{"first", "second"} {
		t.Run(closed, func(t *testing.T) {
			h := serve(t, makeBot(t, "bot", "", ""), Options{})
			a := dial(t, h)
			b := a.join(h)
			a.say("1", "from a")
			b.say("2", "from b")
			sent := map[string]string{"1": "from a", "2": "from b"}
			fromA, fromB := wantTurns(t, a.lines(4, sent), 2), wantTurns(t, b.lines(4, sent), 2)
			if fmt.Sprint(fromA) != fmt.Sprint(fromB) {
				t.Errorf("one connection saw %v, the other %v", fromA, fromB)
			}
			gone, left := a, b
			if closed == "second" {
				gone, left = b, a
			}
			if err := gone.Close(); err != nil {
				t.Fatal(err)
			}
			left.say("3", "still here")
			sent["3"] = "still here"
			wantTurns(t, left.lines(2, sent), 1)
			back := left.join(h)
			wantTurns(t, back.lines(6, sent), 3)
		})
	}
}

// TestSlowReader lets one connection of a session read nothing while another
// fills the log with more than the sockets hold: it gets everything, in order.
func TestSlowReader(t *testing.T) {
	const n = 480 // questions and answers, all of which the log holds
	h := serve(t, makeBot(t, "bot", "", ""), Options{})
	fast := dial(t, h)
	slow := dialWith(t, h, client.Options{
		Session: fast.Welcome().Session, Resume: fast.Welcome().Resume,
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dialNarrow}},
	})
	text := strings.Repeat("0123456789abcdef", 1024)
	sent := make(map[string]string)
	for i := range n {
		id := strconv.Itoa(i)
		sent[id] = id + text
		fast.say(id, sent[id])
		wantTurns(t, fast.lines(2, sent), 1)
	}
	for i, q := range wantTurns(t, slow.lines(2*n, nil), n) {
		if q != sent[strconv.Itoa(i)] {
			t.Fatalf("question %d reached the slow connection as %.40q", i, q)
		}
	}
	if got := slow.ask("last", "now"); got.Body != "bot:now" || got.From != abi.FromBot {
		t.Errorf("the slow connection was answered %+v", got)
	}
}

// dialNarrow makes connections whose sockets take little.
func dialNarrow(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return conn, conn.(*net.TCPConn).SetReadBuffer(256 << 10)
}
