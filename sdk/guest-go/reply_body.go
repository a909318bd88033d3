package guest

import "strconv"

// ReplyHTML replies with HTML. Hosts sanitise it: scripts in it are not run.
func (s *Session) ReplyHTML(html string) { s.ReplyAs(KindHTML, html) }

// ReplyPlotly replies with a chart: the JSON of a figure of plotly, an object of
// data, an array of at most 256 traces, and layout.
func (s *Session) ReplyPlotly(figure string) { s.ReplyAs(KindPlotly, figure) }

// ReplyLocation replies with a place on earth, in degrees: latitude from -90 to
// 90, longitude from -180 to 180. Others end the turn.
func (s *Session) ReplyLocation(latitude, longitude float64) {
	b := append(scratch[:0], `{"latitude":`...)
	b = appendFloat(b, latitude, 64)
	b = append(b, `,"longitude":`...)
	b = appendFloat(b, longitude, 64)
	s.replyBody(KindLocation, append(b, '}'))
}

// RAG is an answer, and the documents that it rests upon: retrieval-augmented
// generation.
type RAG struct {
	Question, Answer string
	// Model is what made the answer of the documents; it may be empty.
	Model string
	// Docs are at most 100.
	Docs []Doc
}

// Doc is a part of a document.
type Doc struct {
	Content string
	// Source is where it stands: a file's name, or an address. If empty, unknown.
	Source string
	// Page is the page in it, from 1 on. If zero, unknown.
	Page int
}

// ReplyRAG replies with an answer and its documents.
func (s *Session) ReplyRAG(r RAG) {
	b := appendText(scratch[:0], `{"llm_name":`, r.Model)
	b = appendText(b, `,"question":`, r.Question)
	b = appendText(b, `,"answer":`, r.Answer)
	b = append(b, `,"docs":[`...)
	for i, doc := range r.Docs {
		if i > 0 {
			b = append(b, ',')
		}
		b = doc.appendJSON(b)
	}
	s.replyBody(KindRAG, append(b, "]}"...))
}

func (d *Doc) appendJSON(b []byte) []byte {
	b = appendText(b, `{"content":`, d.Content)
	b = append(b, `,"metadata":{`...)
	if d.Source != "" {
		b = appendText(b, `"source":`, d.Source)
	}
	if d.Page != 0 {
		if d.Source != "" {
			b = append(b, ',')
		}
		b = append(b, `"page":`...)
		b = strconv.AppendInt(b, int64(d.Page), 10)
	}
	return append(b, "}}"...)
}

// ReasoningKind is what a step on the way to an answer is.
type ReasoningKind string

// Kinds of steps. Clients show what comes between ReasoningStarted and
// ReasoningFinished as one.
const (
	ReasoningStarted  ReasoningKind = "reasoning_started"
	ReasoningFinished ReasoningKind = "reasoning_finished"
	// ReasoningText: a model said something that is not the answer.
	ReasoningText ReasoningKind = "llm_text"
	// ReasoningCalls: a model called tools.
	ReasoningCalls ReasoningKind = "llm_tool_calls"
	// ReasoningResult: a tool returned.
	ReasoningResult    ReasoningKind = "tool_result"
	ReasoningAdded     ReasoningKind = "task_added"
	ReasoningCompleted ReasoningKind = "task_completed"
	ReasoningSkipped   ReasoningKind = "task_skipped"
	// ReasoningPushback: an answer came too early, and was sent back.
	ReasoningPushback ReasoningKind = "pushback"
	// ReasoningMaxSteps: there were too many steps.
	ReasoningMaxSteps ReasoningKind = "max_steps"
)

// Reasoning is a step on the way to an answer.
type Reasoning struct {
	Kind ReasoningKind
	// Step is its number, from 0 to 1000000.
	Step int
	// Summary is what people read of it.
	Summary string
	// Details are a JSON object. If empty, {}. Clients show the names in
	// {"tool_calls":[{"name":"hours"}]} of ReasoningCalls.
	Details string
}

// ReplyReasoning replies with a step on the way to an answer.
func (s *Session) ReplyReasoning(r Reasoning) {
	b := appendText(scratch[:0], `{"kind":`, string(r.Kind))
	b = append(b, `,"step":`...)
	b = strconv.AppendInt(b, int64(r.Step), 10)
	b = appendText(b, `,"summary":`, r.Summary)
	if r.Details != "" {
		b = append(b, `,"details":`...)
		b = append(b, r.Details...)
	}
	s.replyBody(KindReasoning, append(b, '}'))
}

// TaskStatus is how far a task is.
type TaskStatus string

// The statuses of tasks.
const (
	TaskPending    TaskStatus = "pending"
	TaskInProgress TaskStatus = "in_progress"
	TaskCompleted  TaskStatus = "completed"
	TaskSkipped    TaskStatus = "skipped"
)

// Task is something that the bot has set out to do.
type Task struct {
	// ID is from 0 to 1000000, and different from those of the other tasks.
	ID int
	// Description must not be empty.
	Description string
	// Status, if empty, is TaskPending.
	Status TaskStatus
	// Result is what came of it.
	Result string
}

// ReplyTasks replies with what the bot has set out to do: always all of it, at
// most 256 tasks. It takes the place of the list before.
func (s *Session) ReplyTasks(tasks ...Task) {
	b := append(scratch[:0], '[')
	for i, task := range tasks {
		if i > 0 {
			b = append(b, ',')
		}
		if task.Status == "" {
			task.Status = TaskPending
		}
		b = append(b, `{"id":`...)
		b = strconv.AppendInt(b, int64(task.ID), 10)
		b = appendText(b, `,"description":`, task.Description)
		b = appendText(b, `,"status":`, string(task.Status))
		b = appendText(b, `,"result":`, task.Result)
		b = append(b, '}')
	}
	s.replyBody(KindTasks, append(b, ']'))
}

// ReplyGUI replies with screens: a JSON object as BESSER's clients take it, with a
// name and modules, which have a name and screens, which have a name and
// view_elements.
func (s *Session) ReplyGUI(gui string) { s.ReplyAs(KindGUI, gui) }

// UpdateGUI replaces the screens that are shown. gui is all of them, as in
// [Session.ReplyGUI].
func (s *Session) UpdateGUI(gui string) { s.ReplyAs(KindGUIUpdate, gui) }
