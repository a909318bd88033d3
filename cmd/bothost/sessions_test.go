package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// TestSessionsScript runs the scripts of sessions. Besides the usual commands they
// have
//
//	store DIR          makes a folder with sessions
//	hold DIR           has the folder, as a host does that cannot be asked
//	host DIR           has the folder and answers
//	release            ends hold or host
//	exitcode N ARG...  runs bothost and wants this exit code
func TestSessionsScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/sessions",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"store": scriptStore, "hold": scriptHold, "host": scriptHost,
			"release": scriptRelease, "exitcode": scriptExitcode,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			o := new(owner)
			env.Values[ownerKey{}] = o
			env.Defer(func() {
				if err := o.release(); err != nil {
					t.Error(err)
				}
			})
			return nil
		},
	})
}

// owner is what has a folder in the place of a host.
type owner struct{ end []func() error }

type ownerKey struct{}

func (o *owner) release() (err error) {
	for len(o.end) > 0 {
		last := len(o.end) - 1
		err = errors.Join(err, o.end[last]())
		o.end = o.end[:last]
	}
	return err
}

func (o *owner) hold(dir string) (*pebble.Store, error) {
	s, err := pebble.Open(pebble.Options{Dir: dir})
	if err == nil {
		o.end = append(o.end, s.Close)
	}
	return s, err
}

// host serves a folder as a host does.
func (o *owner) host(dir string) error {
	s, err := o.hold(dir)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secret, remove, err := admin.Announce(dir, listener.Addr().String())
	if err != nil {
		return err
	}
	server := &http.Server{Handler: admin.Handler(admin.Local(s), secret)}
	done := make(chan struct{})
	go func() { // ends with Close
		defer close(done)
		_ = server.Serve(listener)
	}()
	o.end = append(o.end, func() error {
		remove()
		err := server.Close()
		<-done
		return err
	})
	return nil
}

func scriptHold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold DIR")
	}
	_, err := ts.Value(ownerKey{}).(*owner).hold(ts.MkAbs(args[0]))
	ts.Check(err)
}

func scriptHost(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: host DIR")
	}
	ts.Check(ts.Value(ownerKey{}).(*owner).host(ts.MkAbs(args[0])))
}

func scriptRelease(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: release")
	}
	ts.Check(ts.Value(ownerKey{}).(*owner).release())
}

func scriptStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: store DIR")
	}
	s, err := pebble.Open(pebble.Options{Dir: ts.MkAbs(args[0]), Durability: pebble.None})
	ts.Check(err)
	ts.Check(fillStore(s))
	ts.Check(s.Close())
}

// fillStore makes the sessions that the scripts know.
func fillStore(s session.Store) error {
	const minute = 60_000
	const start = 1_750_000_000_000 // 2025-06-15T15:06:40Z
	text := func(seq, turn uint64, from abi.From, body string) abi.Entry {
		return abi.Entry{Seq: seq, From: from, Kind: abi.KindText, Body: body,
			Time: start + int64(turn)*minute, Turn: turn}
	}
	ada := session.Commit{
		Key: session.Key{Bot: "greetings", Namespace: session.NamespaceHost, ID: "ada"},
		Head: session.Head{Epoch: 1, Seq: 4, Turn: 1, State: "hello", VarBytes: 16,
			Back: []string{"menu", "help\x1b"}},
		Vars: []abi.Var{
			{Key: "name", Value: "Ada\x1b[31m"}, {Key: "long", Value: strings.Repeat("é", 150)},
		},
		Entries: []abi.Entry{
			text(1, 1, abi.FromUser, "hello, I am Ada"),
			text(2, 1, abi.FromBot, "Hi!\nHow are you?\x1b]0;evil\a \u202eevil"),
			{Seq: 3, From: abi.FromBot, Kind: abi.KindOptions, Time: start + minute, Turn: 1,
				Body: `[{"label":"Good","value":"g"},{"label":"Bad","value":"b"}]`},
			text(4, 1, abi.FromHost, "the bot was changed"),
		},
		Jobs: []session.JobChange{
			{Job: session.Job{ID: "t", Kind: session.JobTimer, Name: "nag", Due: start + 9*minute,
				Turn: 1, Data: "later"}},
			{Job: session.Job{ID: "r", Kind: session.JobRequest, Name: "ask", Due: start,
				Turn: 1, Data: `{"url":"https://example.org"}`}},
			{Job: session.Job{ID: "a", Kind: session.JobAfter, Due: start + 2*minute, Turn: 1,
				Data: "60000"}},
			{Job: session.Job{ID: "k", Kind: session.JobRecheck, Due: start + minute, Turn: 1}},
			{Job: session.Job{ID: "w:1:0", Kind: session.JobWaiting, Name: "paid", Turn: 1,
				Data: `{"kind":"event","name":"paid","data":"7","time":1750000000000}`}},
		},
		Receipt: session.Receipt{ID: "m1", Epoch: 1, Seq: 1, Turn: 1},
	}
	commits := []session.Commit{ada}
	long := session.Commit{
		Key:  session.Key{Bot: "greetings", Namespace: session.NamespaceHost, ID: "grace"},
		Head: session.Head{Epoch: 2, Seq: 230, Turn: 1, Keep: 24 * 60 * minute},
	}
	for i := range uint64(230) {
		long.Entries = append(long.Entries, text(i+1, 1, abi.FromUser,
			fmt.Sprintf("line %d.", i+1)))
	}
	commits = append(commits, long)
	for _, key := range []session.Key{
		{Bot: "echo", Namespace: session.NamespaceHost, ID: "twin"},
		{Bot: "echo", Namespace: session.NamespaceClient, ID: "twin"},
		{Bot: "greetings", Namespace: session.NamespaceClient, ID: "twin"},
		{Bot: "echo", Namespace: session.NamespaceClient, ID: "../\x1b[2J\nx"},
	} {
		commits = append(commits, session.Commit{
			Key: key, Head: session.Head{Epoch: 1, Seq: 1, Turn: 1},
			Entries: []abi.Entry{text(1, 1, abi.FromUser, "secret words")},
		})
	}
	for i := range commits {
		c := &commits[i]
		c.Head.Created, c.Head.Updated = start, start+minute
		c.Head.Resume = [32]byte{0xab, 0xcd, 0xef}
		if err := s.Commit(context.Background(), c); err != nil {
			return err
		}
	}
	return nil
}

// TestWriteWhole holds that a file is there whole or is what it was before, and
// that nothing else stays.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	text := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, werr := io.WriteString(w, s)
			return errors.Join(err, werr)
		}
	}
	boom := errors.New("boom")
	check := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if want == "" && errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q, %v, want %q", got, err, want)
		}
		if names, _ := filepath.Glob(filepath.Join(dir, ".*")); len(names) > 0 {
			t.Errorf("%q stay", names)
		}
	}
	if err := writeWhole(path, text("half", boom)); !errors.Is(err, boom) {
		t.Errorf("writeWhole = %v, want boom", err)
	}
	check("")
	if err := writeWhole(path, text("one", nil)); err != nil {
		t.Error(err)
	}
	check("one")
	if err := writeWhole(path, text("half", boom)); !errors.Is(err, boom) {
		t.Errorf("writeWhole = %v, want boom", err)
	}
	check("one")
	if err := writeWhole(path, text("two", nil)); err != nil {
		t.Error(err)
	}
	check("two")
	if err := writeWhole(dir, text("", nil)); !errors.As(err, new(usageError)) {
		t.Errorf("writeWhole to a folder = %v, want a usage error", err)
	}
}

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"héllo 👩‍👩‍👧":     "héllo 👩‍👩‍👧",
		"a\tb\nc":         `a\tb\nc`,
		"\x1b[31m":        `\x1b[31m`,
		"\u202e\u0085":    `\u202e\u0085`,
		"in\xffvalid":     `in\xffvalid`,
		"\uFFFD":          "\uFFFD",
		"it's \"quoted\"": `it's "quoted"`,
	} {
		if got := shown(in); got != want {
			t.Errorf("shown(%q) = %s, want %s", in, got, want)
		}
	}
}
