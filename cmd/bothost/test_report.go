package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bothost/bothost/host/conversation"
)

// summary is what became of all conversations.
type summary struct {
	flags   *testFlags
	out     io.Writer
	reports []conversation.Report
	// updated are the files that were written.
	updated []string
	took    time.Duration
}

// errConversations ends test after it was shown what was otherwise.
var errConversations = errors.New("some conversations did not go as they are written")

// tell writes what there is to say.
func (s *summary) tell() error {
	var b bytes.Buffer
	for _, path := range s.updated {
		fmt.Fprintf(&b, "updated %s\n", path)
	}
	failed, err := s.each(&b)
	if err != nil {
		return err
	}
	s.last(&b, failed)
	if _, err := s.out.Write(b.Bytes()); err != nil {
		return err
	}
	if err := s.writeJUnit(); err != nil {
		return err
	}
	switch {
	case failed == 0:
		return nil
	case s.flags.update:
		return errConversations
	}
	return hintError{errConversations,
		"if the bot is right, --update writes what it says into the files"}
}

// each writes about each conversation that there is something to say about, and
// returns how many failed.
func (s *summary) each(b *bytes.Buffer) (failed int, err error) {
	opts := conversation.Options{ShowFuel: s.flags.fuel, Color: hasColors(s.out)}
	for i := range s.reports {
		r := &s.reports[i]
		if r.Failed() {
			failed++
		} else if s.flags.verbose && !s.flags.fuel {
			c := r.Conversation
			fmt.Fprintf(b, "ok %s:%d: %s (%s, %s)\n", c.File(), c.Line, c.Name,
				count(turns(r), "turn"), short(r.Time))
		}
		if err := conversation.WriteText(b, r, opts); err != nil {
			return failed, err
		}
		if r.Failed() {
			b.WriteByte('\n')
		}
	}
	return failed, nil
}

// last writes the last line.
func (s *summary) last(b *bytes.Buffer, failed int) {
	all, fuel := 0, int64(0)
	for i := range s.reports {
		all += turns(&s.reports[i])
		fuel += s.reports[i].Fuel()
	}
	n := len(s.reports)
	if failed == 0 {
		fmt.Fprintf(b, "ok  %s", count(n, "conversation"))
	} else {
		fmt.Fprintf(b, "FAIL  %d of %s", failed, count(n, "conversation"))
	}
	fmt.Fprintf(b, ", %s, %s", count(all, "turn"), short(s.took))
	if s.flags.fuel {
		fmt.Fprintf(b, ", %d fuel", fuel)
	}
	b.WriteByte('\n')
}

func (s *summary) writeJUnit() error {
	if s.flags.junit == "" {
		return nil
	}
	var b bytes.Buffer
	if err := conversation.WriteJUnit(&b, s.reports); err != nil {
		return err
	}
	return os.WriteFile(s.flags.junit, b.Bytes(), 0o644)
}

// turns counts the turns of a conversation.
func turns(r *conversation.Report) (n int) {
	for i := range r.Results {
		n += len(r.Results[i].Turns)
	}
	return n
}

// count says how many there are.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// short rounds a time to what people care for.
func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return d.Round(100 * time.Millisecond).String()
}

// hasColors reports whether somebody sees what is written in colors.
func hasColors(w io.Writer) bool {
	r, ok := w.(io.Reader)
	return ok && isTerminal(r) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
