package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// inProgress is what a terminal shows of a turn that runs.
type inProgress struct {
	out io.Writer
	// replies are those in progress as they were shown, the oldest first, and part is
	// the number of the last one.
	replies []string
	part    int
	// open says that the last line has no end yet, and typing that it is the sign of a
	// turn that takes a while.
	open, typing bool
}

const typingSign = "..."

// take shows a frame of a turn that runs. It reports whether f is one.
func (p *inProgress) take(f client.Frame) bool {
	switch f.Type {
	case native.Typing:
		p.end()
		fmt.Fprint(p.out, typingSign)
		p.typing = true
	case native.Delta:
		p.delta(f.Part, printable(f.Text))
	case native.Withdrawn:
		shown := len(p.replies) > 0
		p.end()
		p.replies = nil
		if shown {
			fmt.Fprintln(p.out, "! the bot did not get to the end of that: it does not count")
		}
	default:
		return false
	}
	return true
}

func (p *inProgress) delta(part int, text string) {
	p.hide()
	if len(p.replies) == 0 || part != p.part {
		p.end()
		p.replies, p.part = append(p.replies, ""), part
	}
	p.replies[len(p.replies)-1] += text
	fmt.Fprint(p.out, text)
	p.open = !strings.HasSuffix(text, "\n")
}

// entry reports whether an entry was shown already while it was made; what is
// missing of it is added.
func (p *inProgress) entry(e *abi.Entry) bool {
	if len(p.replies) == 0 || e.From != abi.FromBot || e.Kind != abi.KindText {
		p.end()
		return false
	}
	rest, shown := strings.CutPrefix(printable(e.Body), p.replies[0])
	if !shown || rest != "" && len(p.replies) > 1 {
		p.end()
		return false
	}
	p.replies = p.replies[1:]
	if rest != "" {
		fmt.Fprint(p.out, rest)
		p.open = !strings.HasSuffix(rest, "\n")
	}
	if len(p.replies) == 0 {
		p.end()
	}
	return true
}

// hide takes away the sign of a turn that takes a while.
func (p *inProgress) hide() {
	if p.typing {
		fmt.Fprintf(p.out, "\r%*s\r", len(typingSign), "")
		p.typing = false
	}
}

// end ends the line that is open.
func (p *inProgress) end() {
	p.hide()
	if p.open {
		fmt.Fprintln(p.out)
		p.open = false
	}
}
