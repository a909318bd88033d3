package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

func newChat() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "chat [URL]",
		Short: "Talk to a bot",
		Long: `Talk to a bot over the native protocol. Each line is a message; the number of
an option chooses it. Lines that begin with a slash are commands:

  /reset   begin anew
  /quit    leave, as does the end of the input

In a pipe, each line waits for the answer to the last one, and is shown with it.
The URL is that of a host, ws://127.0.0.1:8765 if none is given; where several
bots are served its path names one: ws://127.0.0.1:8765/bots/NAME.`,
		Example: `  bothost chat
  printf 'hello\nGood\n' | bothost chat`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			url := "ws://127.0.0.1:8765"
			if len(args) == 1 {
				url = args[0]
			}
			return chat(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(),
				client.Options{URL: url, User: user})
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "a name for you, which nobody checks")
	return cmd
}

// chatter is one conversation at a terminal, or in a pipe.
type chatter struct {
	conn *client.Conn
	out  io.Writer
	// terminal says that a person types: lines are shown by the terminal then, and
	// may come at any time.
	terminal bool
	lines    <-chan string
	frames   <-chan client.Frame
	failed   <-chan error
	// sent counts what was sent, for ids.
	sent int
	// options are those that were offered last.
	options []abi.Option
}

func chat(ctx context.Context, stdin io.Reader, stdout io.Writer, opts client.Options) error {
	conn, err := client.Dial(ctx, opts)
	if err != nil {
		return hintError{err, "is a host running? start one with: bothost run bot.wasm"}
	}
	ctx, cancel := context.WithCancel(ctx)
	frames, failed, received := receive(ctx, conn)
	c := &chatter{
		conn: conn, out: stdout, terminal: isTerminal(stdin),
		lines: readLines(ctx, stdin), frames: frames, failed: failed,
	}
	err = c.talk(ctx)
	cancel()
	<-received
	// The conversation is over: how the connection ends matters to nobody.
	_ = conn.Close()
	return err
}

func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// readLines sends the lines of r, and closes the channel at its end. Its
// goroutine ends with r or, unless it is stuck reading a terminal, with ctx; the
// process does not outlive it for long.
func readLines(ctx context.Context, r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			select {
			case lines <- sc.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// receive sends what arrives until the connection or ctx ends; done is closed
// then.
func receive(ctx context.Context, conn *client.Conn) (
	frames <-chan client.Frame, failed <-chan error, done <-chan struct{}) {
	f, e, d := make(chan client.Frame), make(chan error, 1), make(chan struct{})
	go func() {
		defer close(d)
		for {
			frame, err := conn.Receive(ctx)
			if err != nil {
				e <- err
				return
			}
			select {
			case f <- frame:
			case <-ctx.Done():
				return
			}
		}
	}()
	return f, e, d
}

// talk ends with the input, with ctx, or with the connection.
func (c *chatter) talk(ctx context.Context) error {
	// What a bot says at the start belongs before the first line.
	if err := c.sync(ctx); err != nil {
		return err
	}
	for {
		c.prompt()
		select {
		case line, more := <-c.lines:
			if !more || strings.TrimSpace(line) == "/quit" {
				return nil
			}
			if err := c.say(ctx, line); err != nil {
				return err
			}
		case f := <-c.frames:
			c.show(f)
		case err := <-c.failed:
			return c.lost(err)
		case <-ctx.Done():
			return nil
		}
	}
}

func (c *chatter) prompt() {
	if c.terminal {
		fmt.Fprint(c.out, "> ")
	}
}

// say sends one line and shows what comes until it is answered.
func (c *chatter) say(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	if !c.terminal {
		fmt.Fprintf(c.out, "> %s\n", line)
	}
	c.sent++
	// Ids are of this run of the program and this session, which is its own.
	id := strconv.Itoa(c.sent)
	if err := c.send(ctx, id, line); err != nil {
		return err
	}
	for {
		f, err := c.next(ctx)
		if err != nil {
			return err
		}
		if answers := f.ID == id && (f.Type == native.Accepted || f.Type == native.Rejected); !answers {
			c.show(f)
			continue
		}
		if f.Type == native.Rejected {
			c.show(f)
		}
		return c.sync(ctx)
	}
}

func (c *chatter) send(ctx context.Context, id, line string) error {
	if line == "/reset" {
		return c.conn.Reset(ctx, id)
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(c.options) {
		return c.conn.Option(ctx, id, c.options[n-1].Value)
	}
	return c.conn.Send(ctx, id, line)
}

// sync shows everything that the host has sent by now: what it answers to a
// request for history comes after it.
func (c *chatter) sync(ctx context.Context) error {
	if err := c.conn.History(ctx, 0, 1); err != nil {
		return err
	}
	for {
		f, err := c.next(ctx)
		if err != nil {
			return err
		}
		if f.Type == native.History {
			return nil
		}
		c.show(f)
	}
}

func (c *chatter) next(ctx context.Context) (client.Frame, error) {
	select {
	case f := <-c.frames:
		return f, nil
	case err := <-c.failed:
		return client.Frame{}, c.lost(err)
	case <-ctx.Done():
		return client.Frame{}, context.Cause(ctx)
	}
}

// lost says in plain words how the connection ended.
func (c *chatter) lost(err error) error {
	var closed *client.ClosedError
	if errors.As(err, &closed) && closed.Code != 0 {
		return fmt.Errorf("the host closed the connection: %s", closed.Code.Info().Text)
	}
	return err
}

func (c *chatter) show(f client.Frame) {
	switch f.Type {
	case native.Entry:
		if !f.History {
			c.showEntry(f)
		}
	case native.Rejected:
		fmt.Fprintf(c.out, "! %s\n", printable(f.Error))
	case native.Reset:
		fmt.Fprintln(c.out, "! the conversation begins anew")
	}
}

func (c *chatter) showEntry(f client.Frame) {
	e, err := f.LogEntry()
	if err != nil {
		fmt.Fprintf(c.out, "! %v\n", err)
		return
	}
	mark := ""
	switch {
	case e.Kind == abi.KindOptions:
		// A body that is no list of options has its text shown.
		c.options, _ = abi.Options(e.Body)
		mark = "  "
	case e.From == abi.FromUser:
		mark = "> "
	case e.From == abi.FromHost:
		mark = "! "
	}
	for line := range strings.Lines(printable(e.Text())) {
		fmt.Fprintf(c.out, "%s%s\n", mark, strings.TrimRight(line, "\n"))
	}
}
