package conversation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bothost/bothost/abi"
)

// outcome is what came of a step.
type outcome struct {
	player  Player
	step    *Step
	turns   []Turn
	replies []said
	// cause is why a turn failed, or a swap was refused; empty if none was.
	cause string
}

// editor compares what was wanted with what came, and notes how the lines of the
// file would have to change. It goes through a conversation from step to step.
type editor struct {
	file   *File
	step   *Step
	result *Result
	// before is whom the last line of the file is about, and now whom the last line
	// is about if the file is changed.
	before, now string
}

// begin begins a step, with the lines that say what happens.
func (e *editor) begin(f *File, s *Step, r *Result) {
	e.file, e.step, e.result = f, s, r
	if s.Session != "" {
		e.before, e.now = s.Session, s.Session
	}
	e.source(' ', s.Line, s.end)
}

// source notes lines of the file, from one on to before another.
func (e *editor) source(op byte, from, to int) {
	for line := from; line < to; line++ {
		e.result.edits = append(e.result.edits, edit{op, line, trim(e.file.lines[line-1])})
	}
}

// skip leaves the lines of a step that was not compared.
func (e *editor) skip() {
	for i := range e.step.Wants {
		e.keep(&e.step.Wants[i])
	}
}

// keep leaves a line as it is. If what stood above said whom it is about, and that
// goes, the line says it.
func (e *editor) keep(w *Want) {
	if w.Kind.whole() {
		e.source(' ', w.Line, w.end)
		return
	}
	implied := w.Session == e.before
	e.before = w.Session
	if implied && e.now != w.Session {
		e.source('-', w.Line, w.end)
		e.add(w)
		return
	}
	e.now = w.Session
	e.source(' ', w.Line, w.end)
}

// drop takes a line out.
func (e *editor) drop(w *Want) {
	if !w.Kind.whole() {
		e.before = w.Session
	}
	e.source('-', w.Line, w.end)
}

// add adds a line.
func (e *editor) add(w *Want) {
	out := writer{now: e.now}
	out.want(w)
	e.now = out.now
	for line := range strings.Lines(string(out.b)) {
		line = strings.TrimSuffix(line, "\n")
		e.result.edits = append(e.result.edits, edit{op: '+', text: line})
	}
}

// fail notes what was not as wanted.
func (e *editor) fail(format string, args ...any) {
	e.result.Failures = append(e.result.Failures, fmt.Sprintf(format, args...))
}

// compare goes through the lines of a step: replies first, then the other ones as
// they stand.
func (e *editor) compare(o *outcome) {
	isFails := func(w Want) bool { return w.Kind == Fails }
	unwanted := o.cause != "" && !slices.ContainsFunc(e.step.Wants, isFails)
	if unwanted {
		first, _, _ := strings.Cut(o.cause, "\n")
		e.result.Cause = o.cause
		e.fail("the %s: %s", failing(e.step), first)
		for line := range strings.SplitSeq(o.cause, "\n") {
			e.result.edits = append(e.result.edits, edit{op: '!', text: line})
		}
	}
	last := e.replies(o)
	if unwanted {
		e.add(&Want{Kind: Fails})
	}
	for i := last + 1; i < len(e.step.Wants); i++ {
		e.check(o, &e.step.Wants[i])
	}
}

func failing(s *Step) string {
	if s.Act.Verb == Swap {
		return "swap was refused"
	}
	return "turn failed"
}

// replies compares the replies, and what stands between them. It returns the index
// of the last line that is about replies, -1 if there is none.
func (e *editor) replies(o *outcome) (last int) {
	last = -1
	var wants []*Want
	rest := false
	for i := range e.step.Wants {
		switch w := &e.step.Wants[i]; w.Kind {
		case Reply:
			wants = append(wants, w)
			last = i
		case Rest:
			rest = true
			last = i
		case Silence:
			last = i
		}
	}
	pairs := pair(wants, o.replies)
	lines := replyLines{editor: e, outcome: o, pairs: pairs}
	lines.end = shown(pairs, len(o.replies), rest)
	for i := 0; i <= last; i++ {
		lines.line(&e.step.Wants[i])
	}
	lines.come(lines.end)
	if lines.missing > 0 && len(o.replies) == 0 && !rest && e.result.Cause == "" {
		e.add(&Want{Kind: Silence})
	}
	if e.result.Cause == "" { // what is missing is missing because of it
		e.judge(len(wants), lines)
	}
	return last
}

// shown returns up to which reply they matter: all of them, but if the rest may be
// anything only those in the place of replies that are wanted.
func shown(pairs []int, replies int, rest bool) int {
	if !rest {
		return replies
	}
	end := 0
	for _, at := range pairs {
		if at >= 0 {
			end = at + 1
		} else {
			end++
		}
	}
	return min(end, replies)
}

// replyLines goes through replies that were wanted and those that came.
type replyLines struct {
	*editor
	outcome *outcome
	pairs   []int
	// wanted and came are how many were looked at, and end is how many matter.
	wanted, came, end int
	// missing and extra are how many did not come, and how many were not wanted.
	missing, extra int
}

func (l *replyLines) line(w *Want) {
	switch {
	case w.Kind == Silence && l.end > 0:
		l.drop(w)
	case w.Kind == Rest:
		l.come(l.end)
		l.keep(w)
	case w.Kind != Reply:
		l.check(l.outcome, w)
	default:
		at := l.pairs[l.wanted]
		l.wanted++
		if at < 0 {
			l.missing++
			l.drop(w)
			return
		}
		l.come(at)
		l.came++
		l.keep(w)
	}
}

// come adds the replies that nobody wanted, up to one.
func (l *replyLines) come(to int) {
	for ; l.came < to; l.came++ {
		l.extra++
		w := wantOf(&l.outcome.replies[l.came])
		l.add(&w)
	}
}

// judge says what was wrong with the replies.
func (e *editor) judge(wanted int, l replyLines) {
	switch {
	case l.missing == 0 && l.extra == 0:
	case wanted == 0:
		e.fail("the bot said something where nothing is wanted")
	case l.end == 0:
		e.fail("the bot said nothing")
	case l.missing == 0:
		e.fail("the bot said more than is wanted")
	case l.extra == 0:
		e.fail("the bot said less than is wanted")
	default:
		e.fail("the bot said something else")
	}
}

// check compares a line that is about no reply.
func (e *editor) check(o *outcome, w *Want) {
	actual, ok, what := o.actual(w)
	if ok {
		e.keep(w)
		return
	}
	e.drop(w)
	e.fail("%s", what)
	switch {
	case actual.Kind != Comment:
		e.add(&actual)
	case len(o.replies) == 0 && e.alone():
		e.add(&Want{Kind: Silence}) // so that there is a line at all
	}
}

// alone reports whether only one line says what is wanted in the step.
func (e *editor) alone() bool {
	n := 0
	for i := range e.step.Wants {
		if e.step.Wants[i].Kind != Comment {
			n++
		}
	}
	return n == 1
}

// actual returns the line that would be right in the place of one, whether it is
// right itself, and if not, what is wrong in words.
func (o *outcome) actual(w *Want) (actual Want, ok bool, what string) {
	actual = Want{Kind: w.Kind, Session: w.Session, Name: w.Name}
	value, set := "", false
	switch w.Kind {
	case State:
		value = o.player.State(w.Session)
		set, what = value != "", "the state is"
	case Var:
		value, set = o.player.Var(w.Session, w.Name)
		what = fmt.Sprintf("the variable %.40q is", w.Name)
	case Content:
		value, set = o.player.Content(w.Session, w.Name)
		what = fmt.Sprintf("the file %.40q is", w.Name)
	case Intent, Param:
		value, set, what = o.prediction(w)
	case Score, Fuel:
		return o.number(w)
	case Fails:
		return o.failure(w)
	default:
		return actual, true, ""
	}
	actual.Text = exactly(value, set)
	what = fmt.Sprintf("%s %s, not %s", what, &actual.Text, &w.Text)
	return actual, w.Text.matches(value, set), what
}

func exactly(value string, ok bool) Text {
	if !ok {
		return Text{How: Unset}
	}
	return Text{How: Exactly, Value: value}
}

// String implements [fmt.Stringer], in words.
func (t *Text) String() string {
	switch t.How {
	case Unset:
		return "unset"
	case Contains:
		return fmt.Sprintf("something with %.60q", t.Value)
	case Matches:
		return fmt.Sprintf("something that matches /%.60s/", t.Value)
	}
	return fmt.Sprintf("%.60q", t.Value)
}

// newest returns the last prediction of a session's turns; nil if there is none.
func (o *outcome) newest(session string) *abi.Prediction {
	for i := len(o.turns) - 1; i >= 0; i-- {
		if t := &o.turns[i]; t.Session == session && t.Prediction != nil {
			return t.Prediction
		}
	}
	return nil
}

func (o *outcome) prediction(w *Want) (value string, ok bool, what string) {
	p := o.newest(w.Session)
	if w.Kind == Intent {
		if p == nil {
			return "", false, "the intent is"
		}
		return p.Intent, true, "the intent is"
	}
	what = fmt.Sprintf("the parameter %.40q is", w.Name)
	if p == nil {
		return "", false, what
	}
	for _, v := range p.Params { // one of several values is enough
		if v.Name == w.Name && w.Text.matches(v.Value, true) {
			return v.Value, true, what
		}
	}
	value, ok = p.Param(w.Name)
	return value, ok, what
}

func (o *outcome) number(w *Want) (actual Want, ok bool, what string) {
	actual = Want{Kind: w.Kind, Session: w.Session}
	if w.Kind == Fuel {
		var sum int64
		for i := range o.turns {
			sum += o.turns[i].Fuel
		}
		actual.Number = float64(sum)
		what = fmt.Sprintf("the fuel is %d, above %.0f", sum, w.Number)
		return actual, actual.Number <= w.Number, what
	}
	p := o.newest(w.Session)
	if p == nil {
		none := Want{Kind: Intent, Session: w.Session, Text: Text{How: Unset}}
		return none, false, "there is no score, because there is no intent"
	}
	actual.Number = p.Score
	what = fmt.Sprintf("the score is %g, below %g", p.Score, w.Number)
	return actual, p.Score >= w.Number, what
}

// failure compares a line that wants one.
func (o *outcome) failure(w *Want) (actual Want, ok bool, what string) {
	if o.cause == "" {
		return Want{}, false, "nothing failed"
	}
	first, _, _ := strings.Cut(o.cause, "\n")
	actual = Want{Kind: Fails, Text: Text{How: Contains, Value: first}}
	return actual, w.Text.How == Anything || w.Text.matches(o.cause, true),
		fmt.Sprintf("the cause is %.60q, not %s", first, &w.Text)
}
