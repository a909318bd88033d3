package abi

// Function is one of the functions of [ModuleCore] that a bot may import. It is
// an index into the function table.
type Function uint8

const (
	FuncInput Function = iota
	FuncOutput
	FuncFail
	FuncLog
	FuncEvent
	FuncEventGet
	FuncReply
	FuncReplyOptions
	FuncReplyAs
	FuncReplyFile
	FuncReplyDelta
	FuncReplyEnd
	FuncFileRead
	FuncSessionGet
	FuncSessionSet
	FuncSessionDelete
	FuncState
	FuncMove
	FuncHistory
	FuncTimerSet
	FuncTimerCancel
	FuncHTTPStart
	FuncConfigGet
	FuncAsset
	FuncNow
	FuncRandom

	// FunctionCount is the number of functions.
	FunctionCount
)

// ValueType is a Wasm number type, by its code in the binary format.
type ValueType byte

const (
	I32 ValueType = 0x7f
	I64 ValueType = 0x7e
	F32 ValueType = 0x7d
	F64 ValueType = 0x7c
)

// String returns the type's name in the text format.
func (v ValueType) String() string {
	switch v {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	}
	return "unknown"
}

// Param is a parameter of a function.
type Param struct {
	Name string
	Type ValueType
}

// FunctionInfo describes one function of the core surface.
type FunctionInfo struct {
	Name   string
	Params []Param
	// Results holds the result's type, or nothing.
	Results []ValueType
	// During is the set of exports in which the function may be called.
	During Phase
	// Does says what it does, in the words of abi/README.md.
	Does string
}

// i32s are parameters of type i32, as nearly all are.
func i32s(names ...string) []Param {
	params := make([]Param, len(names))
	for i, name := range names {
		params[i] = Param{name, I32}
	}
	return params
}

var (
	i32Result = []ValueType{I32}
	i64Result = []ValueType{I64}
)

// functions is indexed by Function.
var functions = [FunctionCount]FunctionInfo{
	FuncInput: {"input", i32s("buf", "cap"), i32Result, turns,
		"the input of this call"},
	FuncOutput: {"output", i32s("ptr", "len"), nil, outputs,
		"replaces the output of this call"},
	FuncFail: {"fail", i32s("ptr", "len"), nil, outputs,
		"words for the operator, used when the call returns 1"},
	FuncLog: {"log", i32s("level", "ptr", "len"), nil, always,
		"a line in the bot's log; 0 debug, 1 info, 2 warn, 3 error"},
	FuncEvent: {"event", i32s("buf", "cap"), i32Result, turns,
		"the current event as JSON"},
	FuncEventGet: {"event_get", i32s("path", "pathlen", "buf", "cap"), i32Result, turns,
		"one value of the event, by dotted path"},
	FuncReply: {"reply", i32s("ptr", "len"), nil, handlers,
		"a text reply"},
	FuncReplyOptions: {"reply_options", i32s("ptr", "len"), nil, handlers,
		"options to choose from, as a JSON array"},
	FuncReplyAs: {"reply_as", i32s("kind", "kindlen", "body", "bodylen"), nil, handlers,
		"a reply of any kind in the table of kinds"},
	FuncReplyFile: {"reply_file", i32s("name", "namelen", "mime", "mimelen", "data", "datalen"),
		nil, handlers,
		"a file: an image or audio if its MIME type says so"},
	FuncReplyDelta: {"reply_delta", i32s("ptr", "len"), nil, handlers,
		"more of the reply in progress, a text that users see while it is made"},
	FuncReplyEnd: {"reply_end", nil, nil, handlers,
		"ends the reply in progress, if there is one"},
	FuncFileRead: {"file_read",
		[]Param{{"index", I32}, {"offset", I64}, {"buf", I32}, {"cap", I32}}, i32Result, turns,
		"bytes of a file of the event; how many were copied, 0 at the end"},
	FuncSessionGet: {"session_get", i32s("key", "keylen", "buf", "cap"), i32Result, turns,
		"a session variable"},
	FuncSessionSet: {"session_set", i32s("key", "keylen", "val", "vallen"), nil, handlers,
		"sets a session variable"},
	FuncSessionDelete: {"session_delete", i32s("key", "keylen"), nil, handlers,
		"removes a session variable; no error if there is none"},
	FuncState: {"state", i32s("buf", "cap"), i32Result, turns,
		"the state where the session stands, or will stand after move"},
	FuncMove: {"move", i32s("ptr", "len"), nil, handlers,
		"where the session goes when the handler returns"},
	FuncHistory: {"history", i32s("n", "buf", "cap"), i32Result, turns,
		"the newest n entries as JSON, this turn's included, oldest first"},
	FuncTimerSet: {"timer_set", []Param{
		{"name", I32}, {"namelen", I32}, {"delay_ms", I64}, {"data", I32}, {"datalen", I32},
	}, nil, handlers,
		"sets a timer of the session, in the place of one of the same name"},
	FuncTimerCancel: {"timer_cancel", i32s("name", "namelen"), nil, handlers,
		"removes a timer; no error if there is none"},
	FuncHTTPStart: {"http_start", i32s("name", "namelen", "request", "requestlen"), nil, handlers,
		"makes an HTTP request after the turn"},
	FuncConfigGet: {"config_get", i32s("key", "keylen", "buf", "cap"), i32Result, always,
		"the operator's configuration for this bot"},
	FuncAsset: {"asset", i32s("buf", "cap"), i32Result, always,
		"the body of the module's custom section bothost.asset"},
	FuncNow: {"now", nil, i64Result, always,
		"the turn's time, in milliseconds since 1970 UTC; it stands still within a turn"},
	FuncRandom: {"random", i32s("buf", "len"), nil, always,
		"fills the buffer with random bytes"},
}

// Info returns what is known of the function. It panics if f is none of the
// constants.
func (f Function) Info() FunctionInfo { return functions[f] }

// String returns the function's name.
func (f Function) String() string {
	if f < FunctionCount {
		return functions[f].Name
	}
	return "unknown function"
}

// FunctionByName finds a function of the core surface.
func FunctionByName(name string) (Function, bool) {
	for f := range functions {
		if functions[f].Name == name {
			return Function(f), true
		}
	}
	return 0, false
}

// Signature returns the function's type in the text format of WebAssembly, for
// instance "(func (param i32 i32) (result i32))".
func (i FunctionInfo) Signature() string {
	s := "(func"
	if len(i.Params) > 0 {
		s += " (param"
		for _, p := range i.Params {
			s += " " + p.Type.String()
		}
		s += ")"
	}
	for _, r := range i.Results {
		s += " (result " + r.String() + ")"
	}
	return s + ")"
}
