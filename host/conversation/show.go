package conversation

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// colors are those of a terminal, by what a line is.
var colors = map[byte]string{'-': "\x1b[31m", '+': "\x1b[32m", '!': "\x1b[31m", 'h': "\x1b[1m"}

// WriteText writes what became of a conversation for people: of one that failed the
// lines around each difference, with - for what was wanted and + for what happened.
// Of one that did not, it writes nothing, or what each step cost.
//
// # Errors
//
// Those of w.
func WriteText(w io.Writer, r *Report, o Options) error {
	if o.Context == 0 {
		o.Context = 4
	}
	s := shower{opts: o, report: r}
	if r.Failed() {
		s.failed()
	} else if o.ShowFuel {
		s.passed()
	}
	_, err := w.Write(s.b.Bytes())
	return err
}

// shower writes a report.
type shower struct {
	b      bytes.Buffer
	opts   Options
	report *Report
}

// row is a line that can be shown.
type row struct {
	edit
	// result is there for the first line of a step, and failed if the step did.
	result *Result
	failed bool
}

// name returns what a conversation is called in a line.
func (r *Report) name() string {
	if name := r.Conversation.Name; name != "" {
		return name
	}
	return "(without a name)"
}

func (s *shower) line(color byte, format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if code := colors[color]; s.opts.Color && code != "" && text != "" {
		text = code + text + "\x1b[0m"
	}
	s.b.WriteString(text)
	s.b.WriteByte('\n')
}

// rows returns all lines of the conversation, and where it ended, if it did not
// come to its end.
func (s *shower) rows() (rows []row) {
	r := s.report
	c := r.Conversation
	if c.Name != "" {
		rows = append(rows, row{edit: edit{' ', c.Line, trim(c.file.lines[c.Line-1])}})
	}
	for i := range r.Results {
		result := &r.Results[i]
		for j, e := range result.edits {
			line := row{edit: e}
			if j == 0 {
				line.result, line.failed = result, len(result.Failures) > 0
			}
			rows = append(rows, line)
		}
	}
	return rows
}

// failed shows each difference and the lines around it.
func (s *shower) failed() {
	c := s.report.Conversation
	s.line('h', "FAIL %s:%d: %s  (- wanted, + happened)", c.File(), c.Line, s.report.name())
	rows := s.rows()
	near := s.near(rows)
	for i := 0; i < len(rows); i++ {
		if !near[i] {
			continue
		}
		end := i
		for end < len(rows) && near[end] {
			end++
		}
		s.hunk(rows[i:end])
		i = end
	}
	if r := s.report; r.Err != nil {
		s.b.WriteByte('\n')
		s.line('!', "  %s:%d: cannot go on: %v", c.File(), r.Line, r.Err)
	}
}

// near reports for each line whether it is near to a difference.
func (s *shower) near(rows []row) []bool {
	near := make([]bool, len(rows))
	for i, line := range rows {
		if line.op == ' ' && !line.failed {
			continue
		}
		for j := max(0, i-s.opts.Context); j < min(len(rows), i+s.opts.Context+1); j++ {
			near[j] = true
		}
	}
	return near
}

// hunk shows lines that are next to each other, below what is wrong with them.
func (s *shower) hunk(rows []row) {
	s.b.WriteByte('\n')
	for _, line := range rows {
		if line.failed {
			at := line.result.Step.Line
			s.line('h', "  %s:%d: %s", s.report.Conversation.File(), at, line.result.headline())
		}
	}
	for _, line := range rows {
		s.row(line)
	}
}

// row shows one line, with its number if the file has it.
func (s *shower) row(line row) {
	number := ""
	if line.line > 0 {
		number = fmt.Sprint(line.line)
	}
	cost := ""
	if s.opts.ShowFuel && line.result != nil && len(line.result.Turns) > 0 {
		cost = "    " + costOf(line.result)
	}
	s.line(line.op, "  %5s %c %s%s", number, line.op, line.text, cost)
}

func costOf(r *Result) string {
	calls := "calls"
	if r.Calls() == 1 {
		calls = "call"
	}
	return fmt.Sprintf("(%d fuel, %d %s)", r.Fuel(), r.Calls(), calls)
}

// passed shows what each step cost.
func (s *shower) passed() {
	c := s.report.Conversation
	s.line('h', "ok %s:%d: %s (%d fuel)", c.File(), c.Line, s.report.name(), s.report.Fuel())
	for i := range s.report.Results {
		r := &s.report.Results[i]
		if len(r.Turns) == 0 {
			continue
		}
		text := "(the session begins)"
		if r.Step.end > r.Step.Line {
			text = trim(c.file.lines[r.Step.Line-1])
		}
		s.line(0, "  %5d   %s    %s", r.Step.Line, text, costOf(r))
	}
}
