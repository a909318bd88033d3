package host

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// give sends a file and returns the bot's reply to it.
func (c *carrier) give(id string, content []byte) client.Frame {
	c.tb.Helper()
	up := c.post(c.ticket(id), "?name="+id, "", bytes.NewReader(content))
	if up.status != 201 {
		c.tb.Fatalf("POST = %+v", up)
	}
	if err := c.Files(c.tb.Context(), id, up.File); err != nil {
		c.tb.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Accepted || f.ID != id {
		c.tb.Fatalf("answer to files = %+v", f)
	}
	return c.receive()
}

// wantContent wants a file of an entry to be this.
func (c *carrier) wantContent(url string, content []byte) {
	c.tb.Helper()
	status, body, _ := c.fetch(url, c.Resume().Resume, "")
	if status != 200 || body != string(content) {
		c.tb.Errorf("GET %s = %d, %d bytes, want the %d that were sent", url, status,
			len(body), len(content))
	}
}

// Two sessions have the same content. When one begins anew, what only it had goes; the
// other still has it.
func TestFiles_Shared(t *testing.T) {
	h, a := serveFiles(t, Options{})
	b := newCarrier(t, dial(t, h), a.host, filepath.Dir(a.dir))
	shared, own := noise(10_000, 1), noise(10_000, 2)
	a.give("a1", shared)
	a.give("a2", own)
	reply := b.give("b1", shared)
	a.wantFiles(2)
	if err := a.Reset(t.Context(), "r"); err != nil {
		t.Fatal(err)
	}
	a.wantFiles(1)
	b.wantContent(reply.Files[0].URL, shared)
	if err := b.Reset(t.Context(), "r"); err != nil {
		t.Fatal(err)
	}
	b.wantFiles(0)
}

// Sweeps run all the time, while sessions send files, fetch them, and begin anew:
// what an entry refers to is always there.
func TestFiles_SweepHammer(t *testing.T) {
	const clients, each = 8, 12
	h, first := serveFiles(t, Options{})
	done := make(chan struct{})
	var sweeper, users sync.WaitGroup
	sweeper.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := h.files.sweep(h.opts.Store); err != nil {
				t.Errorf("sweep = %v", err)
				return
			}
		}
	})
	for i := range clients {
		c := newCarrier(t, dial(t, h), first.host, filepath.Dir(first.dir))
		users.Go(func() {
			for n := range each {
				// Some contents are those of others, too.
				content := noise(5000, uint64(i%2*each+n))
				reply := c.give(fmt.Sprintf("f%d", n), content)
				c.wantContent(reply.Files[0].URL, content)
				c.wantContent(strings.Replace(reply.Files[0].URL, fmt.Sprintf("/%d/0", reply.Seq),
					fmt.Sprintf("/%d/0", reply.Seq-1), 1), content)
				if n%4 == 3 {
					c.reset(fmt.Sprintf("r%d", n))
				}
			}
		})
	}
	users.Wait()
	close(done)
	sweeper.Wait()
	first.wantFiles(0) // each ended with a reset
}

// reset begins the session anew.
func (c *carrier) reset(id string) {
	c.tb.Helper()
	if err := c.Reset(c.tb.Context(), id); err != nil {
		c.tb.Error(err)
	}
	for range 2 {
		if f := c.receive(); f.Type != native.Accepted && f.Type != native.Reset {
			c.tb.Errorf("answer to reset = %+v", f)
		}
	}
}

// waitingFiles is a bot in whose first state files wait. A text lets it take them,
// which gives the first one back.
const waitingFiles = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "file_read" (func $read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "reply_file" (func $file (param i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 3)
  (data (i32.const 0) "backa/b")
  (data (i32.const 1024) "%s")
  (func (export "describe") (call $output (i32.const 1024) (i32.const %d)))
  (func (export "on_message"))
  (func (export "on_enter")
    (if (i32.eq (call $input (i32.const 0) (i32.const 0)) (i32.const 5))
      (then (call $file (i32.const 0) (i32.const 4) (i32.const 4) (i32.const 3) (i32.const 4096)
        (call $read (i32.const 0) (i64.const 0) (i32.const 4096) (i32.const 65536)))))))`

const waitingDefinition = `{"name":"waiting","version":"1","states":[` +
	`{"name":"closed","initial":true,"transitions":[{"message":true,"to":"open"}]},` +
	`{"name":"open","transitions":[{"file":true,"to":"filed"}]},` +
	`{"name":"filed","transitions":[{"auto":true,"to":"closed"}]}]}`

// Files of an event that waits are there after a kill and sweeps, also when its entry
// has left the log.
func TestFiles_Waiting(t *testing.T) {
	dir, addr := t.TempDir(), freeAddr(t)
	source := fmt.Sprintf(waitingFiles, strings.ReplaceAll(waitingDefinition, `"`, `\"`),
		len(waitingDefinition))
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"),
		assemble(t, source), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(childEntriesEnv, "1")
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	c := dialCarrier(t, client.Options{URL: "ws://" + addr}, addr, filepath.Join(dir, "data"))
	content := noise(30_000, 1)
	up := c.post(c.ticket("u"), "?name=x", "", bytes.NewReader(content))
	if err := c.Files(t.Context(), "f1", up.File); err != nil {
		t.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Accepted {
		t.Fatalf("answer to files = %+v", f)
	}
	for _, id := range []string{"j1", "j2"} { // what pushes the entry out of the log
		if err := c.JSON(t.Context(), id, "1"); err != nil {
			t.Fatal(err)
		}
		if f := c.receive(); f.Type != native.Accepted {
			t.Fatalf("answer to json = %+v", f)
		}
	}
	host.kill()
	store := openSessions(t, dir)
	if refs := logRefs(t, store); len(refs) != 0 {
		t.Fatalf("the log refers to %d files, want the event alone to do so", len(refs))
	}
	wantExactly(t, filepath.Join(dir, "data"), store, 1)

	host = startChild(t, dir, addr)
	c = dialCarrier(t, c.Resume(), addr, filepath.Join(dir, "data"))
	c.wantFiles(1)
	c.say("m1", "open")
	for {
		if f := c.receive(); f.Type == native.Entry && f.Kind == abi.KindFile {
			c.wantContent(f.Files[0].URL, content)
			return
		}
	}
}

func openSessions(t *testing.T, dir string) *pebble.Store {
	t.Helper()
	store, err := pebble.Open(pebble.Options{Dir: filepath.Join(dir, "data"), Entries: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// logRefs returns the files that logs refer to.
func logRefs(t *testing.T, store session.Store) refs {
	t.Helper()
	live := make(refs)
	list, err := store.List(t.Context(), "", session.Key{}, 1<<20)
	for i := range list {
		if err == nil {
			err = live.addLog(t.Context(), store, list[i].Key)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// wantExactly wants each file to be there that sessions refer to, whole, and after a
// sweep no others. least is how many there must be for the test to mean anything. It
// closes the store.
func wantExactly(t *testing.T, data string, sessions *pebble.Store, least int) {
	t.Helper()
	k, err := openKeeper(Options{Data: data}.defaults())
	if err != nil {
		t.Fatal(err)
	}
	live, err := referred(t.Context(), sessions)
	if err != nil {
		t.Fatal(err)
	}
	for r := range live {
		c, err := k.store.Open(r)
		if err != nil {
			t.Errorf("a file that an entry refers to: %v", err)
			continue
		}
		again, err := files.NewMemory(files.Options{}).Put(t.Context(), c, files.PutOptions{})
		if err != nil || again.Ref != r {
			t.Errorf("the file %v has another content: %v", r, err)
		}
		_ = c.Close()
	}
	if err := k.sweep(sessions); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(filepath.Join(data, "files", "sha256"))
	if err != nil || len(names) != len(live) || len(live) < least {
		t.Errorf("there are %d files (%v), and %d that sessions refer to, want as many, and %d at least",
			len(names), err, len(live), least)
	}
	if err := sessions.Close(); err != nil {
		t.Fatal(err)
	}
}

// A host is killed while files come, are replied with, and go: after each time, a file
// is there exactly if an entry refers to it.
func TestFiles_Kill(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 2
	}
	dir, addr := t.TempDir(), freeAddr(t)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"),
		assemble(t, giveBack), 0o600); err != nil {
		t.Fatal(err)
	}
	var sent atomic.Uint64
	for round := range rounds {
		host := startChild(t, dir, addr)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		var users sync.WaitGroup
		var replied atomic.Int64
		for range 8 {
			users.Go(func() { giveUntilKilled(ctx, addr, &sent, &replied) })
		}
		waitForOr(t, func() bool { return replied.Load() >= int64(20+7*round) },
			func() string { return fmt.Sprintf("%d files came back", replied.Load()) })
		host.kill()
		cancel()
		users.Wait()
		wantExactly(t, filepath.Join(dir, "data"), openSessions(t, dir), 5)
	}
}

// giveUntilKilled sends files of its own, and now and then begins anew, until the host
// is gone.
func giveUntilKilled(
	ctx context.Context, addr string, sent *atomic.Uint64, replied *atomic.Int64,
) {
	s, err := client.Open(ctx, client.SessionOptions{Options: client.Options{URL: "ws://" + addr}})
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	var hearing sync.WaitGroup
	hearing.Go(func() {
		for {
			f, err := s.Receive(ctx)
			if err != nil {
				return
			}
			if f.Kind == abi.KindFile {
				replied.Add(1)
			}
		}
	})
	defer hearing.Wait()
	for n := 0; ctx.Err() == nil; n++ {
		i := sent.Add(1)
		content := noise(int(i%3000)+1, i)
		id, err := s.Upload(ctx, client.File{
			Name: "n", Content: bytes.NewReader(content), Size: int64(len(content)),
		})
		if err != nil {
			return
		}
		if i%5 == 0 {
			continue // nobody refers to it
		}
		if _, err := s.Files(ctx, id); err != nil {
			return
		}
		if i%17 == 0 {
			if _, err := s.Reset(ctx); err != nil {
				return
			}
		}
	}
}
