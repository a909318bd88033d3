package abi

// Export is one of the functions that a bot may export and the host calls.
// [Export.Info] is its row of their table.
type Export uint8

const (
	Initialize Export = iota
	Describe
	OnStart
	OnMessage
	OnVoice
	OnFile
	OnEvent
	OnEnter
	OnFallback
	Check

	// ExportCount is the number of exports.
	ExportCount
)

// Phase is a set of exports: the ones during which a function may be called.
type Phase uint16

// In reports whether p holds e.
func (p Phase) In(e Export) bool { return p&(1<<e) != 0 }

// The columns of "may call" in abi/README.md.
const (
	always   = Phase(1<<ExportCount) - 1
	handlers = Phase(1<<OnStart | 1<<OnMessage | 1<<OnVoice | 1<<OnFile |
		1<<OnEvent | 1<<OnEnter | 1<<OnFallback)
	// turns are the exports that run within a turn.
	turns = handlers | 1<<Check
	// outputs are the exports whose output somebody reads.
	outputs = Phase(1<<Describe) | turns
)

// ExportInfo describes one export.
type ExportInfo struct {
	Name string
	// Runs says when the host calls it.
	Runs string
	// Input says what input returns during the call.
	Input string
}

// exports is indexed by Export.
var exports = [ExportCount]ExportInfo{
	Initialize: {"_initialize", "once for each instance, before anything else", "empty"},
	Describe:   {"describe", "once for each generation; its output is the definition", "empty"},
	OnStart:    {"on_start", "a session begins, or begins anew after a reset", "empty"},
	OnMessage: {"on_message", "a text arrives, or an option is chosen",
		"the text, or the option's value"},
	OnVoice:    {"on_voice", "audio arrives", "JSON: name, type and size"},
	OnFile:     {"on_file", "files arrive", "JSON array: name, type and size of each"},
	OnEvent:    {"on_event", "any event without an export of its own", "the event as JSON"},
	OnEnter:    {"on_enter", "a declared state is entered", "the state's name"},
	OnFallback: {"on_fallback", "nothing took a human's text", "the text"},
	Check:      {"check", "a guard must be decided", "the guard's name"},
}

// Info returns what is known of the export. It panics if e is none of the
// constants.
func (e Export) Info() ExportInfo { return exports[e] }

// String returns the export's name in the module.
func (e Export) String() string {
	if e < ExportCount {
		return exports[e].Name
	}
	return "unknown export"
}

// ExportByName finds an export by its name in a module.
func ExportByName(name string) (Export, bool) {
	for e, info := range exports {
		if info.Name == name {
			return Export(e), true
		}
	}
	return 0, false
}
