package bodies

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

// How much of a body is shown as text.
const (
	shownTraces  = 10
	shownScreens = 20
)

// oneLine returns a text on one line of at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	i := 0
	for at := range s {
		if i == n {
			return s[:at] + "…"
		}
		i++
	}
	return s
}

// trace is a series of points in a figure; plotly takes any value as its type and
// name.
type trace struct{ Type, Name any }

func (t *trace) line() string {
	kind, _ := t.Type.(string)
	name, _ := t.Name.(string)
	return oneLine(cmp.Or(kind, "scatter")+" "+name, 200) // scatter is plotly's default
}

func plotlyText(body string) string {
	var figure struct{ Data []trace }
	if json.Unmarshal([]byte(body), &figure) != nil {
		return body
	}
	var b strings.Builder
	b.WriteString("Chart")
	title := cmp.Or(textAt(body, "layout.title.text"), textAt(body, "layout.title"))
	if title != "" {
		b.WriteString(": " + oneLine(title, 200))
	}
	for i := range figure.Data {
		if i == shownTraces {
			b.WriteString("\n" + more(len(figure.Data)-i, "trace"))
			break
		}
		b.WriteString("\n- " + figure.Data[i].line())
	}
	return b.String()
}

// textAt returns the string at a path of a body; empty if there is none.
func textAt(body, path string) string {
	value, ok := jsontext.Lookup([]byte(body), path)
	if !ok || len(value) > 0 && (value[0] == '{' || value[0] == '[') {
		return ""
	}
	return string(value)
}

// more says that something is left out.
func more(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return "… and " + strconv.Itoa(n) + " more " + what
}

func locationText(body string) string {
	if textAt(body, "latitude") == "" {
		return body
	}
	return "Location: " + textAt(body, "latitude") + ", " + textAt(body, "longitude")
}

func ragText(body string) string {
	var answer struct {
		Answer string
		Docs   []struct {
			Content  string
			Metadata struct{ Source, Page any }
		}
	}
	if json.Unmarshal([]byte(body), &answer) != nil {
		return body
	}
	var b strings.Builder
	b.WriteString(answer.Answer)
	for i, doc := range answer.Docs {
		b.WriteString("\n[" + strconv.Itoa(i+1) + "] ")
		if source, ok := doc.Metadata.Source.(string); ok {
			b.WriteString(oneLine(source, 100))
			if page, ok := doc.Metadata.Page.(float64); ok {
				b.WriteString(", page " + strconv.FormatFloat(page, 'f', -1, 64))
			}
			b.WriteString(": ")
		}
		b.WriteString(oneLine(doc.Content, 100))
	}
	return b.String()
}

func reasoningText(body string) string {
	words := strings.ReplaceAll(textAt(body, "kind"), "_", " ")
	if summary := textAt(body, "summary"); summary != "" {
		words = summary
	}
	if words == "" {
		return body
	}
	return "Step " + textAt(body, "step") + ": " + words
}

// taskMarks stand before tasks in the order of taskStatuses.
var taskMarks = []string{"[ ] ", "[~] ", "[x] ", "[-] "}

func tasksText(body string) string {
	var list []struct{ Description, Status, Result string }
	if json.Unmarshal([]byte(body), &list) != nil {
		return body
	}
	lines := make([]string, 0, len(list)+1)
	if len(list) == 0 {
		lines = append(lines, "No tasks")
	}
	for _, task := range list {
		mark := taskMarks[0]
		for i, status := range taskStatuses {
			if task.Status == status {
				mark = taskMarks[i]
			}
		}
		line := mark + oneLine(task.Description, 200)
		if task.Result != "" {
			line += ": " + oneLine(task.Result, 200)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func guiText(body string) string {
	var screens struct {
		Name    string
		Modules []struct {
			Screens []struct{ Name string }
		}
	}
	if json.Unmarshal([]byte(body), &screens) != nil {
		return body
	}
	var names []string
	for _, module := range screens.Modules {
		for _, screen := range module.Screens {
			names = append(names, oneLine(screen.Name, 40))
		}
	}
	if len(names) > shownScreens {
		names = append(names[:shownScreens:shownScreens], more(len(names)-shownScreens, "screen"))
	}
	return "Screens of " + oneLine(screens.Name, 200) + ": " + strings.Join(names, ", ")
}
