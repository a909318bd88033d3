package conversation

import (
	"bytes"
	"strings"
)

// Update returns the text of a file with what happened in the place of what was
// wanted and did not happen. All else is as it was: comments, order, and looser
// comparisons that hold. Reports of other files' conversations do not matter.
//
// What the user does is never changed, so a conversation whose step could not be
// done goes on to fail. A file of what the user does alone becomes a whole one.
func Update(f *File, reports []Report) []byte {
	gone := make(map[int]bool)
	// come are the lines that come after one.
	come := make(map[int][]string)
	for i := range reports {
		if reports[i].Conversation.file != f {
			continue
		}
		for j := range reports[i].Results {
			reports[i].Results[j].apply(gone, come)
		}
	}
	end := "\n"
	if len(f.lines) > 0 && strings.HasSuffix(f.lines[0], "\r") {
		end = "\r\n"
	}
	var b []byte
	if bytes.HasPrefix(f.Text, []byte(byteOrderMark)) {
		b = append(b, byteOrderMark...)
	}
	for i := 0; i <= len(f.lines); i++ {
		if i > 0 && !gone[i] {
			b = append(b, f.lines[i-1]...)
			switch {
			case i < len(f.lines) || bytes.HasSuffix(f.Text, []byte{'\n'}):
				b = append(b, '\n')
			case len(come[i]) > 0:
				b = append(b, end...)
			}
		}
		for _, line := range come[i] {
			b = append(append(b, line...), end...)
		}
	}
	return b
}

// apply notes which lines go, and which come.
func (r *Result) apply(gone map[int]bool, come map[int][]string) {
	after := r.Step.Line - 1
	for _, e := range r.edits {
		switch e.op {
		case ' ':
			after = e.line
		case '-':
			after = e.line
			gone[e.line] = true
		case '+':
			come[after] = append(come[after], e.text)
		}
	}
}
