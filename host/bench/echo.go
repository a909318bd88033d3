package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/coder/websocket"

	"github.com/bothost/bothost/host/gobot"
	"github.com/bothost/bothost/host/wat"
)

// child is a server in a process of its own.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
	addr  string
}

// start runs this program as one of the servers.
func start(kind, module, profile string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, "-serve", kind, "-module", module, "-profile", profile)}
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := c.out.ReadString('\n')
	c.addr = strings.TrimSpace(line)
	if err != nil {
		return nil, fmt.Errorf("server %s did not start: %w", kind, err)
	}
	return c, nil
}

// usage asks the server what it has used.
func (c *child) usage() (processor time.Duration, memory int64, err error) {
	if _, err := fmt.Fprintln(c.stdin, "usage"); err != nil {
		return 0, 0, err
	}
	var n int64
	_, err = fmt.Fscanln(c.out, &n, &memory)
	return time.Duration(n), memory, err
}

// stop ends the server and waits for it.
func (c *child) stop() error {
	if err := c.stdin.Close(); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// round is what one round of load measured.
type round struct {
	perSecond float64
	p50, p99  time.Duration
	processor time.Duration // of the server, a message
	memory    float64       // of the server, a connection, in bytes
}

// contender is one of the servers that are compared.
type contender struct {
	name, kind, module string
}

// contenders builds the bots and returns the reference, first, and the host with
// each of them.
func contenders(dir string) ([]contender, error) {
	small, large := filepath.Join(dir, "wat.wasm"), filepath.Join(dir, "go.wasm")
	source, err := os.ReadFile(filepath.Join("testdata", "bots", "echo.wat"))
	if err != nil {
		return nil, err
	}
	data, err := wat.Assemble(string(source))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(small, data, 0o600); err != nil {
		return nil, err
	}
	if data, err = gobot.Build("plugins/examples/echo"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(large, data, 0o600); err != nil {
		return nil, err
	}
	return []contender{
		{"native", "native", ""}, {"bothost, wat", "bothost", small},
		{"bothost, go", "bothost", large},
	}, nil
}

// echo measures the servers in turn, for each number of connections.
func echo(ctx context.Context, s settings, w io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all, err := contenders(dir)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "echo\tconnections\tmessages/s\tp50 µs\tp99 µs\tserver CPU µs\tkB/connection\t")
	for text := range strings.SplitSeq(s.connections, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		if err := compare(ctx, s, n, all, tw); err != nil {
			return err
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return top(ctx, s, all[len(all)-1].module, filepath.Join(dir, "cpu.prof"), w)
}

// top prints where the host's processor time goes at 64 connections.
func top(ctx context.Context, s settings, module, profile string, w io.Writer) error {
	if _, err := load(ctx, "bothost", module, profile, 64, s.duration); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, order := range []string{"-flat", "-cum"} {
		out, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-nodecount=10", order,
			self, profile).Output()
		if err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
		fmt.Fprintf(w, "\nprocessor profile of bothost at 64 connections, top ten %s:\n%s",
			order, out)
	}
	return nil
}

// compare runs the rounds of all servers in turn, so that they see the same
// weather, and prints medians, and below those of the host the median of the
// rounds' ratios to the reference.
func compare(ctx context.Context, s settings, n int, all []contender, w io.Writer) error {
	rounds := make([][]round, len(all))
	for range s.rounds {
		for i, c := range all {
			r, err := load(ctx, c.kind, c.module, "", n, s.duration)
			if err != nil {
				return fmt.Errorf("%s, %d connections: %w", c.name, n, err)
			}
			rounds[i] = append(rounds[i], r)
		}
	}
	for i, c := range all {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.0f\t%.0f\t%.1f\t%s\t\n", c.name, n,
			each(rounds[i], perSecond), each(rounds[i], p50), each(rounds[i], p99),
			each(rounds[i], processor), perConnection(rounds[i], n))
		if i == 0 {
			continue
		}
		fmt.Fprintf(w, "to native\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t\t\n", n,
			ratio(rounds[i], rounds[0], perSecond), ratio(rounds[i], rounds[0], p50),
			ratio(rounds[i], rounds[0], p99), ratio(rounds[i], rounds[0], processor))
	}
	return nil
}

func perSecond(r round) float64 { return r.perSecond }
func p50(r round) float64       { return micros(r.p50) }
func p99(r round) float64       { return micros(r.p99) }
func processor(r round) float64 { return micros(r.processor) }

// perConnection says nothing where the connections are too few to tell their
// memory from that of everything else.
func perConnection(rounds []round, n int) string {
	if n < 500 {
		return ""
	}
	return fmt.Sprintf("%.1f", each(rounds, func(r round) float64 { return r.memory / 1000 }))
}

func ratio(rounds, reference []round, f func(round) float64) float64 {
	var v []float64
	for i := range rounds {
		v = append(v, f(rounds[i])/f(reference[i]))
	}
	return median(v)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func each(rounds []round, f func(round) float64) float64 {
	var v []float64
	for _, r := range rounds {
		v = append(v, f(r))
	}
	return median(v)
}

// load starts a server and talks to it over n connections, each with one
// message in flight.
func load(
	ctx context.Context, kind, module, profile string, n int, duration time.Duration,
) (r round, err error) {
	server, err := start(kind, module, profile)
	if err != nil {
		return r, err
	}
	defer func() {
		if e := server.stop(); err == nil {
			err = e
		}
	}()
	_, empty, err := server.usage()
	if err != nil {
		return r, err
	}
	talkers := make([]*talker, n)
	for i := range talkers {
		if talkers[i], err = dial(ctx, server.addr); err != nil {
			return r, err
		}
		defer talkers[i].conn.CloseNow()
	}
	_, full, err := server.usage()
	if err != nil {
		return r, err
	}
	if err := talkAll(talkers, duration/10); err != nil { // warm up
		return r, err
	}
	before, _, err := server.usage()
	if err != nil {
		return r, err
	}
	for _, t := range talkers {
		t.took = t.took[:0]
	}
	begun := time.Now()
	if err := talkAll(talkers, duration); err != nil {
		return r, err
	}
	took := time.Since(begun)
	after, _, err := server.usage()
	if err != nil {
		return r, err
	}
	var all []time.Duration
	for _, t := range talkers {
		all = append(all, t.took...)
	}
	slices.Sort(all)
	return round{
		perSecond: float64(len(all)) / took.Seconds(),
		p50:       all[len(all)/2], p99: all[len(all)*99/100],
		processor: (after - before) / time.Duration(len(all)),
		memory:    float64(full-empty) / float64(n),
	}, nil
}

// talker is one client.
type talker struct {
	conn *websocket.Conn
	sent int
	out  []byte
	took []time.Duration
}

func dial(ctx context.Context, addr string) (*talker, error) {
	c, _, err := websocket.Dial(ctx, "ws://"+addr+"/", &websocket.DialOptions{
		Subprotocols: []string{"bothost.v1"},
	})
	if err != nil {
		return nil, err
	}
	t := &talker{conn: c}
	if err := c.Write(ctx, websocket.MessageText, []byte(`{"type":"hello"}`)); err != nil {
		return nil, err
	}
	_, data, err := c.Read(ctx)
	if err == nil && !bytes.Contains(data, []byte(`"welcome"`)) {
		err = fmt.Errorf("no welcome but %s", data)
	}
	return t, err
}

// talkAll lets all clients talk for some time.
func talkAll(talkers []*talker, duration time.Duration) error {
	until := time.Now().Add(duration)
	errs := make([]error, len(talkers))
	var wg sync.WaitGroup
	for i, t := range talkers {
		wg.Go(func() { errs[i] = t.talk(until) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// text is what the clients say: about 100 bytes with its frame.
const text = "This is a message of about the length that people write in chats."

func (t *talker) talk(until time.Time) error {
	ctx := context.Background()
	for begun := time.Now(); begun.Before(until); {
		t.sent++
		t.out = append(t.out[:0], `{"type":"message","id":"`...)
		t.out = strconv.AppendInt(t.out, int64(t.sent), 10)
		t.out = append(t.out, `","text":"`+text+`"}`...)
		if err := t.conn.Write(ctx, websocket.MessageText, t.out); err != nil {
			return err
		}
		if err := t.answered(ctx); err != nil {
			return err
		}
		now := time.Now()
		t.took = append(t.took, now.Sub(begun))
		begun = now
	}
	return nil
}

// answered reads until the bot's answer came.
func (t *talker) answered(ctx context.Context) error {
	for {
		_, data, err := t.conn.Read(ctx)
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte(`"body":"`+text)) {
			return nil
		}
		if !bytes.Contains(data, []byte(`"accepted"`)) {
			return fmt.Errorf("unexpected answer: %s", data)
		}
	}
}
