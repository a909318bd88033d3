package conversation

import (
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/jsontext"
)

// Format writes a file in its usual form. [Parse] reads the same from it, line
// numbers apart.
func Format(f *File) []byte {
	w := writer{}
	w.steps(f.Head)
	for _, c := range f.Conversations {
		if c.Name != "" {
			w.b = append(w.b, "== "...)
			w.b = append(w.b, c.Name...)
			w.b = append(w.b, '\n')
		}
		w.now = ""
		w.steps(c.Steps)
	}
	return w.b
}

// writer writes lines.
type writer struct {
	b []byte
	// now is whom the last line is about.
	now string
}

func (w *writer) steps(steps []Step) {
	for i := range steps {
		s := &steps[i]
		w.act(s)
		for i := range s.Wants {
			w.want(&s.Wants[i])
		}
	}
}

// act writes what happens.
func (w *writer) act(s *Step) {
	a := &s.Act
	if s.Session != "" {
		w.now = s.Session
	}
	switch a.Verb {
	case Nothing:
		return
	case Begin:
		if s.Session == "" {
			return
		}
		w.b = append(append(w.b, s.Session...), ">start"...)
	case Choose:
		w.b = append(append(w.b, s.Session...), "> "...)
		w.b = appendOptions(w.b, []bodies.Option{a.Option})
	case Send:
		w.b = appendEvent(append(append(w.b, s.Session...), '>'), a)
	case Wait:
		w.b = appendTime(append(w.b, "..."...), a.Time)
	case Swap:
		w.b = appendText(append(w.b, "@swap "...), inRest, a.File)
	case Bot:
		w.b = appendText(append(w.b, "@bot "...), inRest, a.File)
	case Answer:
		w.b = appendStub(append(w.b, "@stub "...), &a.Stub)
	}
	w.b = append(w.b, '\n')
}

// appendEvent appends what follows >.
func appendEvent(b []byte, a *Act) []byte {
	ev := &a.Event
	switch ev.Kind {
	case abi.EventMessage:
		if ev.Human {
			return appendText(append(b, ' '), inSaid, ev.Text)
		}
		return appendText(append(b, "agent "...), inRest, ev.Text)
	case abi.EventFile, abi.EventVoice:
		return appendFiles(append(b, ev.Kind...), a)
	case abi.EventJSON:
		return append(append(b, "json "...), ev.Data...)
	case abi.EventCustom:
		b = appendWord(append(b, "event "...), ev.Name)
		if ev.Data != "" {
			b = append(append(b, ' '), ev.Data...)
		}
		return b
	}
	return append(b, ev.Kind...)
}

func appendFiles(b []byte, a *Act) []byte {
	for i, f := range a.Event.Files {
		if i > 0 {
			b = append(b, "\n "...)
		}
		b = appendWord(append(b, ' '), f.Name)
		b = append(append(append(b, ' '), f.Type...), ' ')
		content := a.Contents[i]
		switch path := a.path(i); {
		case path != "":
			b = appendText(append(b, "< "...), inRest, path)
		case content == nil:
			b = appendSize(b, f.Size)
		case strings.Contains(*content, "\n"):
			b = jsontext.AppendString(append(b, "= "...), *content)
		default:
			b = appendText(append(b, "= "...), inRest, *content)
		}
	}
	return b
}

func appendStub(b []byte, s *Stub) []byte {
	if s.Method != "" {
		b = append(append(b, s.Method...), ' ')
	}
	b = append(append(b, s.URL...), " -> "...)
	if s.Code != "" {
		return append(b, s.Code...)
	}
	b = strconv.AppendInt(b, int64(s.Status), 10)
	if s.Body != "" {
		b = appendText(append(b, ' '), inRest, s.Body)
	}
	return b
}

// want writes a line below a step.
func (w *writer) want(n *Want) {
	if n.Kind == Comment {
		w.b = append(append(w.b, n.Text.Value...), '\n')
		return
	}
	mark := "@"
	if n.Kind == Reply {
		mark = ""
	}
	if !n.Kind.whole() && n.Session != w.now {
		w.now = n.Session
		if w.b = append(w.b, n.Session...); mark == "" {
			mark = "< "
		}
	}
	if n.Kind != Rest && n.Kind != Silence {
		w.b = append(w.b, mark...)
	}
	w.b = append(appendWant(w.b, n), '\n')
}

// appendWant appends what is wanted, without @.
func appendWant(b []byte, n *Want) []byte {
	switch n.Kind {
	case Rest:
		return append(b, '*')
	case Silence:
		return append(b, '-')
	case Reply:
		return appendReply(b, n)
	case State:
		return appendMatch(append(b, "state "...), inName, &n.Text)
	case Intent:
		return appendMatch(append(b, "intent "...), inName, &n.Text)
	case Var:
		return appendValue(append(b, "var "...), n)
	case Content:
		return appendValue(append(b, "file "...), n)
	case Param:
		return appendValue(append(b, "param "...), n)
	case Score:
		return strconv.AppendFloat(append(b, "score >= "...), n.Number, 'f', -1, 64)
	case Fuel:
		return strconv.AppendFloat(append(b, "fuel <= "...), n.Number, 'f', -1, 64)
	}
	b = append(b, "fails"...) // the one kind that is left
	switch n.Text.How {
	case Anything:
		return b
	case Contains:
		return appendText(append(b, ' '), inCause, n.Text.Value)
	}
	return appendMatch(append(b, ' '), inRest, &n.Text)
}

func appendReply(b []byte, n *Want) []byte {
	switch {
	case n.Options != nil:
		return appendOptions(b, n.Options)
	case n.Entry == abi.KindText && n.Text.How == Exactly:
		return appendText(b, inReply, n.Text.Value)
	case n.Entry == "":
		return appendMatch(b, inRest, &n.Text)
	}
	b = append(append(append(b, '{'), n.Entry...), '}')
	if n.Text.How != Anything {
		b = appendMatch(append(b, ' '), inBody, &n.Text)
	}
	return b
}

func appendValue(b []byte, n *Want) []byte {
	b = append(appendWord(b, n.Name), ' ')
	if n.Text.How == Exactly {
		b = append(b, "= "...)
	}
	return appendMatch(b, inRest, &n.Text)
}

func appendMatch(b []byte, at place, t *Text) []byte {
	switch t.How {
	case Unset:
		return append(b, '-')
	case Contains:
		return appendText(append(b, "~ "...), inRest, t.Value)
	case Matches:
		return append(append(append(b, '/'), t.Value...), '/')
	}
	return appendText(b, at, t.Value)
}
