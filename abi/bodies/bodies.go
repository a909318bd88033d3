package bodies

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

// ReasoningKinds returns what a step of [Reasoning] may be.
func ReasoningKinds() []string { return reasoningKinds }

// TaskStatuses returns how far a task of [Tasks] may be.
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
