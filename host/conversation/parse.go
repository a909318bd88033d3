package conversation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxSize is the size of a file in bytes, at most.
const MaxSize = 1 << 20

// byteOrderMark is what some editors begin files with.
const byteOrderMark = "\ufeff"

// Parse reads a file. The name is its path, for errors and for the files that it
// names; nothing is read from there.
//
// # Errors
//
// [Errors], with the lines and the rules that they break.
func Parse(name string, text []byte) (*File, error) {
	p := &parser{
		file: &File{Name: name, Text: text, Head: make([]Step, 1)}, line: 1,
		names: make(map[string]int),
	}
	if len(text) > MaxSize {
		p.fail(fmt.Sprintf("a file is of %d bytes at most, this is of %d", MaxSize, len(text)))
		return nil, p.errs
	}
	lines := strings.Split(strings.TrimPrefix(string(text), byteOrderMark), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	p.file.lines = lines
	for _, it := range p.scan(lines) {
		p.line = it.line
		if err := p.item(&it); err != nil {
			p.fail(err.Error())
		}
	}
	p.line = max(1, len(lines))
	p.finish()
	if len(p.file.Conversations) == 0 {
		p.fail("there is no conversation in this file")
	}
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *Error) int { return a.Line - b.Line })
		return nil, p.errs[:min(len(p.errs), maxErrors)]
	}
	return p.file, nil
}

// parser reads a file, line by line.
type parser struct {
	file *File
	errs Errors
	// line is the one that is being read.
	line int
	// conv is the conversation that is being read; nil at the head.
	conv *Conversation
	cast cast
	// names are the lines of the conversations' names.
	names map[string]int
	// said are the lines of the last step's replies: one, one for no reply, and one
	// for all others; 0 if there is none.
	said struct{ reply, silence, rest int }
}

// cast is who speaks in a conversation.
type cast struct {
	// first is the line of the first one who does something; 0 if nobody did yet.
	first int
	named bool
	names map[string]bool
	// now is who was named last.
	now string
}

func (p *parser) fail(rule string) {
	if len(p.errs) < 4*maxErrors { // those of scan come first, and there is more to sort
		p.errs = append(p.errs, &Error{p.file.Name, p.line, rule})
	}
}

// item reads one line, with those that go on with it.
func (p *parser) item(it *item) error {
	text := it.text
	switch {
	case text == "", text[0] == '#':
		p.want(it, Want{Kind: Comment, Text: Text{Value: text}})
		return nil
	case strings.HasPrefix(text, "=="):
		return p.heading(it)
	}
	who, text := cutWho(text)
	switch {
	case strings.HasPrefix(text, ">"):
		return p.act(it, who, text[1:])
	case strings.HasPrefix(text, "@"):
		return p.directive(it, who, text[1:])
	case strings.HasPrefix(text, "...") && who == "":
		d, err := parseTime(strings.TrimLeft(text[3:], " \t"))
		if err != nil {
			return err
		}
		return p.step(it, Step{Act: Act{Verb: Wait, Time: d}})
	}
	w, err := parseReply(it, text)
	if err != nil {
		return err
	}
	return p.about(it, who, w)
}

// cutWho cuts the name in front of >, @ or <, and the last one too.
func cutWho(text string) (who, rest string) {
	at := len(prefix.FindString(text))
	if at == 0 {
		return "", text
	}
	end := strings.IndexAny(text, "<>@")
	if text[end] != '<' {
		at = end
	}
	return text[:end], strings.TrimLeft(text[at:], " \t")
}

// heading begins a conversation.
func (p *parser) heading(it *item) error {
	name, ok := strings.CutPrefix(it.text, "== ")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return fmt.Errorf("a conversation begins with == NAME: %w", errEscape)
	}
	p.finish()
	p.begin(it.end)
	p.conv.Name, p.conv.Line = name, it.line
	if line, ok := p.names[name]; ok {
		return fmt.Errorf("line %d begins a conversation of the same name", line)
	}
	p.names[name] = it.line
	return noMore(it)
}

// noMore refuses lines that go on with one that does not go on.
func noMore(it *item) error {
	if len(it.more) == 0 {
		return nil
	}
	return fmt.Errorf("line %d goes on with this one, which is whole", it.line+1)
}

// begin begins a conversation, whose first step is at a line.
func (p *parser) begin(line int) {
	p.conv = &Conversation{
		Line: line, file: p.file,
		Steps: []Step{{Line: line, end: line, Act: Act{Verb: Begin}}},
	}
	p.cast = cast{names: make(map[string]bool)}
	p.said.reply, p.said.silence, p.said.rest = 0, 0, 0
	p.file.Conversations = append(p.file.Conversations, p.conv)
}

// finish ends a conversation.
func (p *parser) finish() {
	if p.conv == nil {
		return
	}
	line := p.line
	defer func() { p.line = line }()
	early := p.early()
	switch {
	case p.cast.named && early != nil:
		p.line = early.Line
		p.fail("nobody has begun yet: NAME>start in a line above begins a session")
	case p.cast.named:
		p.conv.Steps[0].Act.Verb = Nothing
	case early == nil && len(p.conv.Steps) == 1:
		p.line = p.conv.Line
		p.fail("nothing happens in this conversation")
	}
}

// early returns the first line that wants something before anybody did anything;
// nil if there is none.
func (p *parser) early() *Want {
	for i := range p.conv.Steps {
		s := &p.conv.Steps[i]
		if i > 0 && (s.Act.Verb == Begin || s.Act.Verb == Send || s.Act.Verb == Choose) {
			return nil
		}
		for j := range s.Wants {
			w := &s.Wants[j]
			if i == 0 && w.Kind != Comment || !w.Kind.whole() {
				return w
			}
		}
	}
	return nil
}

// inside begins the conversation of a file that has only one, without a name.
func (p *parser) inside(it *item) {
	if p.conv == nil {
		p.begin(it.line)
	}
}

// steps returns those that are being read.
func (p *parser) steps() *[]Step {
	if p.conv == nil {
		return &p.file.Head
	}
	return &p.conv.Steps
}

// step adds something that happens.
func (p *parser) step(it *item, s Step) error {
	if s.Act.Verb != Answer && s.Act.Verb != Bot {
		p.inside(it)
	}
	s.Line, s.end = it.line, it.end
	steps := p.steps()
	*steps = append(*steps, s)
	p.said.reply, p.said.silence, p.said.rest = 0, 0, 0
	switch s.Act.Verb {
	case Begin, Send, Choose:
		return p.cast.enter(&s)
	case Answer, Bot:
		return nil
	}
	return noMore(it)
}

// enter notes that somebody does something.
func (c *cast) enter(s *Step) error {
	switch {
	case c.first == 0:
		c.first, c.named = s.Line, s.Session != ""
	case c.named && s.Session == "":
		return fmt.Errorf("line %d names who does something: so must this one", c.first)
	case !c.named && s.Session != "":
		return fmt.Errorf("line %d does not name who does something: nor may this one", c.first)
	}
	if s.Act.Verb == Begin && c.names[s.Session] {
		return fmt.Errorf("the session of %s has begun already", s.Session)
	}
	c.names[s.Session], c.now = true, s.Session
	return nil
}

// want adds a line below the last step.
func (p *parser) want(it *item, w Want) {
	w.Line, w.end = it.line, it.end
	steps := *p.steps()
	last := &steps[len(steps)-1]
	last.Wants = append(last.Wants, w)
}

// about adds a line that is about somebody's session.
func (p *parser) about(it *item, who string, w Want) error {
	p.inside(it)
	if w.Kind.whole() {
		if who != "" {
			return errors.New("this is about all sessions: name nobody")
		}
	} else {
		switch {
		case who == "":
			w.Session = p.cast.now
		case !p.cast.names[who]:
			return fmt.Errorf("nobody called %s has begun a session above: %w", who, errEscape)
		default:
			w.Session, p.cast.now = who, who
		}
	}
	if err := p.order(w); err != nil {
		return err
	}
	p.want(it, w)
	return nil
}

// whole reports whether the kind is about a whole step, not about a session.
func (k WantKind) whole() bool {
	return k == Comment || k == Rest || k == Silence || k == Fuel || k == Fails
}

// order refuses replies where there can be none.
func (p *parser) order(w Want) error {
	said := &p.said
	if w.Kind != Reply && w.Kind != Rest && w.Kind != Silence {
		return nil
	}
	both := said.silence
	if w.Kind == Silence {
		both = max(both, said.reply)
	}
	switch {
	case said.rest > 0:
		return fmt.Errorf("line %d is for all further replies", said.rest)
	case both > 0:
		return fmt.Errorf("line %d and this one cannot both be so: - is for no reply", both)
	case w.Kind == Reply:
		said.reply = p.line
	case w.Kind == Rest:
		said.rest = p.line
	default:
		said.silence = p.line
	}
	return nil
}
