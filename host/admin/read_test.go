package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
)

// failing returns an error from all calls; or calls before, if it is set, and then
// those of Sessions.
type failing struct {
	admin.Sessions
	err    error
	before func()
}

func (f failing) Show(ctx context.Context, k session.Key) (session.Record, error) {
	return f.Sessions.Show(ctx, k)
}

func (f failing) Entries(ctx context.Context, k session.Key, after uint64, limit int) (
	session.Page, error) {
	f.before()
	return f.Sessions.Entries(ctx, k, after, limit)
}

func (f failing) Delete(context.Context, session.Key) error { return f.err }

func TestRead(t *testing.T) {
	s := admin.Local(newStore(t))
	for _, test := range []struct {
		id          string
		last        int
		first, want uint64
	}{
		{"a", admin.All, 1, 5},
		{"a", 0, 0, 0},
		{"a", 1, 5, 1},
		{"a", 4, 2, 4},
		{"a", 5, 1, 5},
		{"a", 6, 1, 5},
		{"b", admin.All, 1, 250},
		{"b", 101, 150, 101},
	} {
		got, err := admin.Read(t.Context(), s, key("greetings", test.id), test.last)
		if err != nil {
			t.Fatal(err)
		}
		if n := uint64(len(got.Entries)); n != test.want ||
			n > 0 && got.Entries[0].Seq != test.first {
			t.Errorf("Read(%s, %d) = %d entries %v, want %d from %d",
				test.id, test.last, n, got.Entries, test.want, test.first)
		}
	}
	_, err := admin.Read(t.Context(), s, key("greetings", "none"), 1)
	if !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Read of an unknown session = %v, want ErrNotFound", err)
	}
}

// TestRead_Reset holds that what is read is of one moment, while the session goes
// on, begins anew, or loses its oldest entries.
func TestRead_Reset(t *testing.T) {
	reset := func(c *session.Commit) {
		c.Reset = true
		c.Head.Epoch++
		c.Head.Seq = 0
	}
	k := key("b", "a")
	add := func(s session.Store) { commit(t, s, k, 1, nil) }
	addMany := func(s session.Store) { commit(t, s, k, 150, nil) }
	renew := func(s session.Store) { commit(t, s, k, 3, reset) }
	remove := func(s session.Store) { _ = s.Delete(context.Background(), k) }
	for _, test := range []struct {
		name    string
		changes int // calls of Entries that something happens before
		change  func(session.Store)
		epoch   uint64
		want    []uint64 // first, unless it is 0, and last
		fails   bool
	}{
		{"growing", 100, add, 1, []uint64{1, 250}, false},
		{"reset", 2, renew, 3, []uint64{1, 3}, false},
		{"always", 1000, renew, 0, nil, true},
		{"trimmed", 2, addMany, 1, []uint64{0, 550}, false},
		{"deleted", 1, remove, 0, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := memory.New(memory.Options{Entries: 300})
			commit(t, store, key("b", "a"), 250, nil)
			n := 0
			s := failing{Sessions: admin.Local(store), before: func() {
				if n++; n <= test.changes {
					test.change(store)
				}
			}}
			got, err := admin.Read(t.Context(), s, key("b", "a"), admin.All)
			if test.fails {
				if err == nil {
					t.Errorf("Read = %+v, want an error", got.Head)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			last := got.Entries[len(got.Entries)-1].Seq
			if got.Head.Epoch != test.epoch || last != test.want[1] || got.Head.Seq != last {
				t.Errorf("Read = epoch %d, seq %d, last entry %d; want %d, %v",
					got.Head.Epoch, got.Head.Seq, last, test.epoch, test.want)
			}
			for i := range got.Entries {
				if got.Entries[i].Seq != last-uint64(len(got.Entries)-1-i) {
					t.Fatalf("Read has a gap at entry %d", got.Entries[i].Seq)
				}
			}
			if test.want[0] != 0 && got.Entries[0].Seq != test.want[0] {
				t.Errorf("Read begins at %d, want %d", got.Entries[0].Seq, test.want[0])
			}
		})
	}
}

func TestFind(t *testing.T) {
	s := admin.Local(newStore(t))
	client := session.Key{Bot: "other", Namespace: session.NamespaceClient, ID: "b"}
	for _, test := range []struct {
		id, bot   string
		namespace session.Namespace
		want      []session.Key
	}{
		{"a", "", 0, []session.Key{key("greetings", "a")}},
		{"b", "", 0, []session.Key{client, key("other", "b"), key("greetings", "b")}},
		{"b", "other", 0, []session.Key{client, key("other", "b")}},
		{"b", "", session.NamespaceClient, []session.Key{client}},
		{"b", "other", session.NamespaceHost, []session.Key{key("other", "b")}},
		{"a", "other", 0, nil},
		{"none", "", 0, nil},
		{"in\x80valid", "", 0, []session.Key{key("b\xff\xfet", "in\x80valid")}},
	} {
		got, err := admin.Find(t.Context(), s, test.id, test.bot, test.namespace)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("Find(%q, %q, %d) = %q, %v, want %q",
				test.id, test.bot, test.namespace, got, err, test.want)
		}
	}
}

// TestSession_JSON holds that a line of an export is one line of JSON that no
// terminal obeys, has all of the session, and no token.
func TestSession_JSON(t *testing.T) {
	s := admin.Local(newStore(t))
	n := 0
	err := admin.Each(t.Context(), s, "", func(sum *session.Summary) error {
		n++
		got, err := admin.Read(t.Context(), s, sum.Key, admin.All)
		if err != nil {
			return err
		}
		line, err := got.JSON()
		if err != nil {
			return err
		}
		checkLine(t, line)
		summary, err := admin.SummaryJSON(sum)
		checkLine(t, summary)
		if strings.Contains(string(summary), "entries") {
			t.Errorf("%s: a list tells what was said", summary)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
}

func checkLine(t *testing.T, line []byte) {
	t.Helper()
	body, ended := bytes.CutSuffix(line, []byte("\n"))
	if !ended || !json.Valid(body) || !utf8.Valid(body) {
		t.Errorf("%q is no line of JSON", line)
	}
	for _, r := range string(body) {
		if !strconv.IsPrint(r) {
			t.Errorf("%q holds %U", line, r)
		}
	}
	if bytes.Contains(body, []byte("esume")) {
		t.Errorf("%s tells something of the resume token", body)
	}
}

// TestSession_JSON_shape holds the shape that doc.go describes.
func TestSession_JSON_shape(t *testing.T) {
	s := admin.Session{
		Key: session.Key{Bot: "b\xff", Namespace: session.NamespaceClient, ID: "x"},
		Record: session.Record{
			Head: session.Head{Epoch: 1, Seq: 2, Turn: 3, State: "hello\x1b",
				Back: []string{"a", "b"}, User: "ann", Title: "t", VarBytes: 4,
				Created: 5, Updated: 6, Keep: 7, Resume: [32]byte{9}},
			Vars: map[string]string{"k": "<v>\U000E0001"},
			Jobs: []session.Job{{ID: "i", Kind: session.JobTimer, Name: "n", Due: 8,
				Turn: 2, Data: "d"}},
		},
		Entries: []abi.Entry{
			{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "hi",
				ID: "m1", Time: 9, Turn: 1},
			{Seq: 2, From: abi.FromBot, Kind: abi.KindOptions, Time: 9, Turn: 1,
				Body: `[ {"label":"A",` + "\n" + `"value":"a"}]`},
		},
	}
	const want = `{"version":1,"bot":{"base64":"Yv8="},"namespace":"client","id":"x",` +
		`"head":{"epoch":1,"seq":2,"turn":3,"state":"hello\u001b","back":["a","b"],"user":"ann","title":"t","var_bytes":4,` +
		`"created":5,"updated":6,"keep":7,"expires":13},"vars":{"k":"<v>\udb40\udc01"},` +
		`"jobs":[{"id":"i","kind":"timer","name":"n","due":8,"turn":2,"data":"d"}],` +
		`"entries":[{"seq":1,"from":"user","kind":"text","body":"hi","id":"m1","time":9,"turn":1},` +
		`{"seq":2,"from":"bot","kind":"options","body":[{"label":"A","value":"a"}],"time":9,"turn":1}]}` + "\n"
	got, err := s.JSON()
	if err != nil || string(got) != want {
		t.Errorf("JSON() = %s, %v\nwant %s", got, err, want)
	}
	empty, err := (&admin.Session{Key: key("b", "")}).JSON()
	if err != nil || !strings.Contains(string(empty), `"vars":{},"jobs":[],"entries":[]`) {
		t.Errorf("JSON() of an empty session = %s, %v", empty, err)
	}
	s.Entries[1].Body = "{"
	if got, err := s.JSON(); err == nil {
		t.Errorf("JSON() of a damaged session = %s, want an error", got)
	}
}

func TestNamespaceName(t *testing.T) {
	for n := range 256 {
		namespace := session.Namespace(n)
		name := admin.NamespaceName(namespace)
		if got, err := admin.ParseNamespace(name); err != nil || got != namespace {
			t.Errorf("ParseNamespace(%q) = %d, %v, want %d", name, got, err, n)
		}
	}
	for _, name := range []string{"", "h", "Host", "256", "-1"} {
		if got, err := admin.ParseNamespace(name); err == nil {
			t.Errorf("ParseNamespace(%q) = %d, want an error", name, got)
		}
	}
	host, client := admin.NamespaceName('h'), admin.NamespaceName('c')
	if host != "host" || client != "client" {
		t.Errorf("the namespaces are called %s and %s", host, client)
	}
}
