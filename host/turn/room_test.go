package turn_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// crowd is a bot that replies with what it hears, as a file, and then waits until all
// others came so far.
type crowd struct {
	*bot
	inside chan string
	leave  chan struct{}
}

func newCrowd() *crowd {
	c := &crowd{inside: make(chan string), leave: make(chan struct{})}
	c.bot = &bot{handlers: map[abi.Export]handler{
		abi.OnMessage: func(input string, h abi.Host) (abi.Result, error) {
			content, result, _ := strings.Cut(input, " ")
			if err := h.ReplyFile([]byte("a"), []byte("a/b"), []byte(content)); err != nil {
				return 0, fmt.Errorf("on_message: %w", err)
			}
			c.inside <- content
			<-c.leave
			switch result {
			case "failed":
				return abi.Failed, nil
			case "trapped":
				return 0, errors.New("trap")
			case "not handled":
				return abi.NotHandled, nil
			}
			return abi.Done, nil
		},
	}}
	return c
}

// full lets turns of sessions reply with all that a host has room for, runs meanwhile,
// and lets them end.
func (c *crowd) full(t *testing.T, handles []*turn.Handle, id, text string, meanwhile func(),
) []session.Outcome {
	t.Helper()
	outcomes := make([]session.Outcome, len(handles))
	var turns sync.WaitGroup
	for i, h := range handles {
		turns.Go(func() { outcomes[i] = submit(t, h, message(id, text)) })
	}
	for range handles {
		<-c.inside
	}
	meanwhile()
	for range handles {
		c.leave <- struct{}{}
	}
	turns.Wait()
	return outcomes
}

// Files that several turns reply with have a bound together. Who is above it is told
// to come again, and the same then runs; the room is free again however turns end.
func TestFiles_Room(t *testing.T) {
	var words bytes.Buffer
	c, cabinet := newCrowd(), newCabinet()
	r := newRunner(t, c.bot, turn.Options{
		Files: cabinet, Limits: abi.Limits{EventFileBytes: 10, StagedFileBytes: 30},
		Logger: slog.New(slog.NewTextHandler(&words, nil)),
	})
	var handles []*turn.Handle
	for i := range 3 {
		handles = append(handles, newSession(t, r, fmt.Sprint(i)))
	}
	late := newSession(t, r, "late")
	const ten = "0123456789"
	for i, end := range []string{"failed", "trapped", "not handled", "done", "put", "done"} {
		id := fmt.Sprint(i)
		cabinet.failWith(nil)
		outcomes := c.full(t, handles, id, ten+" "+end, func() {
			words.Reset()
			if o := submit(t, late, message(id, "x")); o.Code != abi.CodeBusy || o.Retry == 0 {
				t.Errorf("%s: outcome above = %+v, want busy, to be tried again", end, o)
			}
			for _, want := range []string{"level=WARN", "session=late", "func=on_message",
				"limit=staged-file-bytes bytes=30", "reply_file: data: there is no room"} {
				if !strings.Contains(words.String(), want) {
					t.Errorf("log = %s, want %s in it", &words, want)
				}
			}
			if end == "put" {
				cabinet.failWith(errors.New("disk"))
			}
		})
		for _, o := range outcomes {
			if want := end == "put"; (o.Code == abi.CodeStoreUnavailable) != want ||
				(o.Code == 0) == want {
				t.Errorf("%s: outcome = %+v", end, o)
			}
		}
		cabinet.failWith(nil)
		if o := c.full(t, []*turn.Handle{late}, id, "x", func() {})[0]; o.Code != 0 || o.Duplicate {
			t.Errorf("%s: outcome of the same again = %+v, want a first one", end, o)
		}
	}
}

// A turn that is alone has what a turn may have, whatever all have together.
func TestFiles_Room_alone(t *testing.T) {
	c := newCrowd()
	r := newRunner(t, c.bot, turn.Options{
		Files: newCabinet(), Limits: abi.Limits{EventFileBytes: 10, StagedFileBytes: 3},
	})
	h := newSession(t, r, "s")
	if o := c.full(t, []*turn.Handle{h}, "1", "0123456789", func() {})[0]; o.Code != 0 {
		t.Errorf("outcome = %+v, want it accepted", o)
	}
}
