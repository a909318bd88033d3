package script

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// SyntaxError is what is wrong in the scripts of a bot: a line for each fault, with
// file, line and column.
type SyntaxError struct {
	dir      string
	messages []api.Message
}

// Error implements error.
func (e *SyntaxError) Error() string {
	lines := make([]string, 0, len(e.messages))
	for _, m := range e.messages {
		lines = append(lines, e.line(m))
	}
	return strings.Join(lines, "\n")
}

func (e *SyntaxError) line(m api.Message) string {
	text := m.Text
	if m.Location != nil {
		// Columns are counted from zero there, and from one in editors.
		text = fmt.Sprintf("%s:%d:%d: %s", filepath.Join(e.dir, m.Location.File), m.Location.Line,
			m.Location.Column+1, text)
	}
	if hint := hintFor(m.Text); hint != "" {
		text += "; " + hint
	}
	return text
}

// hintFor says what the bundler does not know of bots.
func hintFor(text string) string {
	name, ok := strings.CutPrefix(text, `Could not resolve "`)
	if !ok {
		return ""
	}
	name = strings.TrimSuffix(name, `"`)
	if hint := builtin[name]; hint != "" {
		return hint
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") {
		return ""
	}
	return "npm install " + name + " beside the bot, if it is a package"
}
