package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/wat"
)

const (
	fileSize = 10_000_000
	// fileUploads are brought at once by fileSessions.
	fileUploads, fileSessions = 100, 10
	// fileMemory is what they may take together, in bytes: a hundredth of what they
	// bring.
	fileMemory = 32 << 20
	frameRows  = 1000
)

// fileBot reads a file to its end and says so. A text is a kind, a space and a body,
// and the reply to it.
const fileBot = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "reply_as" (func $as (param i32 i32 i32 i32)))
  (import "bothost_v1" "file_read" (func $read (param i32 i64 i32 i32) (result i32)))
  (memory (export "memory") 20)
  (data (i32.const 0) "read")
  (func (export "on_file") (local $at i64) (local $n i32)
    (loop $next
      (local.set $n (call $read (i32.const 0) (local.get $at) (i32.const 65536) (i32.const 262144)))
      (local.set $at (i64.add (local.get $at) (i64.extend_i32_u (local.get $n))))
      (br_if $next (local.get $n)))
    (call $reply (i32.const 0) (i32.const 4)))
  (func (export "on_message") (local $len i32) (local $at i32)
    (local.set $at (i32.const 65536))
    (local.set $len (i32.add (local.get $at) (call $input (local.get $at) (i32.const 1048576))))
    (loop $next
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $at)) (i32.const 32))))
    (call $as (i32.const 65536) (i32.sub (local.get $at) (i32.const 65536))
      (i32.add (local.get $at) (i32.const 1))
      (i32.sub (i32.sub (local.get $len) (local.get $at)) (i32.const 1)))))`

// carried measures files and large replies, through all of a host that keeps them on
// disk.
func carried(ctx context.Context, s settings, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bothost-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f, err := openFiles(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "files, %d rounds\tmedian\tto the reference\n", s.rounds)
	if err := f.uploads(ctx, s, t); err != nil {
		return err
	}
	if err := f.frames(ctx, s, t); err != nil {
		return err
	}
	if err := f.memory(ctx, t); err != nil {
		return err
	}
	return t.Flush()
}

// filing is a host with a bot for files, and beside it a bare server.
type filing struct {
	dir, url, bare string
	conn           *client.Conn
	close          func() error
	n              int
}

func openFiles(ctx context.Context, dir string) (*filing, error) {
	module, err := wat.Assemble(fileBot)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "bot.wasm")
	if err := os.WriteFile(path, module, 0o600); err != nil {
		return nil, err
	}
	h, err := host.New(host.Options{
		Files: []string{path}, Addr: "127.0.0.1:0", Data: filepath.Join(dir, "data"),
	})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	f := &filing{dir: dir, url: "http://" + h.Addr().String(), bare: "http://" + l.Addr().String()}
	bare := &http.Server{Handler: http.HandlerFunc(f.keep)}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = bare.Serve(l) }) // it ends with close
	done := make(chan error, 1)
	running.Go(func() { done <- h.Run(ctx) })
	f.close = func() error {
		if f.conn != nil {
			_ = f.conn.Close() // the host ends anyway
		}
		cancel()
		err := errors.Join(bare.Close(), <-done)
		running.Wait()
		http.DefaultClient.CloseIdleConnections()
		return err
	}
	if f.conn, err = client.Dial(ctx, client.Options{URL: f.url}); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// keep is the bare server: the body is in a file, by its own name, and both are on
// disk, before it answers.
func (f *filing) keep(w http.ResponseWriter, r *http.Request) {
	err := func() error {
		file, err := os.CreateTemp(f.dir, "bare-")
		if err != nil {
			return err
		}
		_, err = io.Copy(file, r.Body)
		if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
			return err
		}
		name := file.Name() + "-whole"
		if err := os.Rename(file.Name(), name); err != nil {
			return err
		}
		folder, err := os.Open(f.dir)
		if err != nil {
			return err
		}
		return errors.Join(folder.Sync(), folder.Close(), os.Remove(name))
	}()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// send posts a body and returns what was answered.
func send(ctx context.Context, url, token string, body []byte) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	answer, err = io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil &&
		res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("POST %s: %s: %s", url, res.Status, answer)
	}
	return answer, err
}

// receive returns the next frame of a type.
func receive(ctx context.Context, c *client.Conn, want native.Type) (client.Frame, error) {
	for {
		f, err := c.Receive(ctx)
		if err != nil || f.Type == want {
			return f, err
		}
		if f.Type == native.Rejected {
			return f, fmt.Errorf("rejected: %s: %s", f.Code, f.Error)
		}
	}
}

// bring uploads a file over a connection, and returns the upload's id.
func (f *filing) bring(
	ctx context.Context, c *client.Conn, id string, content []byte,
) (string, error) {
	if err := c.Upload(ctx, id); err != nil {
		return "", err
	}
	ticket, err := receive(ctx, c, native.Upload)
	if err != nil {
		return "", err
	}
	answer, err := send(ctx, f.url+ticket.URL, ticket.Token, content)
	upload, _ := jsontext.Lookup(answer, "file")
	return string(upload), err
}

// uploads measures one file at a time, until the bot has read it to its end.
func (f *filing) uploads(ctx context.Context, s settings, w io.Writer) error {
	var through, alone, bare []time.Duration
	for range s.rounds {
		f.n++
		content := make([]byte, fileSize)
		_, _ = rand.NewChaCha8([32]byte{byte(f.n)}).Read(content) // it never fails
		begun := time.Now()
		id := fmt.Sprint("f", f.n)
		upload, err := f.bring(ctx, f.conn, id, content)
		alone = append(alone, time.Since(begun))
		if err == nil {
			err = f.conn.Files(ctx, id, upload)
		}
		if err == nil {
			_, err = receive(ctx, f.conn, native.Entry)
		}
		if err != nil {
			return err
		}
		through = append(through, time.Since(begun))
		begun = time.Now()
		if _, err := send(ctx, f.bare, "", content); err != nil {
			return err
		}
		bare = append(bare, time.Since(begun))
	}
	fmt.Fprintf(w, "10 MB, bare upload to a synced file\t%.1f ms\t\n", ms(middle(bare)))
	fmt.Fprintf(w, "10 MB, upload alone\t%.1f ms\t%.2f\n", ms(middle(alone)),
		float64(middle(alone))/float64(middle(bare)))
	fmt.Fprintf(w, "10 MB, upload and a handler that reads it\t%.1f ms\t%.2f\n",
		ms(middle(through)),
		float64(middle(through))/float64(middle(bare)))
	return nil
}

// frames measures a table, beside a text of the same size.
func (f *filing) frames(ctx context.Context, s settings, w io.Writer) error {
	rows := make([]string, frameRows)
	for i := range rows {
		rows[i] = fmt.Sprintf(`["city %d",%d,%d.5,true,null]`, i, i, i)
	}
	table := `{"columns":["city","n","°C","open","note"],"rows":[` + strings.Join(rows, ",") + "]}"
	var took [2][]time.Duration
	for range 20 * s.rounds {
		for i, kind := range []abi.Kind{abi.KindText, abi.KindDataframe} {
			f.n++
			begun := time.Now()
			err := f.conn.Send(ctx, fmt.Sprint("m", f.n), string(kind)+" "+table)
			var e client.Frame
			if err == nil {
				e, err = receive(ctx, f.conn, native.Entry)
			}
			if err == nil && e.Kind != kind {
				err = fmt.Errorf("the bot replied with %s, want %s", e.Kind, kind)
			}
			if err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(begun))
		}
	}
	fmt.Fprintf(w, "a text of %d kB, there and back\t%.2f ms\t\n", len(table)/1000,
		ms(middle(took[0])))
	fmt.Fprintf(w, "1 000 rows of dataframe, the same bytes\t%.2f ms\t%.2f\n", ms(middle(took[1])),
		float64(middle(took[1]))/float64(middle(took[0])))
	return nil
}

// memory measures how much the process holds while many files come at once: client
// and host together.
func (f *filing) memory(ctx context.Context, w io.Writer) error {
	content := make([]byte, fileSize)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content) // it never fails
	before := memoryInUse()
	stop, peak := watchMemory()
	begun := time.Now()
	errs := make(chan error, fileSessions)
	for i := range fileSessions {
		go func() { errs <- f.bringMany(ctx, i, content) }() // waited for below
	}
	var err error
	for range fileSessions {
		err = errors.Join(err, <-errs)
	}
	took := time.Since(begun)
	close(stop)
	most := <-peak
	if err != nil {
		return err
	}
	held := int64(most) - int64(before)
	note := "bounded"
	if held > fileMemory {
		note = fmt.Sprintf("above %.0f MB", fileMemory/1e6)
	}
	fmt.Fprintf(w, "memory, %d uploads of 10 MB at once (%.1f s)\t%.1f MB\t%s\n",
		fileUploads, took.Seconds(), float64(held)/1e6, note)
	return nil
}

// bringMany brings one session's part of the files, all at once. Contents differ, so
// that none is another one's.
func (f *filing) bringMany(ctx context.Context, session int, content []byte) error {
	c, err := client.Dial(ctx, client.Options{URL: f.url})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // what counts is over
	const each = fileUploads / fileSessions
	tickets := make([]client.Frame, each)
	for i := range tickets {
		if err := c.Upload(ctx, fmt.Sprint("u", i)); err != nil {
			return err
		}
		if tickets[i], err = receive(ctx, c, native.Upload); err != nil {
			return err
		}
	}
	errs := make(chan error, each)
	for i, ticket := range tickets {
		go func() { // waited for below
			errs <- f.stream(ctx, ticket, byte(session*each+i), content)
		}()
	}
	for range tickets {
		err = errors.Join(err, <-errs)
	}
	return err
}

// stream posts a file that begins with a byte of its own, without another copy of it.
func (f *filing) stream(
	ctx context.Context, ticket client.Frame, first byte, content []byte,
) error {
	body := io.MultiReader(bytes.NewReader([]byte{first}), bytes.NewReader(content[1:]))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+ticket.URL, body)
	if err != nil {
		return err
	}
	req.ContentLength = int64(len(content))
	req.Header.Set("Authorization", "Bearer "+ticket.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err = res.Body.Close(); err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("POST %s: %s", ticket.URL, res.Status)
	}
	return err
}

// watchMemory looks at the memory in use until stop is closed, and sends the most that
// it saw.
func watchMemory() (stop chan struct{}, peak <-chan uint64) {
	stop = make(chan struct{})
	most := make(chan uint64, 1)
	go func() { // ends with stop
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		highest := uint64(0)
		for {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				highest = max(highest, m.HeapAlloc+m.StackInuse)
			case <-stop:
				most <- highest
				return
			}
		}
	}()
	return stop, most
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
