package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// chatFlags are the flags of chat.
type chatFlags struct {
	user  string
	token string
	wait  time.Duration
}

func newChat() *cobra.Command {
	var f chatFlags
	cmd := &cobra.Command{
		Use:   "chat [URL]",
		Short: "Talk to a bot",
		Long: `Talk to a bot over the native protocol. Each line is a message; the number of
an option chooses it. These are commands, and other lines with a slash are not:

  /json JSON        send a JSON message
  /set NAME VALUE   set a variable, if the bot lets clients set it
  /feedback VALUE   say what you think of the bot's last reply: a word or a number
  /file PATH...     send files
  /voice PATH       send a sound, as something that you say
  /save N PATH      save a file of the conversation, by its number, as a new file
  /reset            begin anew
  /quit             leave, as does the end of the input

A reply is shown while the bot makes it. In a pipe, each line waits for the answer
to the last one, and is shown with it. The session lives as long as the program:
when the connection breaks it is made again, and what was not accepted is sent
again. The URL is that of a host, ws://127.0.0.1:8765 if none is given; where
several bots are served its path names one: ws://127.0.0.1:8765/bots/NAME.`,
		Example: `  bothost chat
  printf 'hello\nGood\n' | bothost chat`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := client.Options{URL: "ws://127.0.0.1:8765", User: f.user}
			if len(args) == 1 {
				opts.URL = args[0]
			}
			var err error
			if opts.Token, err = readToken(f.token); err != nil {
				return err
			}
			return chat(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(),
				cmd.ErrOrStderr(), opts, f.wait)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.user, "user", "", "a name for you, which nobody checks")
	fs.StringVar(&f.token, "token", "",
		"a `file` with the token that lets you in; its first one counts")
	fs.DurationVar(&f.wait, "wait", 5*time.Minute,
		"how long to try to come back when the connection breaks")
	return cmd
}

// readToken returns the first token of a file, which may be that of a host: lines
// of a token, or a user and a token. No file holds none.
func readToken(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && !strings.HasPrefix(words[0], "#") {
			return words[len(words)-1], nil
		}
	}
	return "", fmt.Errorf("read the token: %s holds none", path)
}

// chatter is one conversation at a terminal, or in a pipe.
type chatter struct {
	session *client.Session
	out     io.Writer
	// terminal says that a person types: lines are shown by the terminal then, and
	// may come at any time.
	terminal bool
	input    *input
	frames   <-chan client.Frame
	// failed says why there are no more frames, and lost why there was no way back.
	failed <-chan error
	lost   <-chan error
	// options are those that were offered last.
	options []bodies.Option
	// files are where those that were shown can be had.
	files []string
	// replied is the bot's last reply.
	replied uint64
	// running is what is shown of a turn that runs.
	running inProgress
}

func chat(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer,
	opts client.Options, wait time.Duration) error {
	link := newLink(stderr, wait)
	defer link.stop()
	terminal := isTerminal(stdin)
	s, err := client.Open(ctx, client.SessionOptions{
		Options: opts, OnState: link.note, Progress: terminal,
	})
	if err != nil {
		return openError(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	frames, failed, received := receive(ctx, s)
	c := &chatter{
		session: s, out: stdout, terminal: terminal, running: inProgress{out: stdout},
		input: readLines(ctx, stdin), frames: frames, failed: failed, lost: link.lost,
	}
	err = c.talk(ctx)
	cancel()
	<-received
	return errors.Join(err, s.Close())
}

// openError adds what to do.
func openError(err error) error {
	var closed *client.ClosedError
	var refused *client.RefusedError
	switch {
	case errors.As(err, &closed) && closed.Code == native.CloseUnauthorized,
		errors.As(err, &refused) && refused.Status == http.StatusUnauthorized:
		return hintError{hostSays(err), "--token FILE names a file that holds the token"}
	case closed != nil, refused != nil:
		return hostSays(err)
	}
	return hintError{err, "is a host running? start one with: bothost run bot.wasm"}
}

// link watches the connection of a session.
type link struct {
	stderr io.Writer
	wait   time.Duration
	// lost gets an error when the connection was away for too long. There is room for
	// more outages than anybody waits for.
	lost chan error

	// The session's goroutine owns the following.

	connected bool
	away      *time.Timer
}

func newLink(stderr io.Writer, wait time.Duration) *link {
	return &link{stderr: stderr, wait: wait, lost: make(chan error, 8)}
}

// note says in one line that the connection is away, and gives up in time.
func (l *link) note(s client.State) {
	switch {
	case s.Phase == client.Waiting && l.away == nil:
		text := "the connection is lost; coming back"
		if !l.connected {
			text = "the host asks to wait"
		}
		fmt.Fprintf(l.stderr, "bothost: %s\n", text)
		l.away = time.AfterFunc(l.wait, func() {
			// Nobody is to take the reason for what it is.
			l.lost <- fmt.Errorf("the connection was lost and did not come back within %v: %v",
				l.wait, s.Err)
		})
	case s.Phase == client.Connected:
		l.connected = true
		l.stop()
	}
}

// stop ends the wait for the connection.
func (l *link) stop() {
	if l.away != nil {
		l.away.Stop()
		l.away = nil
	}
}

func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// maxLine is how long a line may be; hosts mostly take less.
const maxLine = 16 << 20

// input is what is typed, or comes through a pipe.
type input struct {
	// lines is closed at the end.
	lines chan string
	// err is why the end came early. It is there when lines is closed.
	err error
}

// readLines sends the lines of r. Its goroutine ends with r or, unless it is stuck
// reading a terminal, with ctx; the process does not outlive it for long.
func readLines(ctx context.Context, r io.Reader) *input {
	in := &input{lines: make(chan string)}
	go func() {
		defer close(in.lines)
		sc := bufio.NewScanner(r)
		sc.Buffer(nil, maxLine)
		for sc.Scan() {
			select {
			case in.lines <- sc.Text():
			case <-ctx.Done():
				return
			}
		}
		if in.err = sc.Err(); in.err != nil {
			in.err = fmt.Errorf("read the input: %w", in.err)
		}
		if errors.Is(in.err, bufio.ErrTooLong) {
			in.err = fmt.Errorf("read the input: a line is longer than %d bytes", maxLine-1)
		}
	}()
	return in
}

// receive sends what arrives until the session or ctx ends; done is closed then.
func receive(ctx context.Context, s *client.Session) (
	frames <-chan client.Frame, failed <-chan error, done <-chan struct{}) {
	f, e, d := make(chan client.Frame), make(chan error, 1), make(chan struct{})
	go func() {
		defer close(d)
		for {
			frame, err := s.Receive(ctx)
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

// talk ends with the input, with ctx, or with the session.
func (c *chatter) talk(ctx context.Context) error {
	// What a bot says at the start belongs before the first line.
	err := c.sync(ctx)
	for err == nil {
		c.prompt()
		select {
		case line, more := <-c.input.lines:
			if !more {
				return c.input.err
			}
			if strings.TrimSpace(line) == "/quit" {
				return nil
			}
			err = c.say(ctx, line)
		case f := <-c.frames:
			c.show(f)
		case err = <-c.failed:
		case err = <-c.lost:
		case <-ctx.Done():
			return nil
		}
	}
	if ctx.Err() != nil {
		// Whoever interrupts knows.
		return nil
	}
	return hostSays(err)
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
	err := c.send(ctx, line)
	var file errFile
	switch {
	case errors.Is(err, client.ErrTooLarge):
		fmt.Fprintf(c.out, "! %s\n", abi.CodeTooLarge.Info().Text)
		return nil
	case errors.As(err, &file):
		fmt.Fprintf(c.out, "! %s\n", printable(file.Error()))
		return nil
	case err != nil:
		return err
	}
	return c.sync(ctx)
}

func (c *chatter) send(ctx context.Context, line string) (err error) {
	n, notNumber := strconv.Atoi(line)
	command, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case line == "/reset":
		_, err = c.session.Reset(ctx)
	case command == "/json":
		_, err = c.session.JSON(ctx, rest)
	case command == "/set":
		name, value, _ := strings.Cut(rest, " ")
		_, err = c.session.Set(ctx, object(name, strings.TrimSpace(value)))
	case command == "/file":
		err = c.sendFiles(ctx, rest, false)
	case command == "/voice":
		err = c.sendFiles(ctx, rest, true)
	case command == "/save":
		err = c.save(ctx, rest)
	case command == "/feedback":
		_, err = c.session.Feedback(ctx, c.replied, scalar(rest))
	case notNumber == nil && n >= 1 && n <= len(c.options):
		_, err = c.session.Choose(ctx, c.options[n-1].Value)
	default:
		_, err = c.session.Send(ctx, line)
	}
	return err
}

// object returns a JSON object with one string in it.
func object(name, value string) string {
	b := append(jsontext.AppendString([]byte{'{'}, name), ':')
	return string(append(jsontext.AppendString(b, value), '}'))
}

// scalar returns a number as it is, and anything else as a JSON string.
func scalar(text string) string {
	var n *float64
	if json.Unmarshal([]byte(text), &n) == nil && n != nil {
		return text
	}
	return string(jsontext.AppendString(nil, text))
}

// sync shows everything that the host says until what was sent is answered.
func (c *chatter) sync(ctx context.Context) error {
	if err := c.session.Sync(ctx); err != nil {
		return err
	}
	return c.showUntil(ctx, native.History, nil)
}

// showUntil shows what comes until a frame of the type last does, done is closed, or
// there is nothing to come. An empty last is no frame's.
func (c *chatter) showUntil(ctx context.Context, last native.Type, done <-chan struct{}) error {
	for {
		select {
		case f := <-c.frames:
			if f.Type == last {
				return nil
			}
			c.show(f)
		case <-done:
			return nil
		case err := <-c.failed:
			return err
		case err := <-c.lost:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hostSays puts how a connection ended in plain words.
func hostSays(err error) error {
	var closed *client.ClosedError
	if errors.As(err, &closed) && closed.Code != 0 {
		return fmt.Errorf("the host closed the connection: %s", native.Info(closed.Code).Text)
	}
	return err
}

func (c *chatter) show(f client.Frame) {
	if c.running.take(f) {
		return
	}
	if f.Type != native.Entry {
		c.running.end()
	}
	switch f.Type {
	case native.Entry:
		c.showEntry(f)
	case native.Welcome:
		if f.Reason == native.ReasonTrimmed {
			fmt.Fprintln(c.out, "! a part of the conversation is not to be had any more")
		}
	case native.Rejected:
		fmt.Fprintf(c.out, "! %s\n", printable(f.Error))
	case native.Reset:
		c.replied = 0
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
	if e.From == abi.FromBot {
		c.replied = e.Seq
	}
	if c.running.entry(&e) {
		return
	}
	switch {
	case e.Kind == abi.KindOptions:
		// A body that is no list of options has its text shown.
		c.options, _ = bodies.ParseOptions(e.Body)
		mark = "  "
	case e.From == abi.FromUser:
		mark = "> "
	case e.From == abi.FromHost:
		mark = "! "
	}
	for line := range strings.Lines(printable(e.Text())) {
		fmt.Fprintf(c.out, "%s%s\n", mark, strings.TrimRight(line, "\n"))
	}
	c.showFiles(f.Files)
}
