package abi

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Limits of bodies, beside the one on their size.
const (
	MaxDocs    = 100
	MaxTasks   = 256
	MaxTraces  = 256
	MaxModules = 64
	MaxScreens = 256
	// MaxElements is how many elements a screen has, without those within them.
	MaxElements = 1024
	// MaxStep is the largest number of a step, and id of a task.
	MaxStep = 1_000_000
)

var (
	reasoningKinds = []string{
		"reasoning_started", "reasoning_finished", "llm_text", "llm_tool_calls", "tool_result",
		"task_added", "task_completed", "task_skipped", "pushback", "max_steps",
	}
	taskStatuses = []string{"pending", "in_progress", "completed", "skipped"}
)

// How much of a body is shown as text.
const (
	shownTraces  = 10
	shownScreens = 20
)

// ReasoningKinds returns what a step of [KindReasoning] may be.
func ReasoningKinds() []string { return reasoningKinds }

// TaskStatuses returns how far a task of [KindTasks] may be.
func TaskStatuses() []string { return taskStatuses }

// What bodies of JSON are.
var (
	freeObject = openObject()

	plotly = openObject(
		field{name: "data", rule: arrayOf(0, MaxTraces, freeObject)},
		field{name: "layout", rule: freeObject, unset: "{}"})

	location = object(
		field{name: "latitude", rule: numberIn(-90, 90)},
		field{name: "longitude", rule: numberIn(-180, 180)})

	rag = object(
		field{name: "llm_name", rule: anyText, unset: `""`},
		field{name: "question", rule: anyText},
		field{name: "answer", rule: anyText},
		field{name: "docs", rule: arrayOf(0, MaxDocs, ragDoc), unset: "[]"})
	ragDoc = object(
		field{name: "content", rule: anyText},
		field{name: "metadata", rule: freeObject, unset: "{}"})

	reasoning = object(
		field{name: "kind", rule: oneOf(reasoningKinds)},
		field{name: "step", rule: wholeIn(0, MaxStep)},
		field{name: "summary", rule: anyText},
		field{name: "details", rule: freeObject, unset: "{}"})

	tasks = distinct("id", arrayOf(0, MaxTasks, object(
		field{name: "id", rule: wholeIn(0, MaxStep)},
		field{name: "description", rule: someText},
		field{name: "status", rule: oneOf(taskStatuses)},
		field{name: "result", rule: anyText, unset: `""`})))

	gui = openObject(
		field{name: "name", rule: someText},
		field{name: "modules", rule: arrayOf(1, MaxModules, guiModule)})
	guiModule = openObject(
		field{name: "name", rule: someText},
		field{name: "screens", rule: arrayOf(1, MaxScreens, guiScreen)})
	guiScreen = openObject(
		field{name: "name", rule: someText},
		field{name: "view_elements", rule: arrayOf(0, MaxElements, freeObject), unset: "[]"})
)

// described makes a parse function of a rule.
func described(r rule) func([]byte) (string, error) {
	return func(body []byte) (string, error) { return readBody(body, r) }
}

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

func plotlyText(body string) string {
	title := textAt(body, "layout.title.text")
	if title == "" {
		title = textAt(body, "layout.title")
	}
	var figure struct {
		Data []struct{ Type, Name any } `json:"data"`
	}
	if json.Unmarshal([]byte(body), &figure) != nil {
		return body
	}
	var b strings.Builder
	b.WriteString("Chart")
	if title != "" {
		b.WriteString(": " + oneLine(title, 200))
	}
	for i, trace := range figure.Data {
		if i == shownTraces {
			b.WriteString("\n" + more(len(figure.Data)-i, "trace"))
			break
		}
		kind, _ := trace.Type.(string)
		name, _ := trace.Name.(string)
		if kind == "" {
			kind = "scatter"
		}
		b.WriteString("\n- " + oneLine(strings.TrimSpace(kind+" "+name), 200))
	}
	return b.String()
}

// textAt returns the string at a path of a body; empty if there is none.
func textAt(body, path string) string {
	value, ok := Lookup([]byte(body), path)
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
