package admin_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// key returns the key of a session that the host named.
func key(bot, id string) session.Key {
	return session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: id}
}

// commit adds a turn with as many entries to a session.
func commit(tb testing.TB, s session.Store, k session.Key, entries int,
	change func(*session.Commit)) {
	tb.Helper()
	rec, err := s.Load(context.Background(), k)
	if err != nil {
		rec.Head = session.Head{Epoch: 1, Created: 1_700_000_000_000}
	}
	c := session.Commit{Key: k, Head: rec.Head}
	c.Head.Turn++
	c.Head.Updated = 1_700_000_060_000
	c.Head.Resume = [32]byte{1, 2, 3}
	if change != nil {
		change(&c)
	}
	for range entries {
		c.Head.Seq++
		e := abi.Entry{Seq: c.Head.Seq, From: abi.FromBot, Kind: abi.KindText, Turn: c.Head.Turn,
			Time: c.Head.Updated, Body: fmt.Sprintf("entry %d", c.Head.Seq)}
		switch e.Seq % 3 {
		case 1:
			e.From, e.ID = abi.FromUser, fmt.Sprint("m", e.Seq)
			e.Body = "<b>\x1b[31m\u202e\u0085\U000E0001é</b>"
		case 2:
			e.Kind, e.Body = abi.KindOptions, `[{"label":"A & B","value":"a"}]`
		}
		c.Entries = append(c.Entries, e)
	}
	if err := s.Commit(context.Background(), &c); err != nil {
		tb.Fatalf("Commit(%v) = %v", k, err)
	}
}

// newStore returns a store with sessions of many kinds.
func newStore(tb testing.TB) session.Store {
	tb.Helper()
	s := memory.New(memory.Options{Entries: 1000})
	commit(tb, s, key("greetings", "a"), 5, func(c *session.Commit) {
		c.Head.State, c.Head.Back = "hello", []string{"menu"}
		c.Head.VarBytes = 8
		c.Vars = []abi.Var{{Key: "name", Value: "Zoë"}, {Key: "x", Value: ""}}
		c.Jobs = []session.JobChange{
			{Job: session.Job{ID: "t1", Kind: session.JobTimer, Name: "nag", Due: 17, Turn: 1}},
			{Job: session.Job{ID: "r1", Kind: session.JobRequest, Name: "ask", Due: 18, Turn: 1,
				Data: `{"url":"x"}`}},
			{Job: session.Job{ID: "a", Kind: session.JobAfter, Due: 19, Turn: 1, Data: "5"}},
			{Job: session.Job{ID: "r", Kind: session.JobRecheck, Due: 20, Turn: 1}},
			{Job: session.Job{ID: "w:1:0", Kind: session.JobWaiting, Turn: 1, Data: `{}`}},
		}
	})
	commit(tb, s, key("greetings", "b"), 250, nil)
	commit(tb, s, key("other", "b"), 0, func(c *session.Commit) { c.Head.Keep = 5000 })
	commit(tb, s, session.Key{Bot: "other", Namespace: session.NamespaceClient, ID: "b"}, 1, nil)
	for _, id := range hostile {
		commit(tb, s, session.Key{Bot: "x", Namespace: session.NamespaceClient, ID: id}, 2, nil)
	}
	commit(tb, s, key("b\xff\xfet", "in\x80valid"), 3, nil)
	for i := range 40 {
		commit(tb, s, key("many", fmt.Sprint(i)), 1, nil)
	}
	return s
}

// hostile are ids that clients might choose.
var hostile = []string{
	"..", ".", "a/b", "a b+c", "%2e", "?id=x&bot=y", "#", "\x00\n\t", "\x1b[31m",
	"é\u202e", "<script>",
	`"`, `\`, strings.Repeat("long", 1000),
}

// newHost serves s as a host would, on a folder that it returns.
func newHost(tb testing.TB, s admin.Sessions) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	secret, remove, err := admin.Announce(dir, listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	server := &http.Server{Handler: admin.Handler(s, secret)}
	done := make(chan struct{})
	go func() { // ends with Close
		defer close(done)
		_ = server.Serve(listener)
	}()
	tb.Cleanup(func() {
		remove()
		_ = server.Close()
		<-done
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			tb.Errorf("the folder holds %v, %v when the host has ended", left, err)
		}
	})
	return dir
}

func newRemote(tb testing.TB, dir string) admin.Sessions {
	tb.Helper()
	s, err := admin.Remote(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
