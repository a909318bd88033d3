package besser

import (
	"encoding/json"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

// kind is how entries of a kind leave for BESSER clients.
type kind struct {
	// suffix follows the dialect's prefix in the action.
	suffix string
	// old is what it is for bots, if they call it something else.
	old string
	// before45 is what it is for agents before 4.5, if they call it something else.
	before45 string
	// young says that bots did not have it: their clients get the text.
	young bool
	// passing says that it is no part of the past, and nothing as a text.
	passing bool
	// append appends a body as the JSON that the message is. It returns false if
	// the body is not one of the kind.
	append func(b []byte, body string) ([]byte, bool)
}

// kinds are the kinds that BESSER clients know; of all others they get the
// text.
var kinds = map[abi.Kind]kind{
	abi.KindText:      {suffix: "str", append: appendBody},
	abi.KindNotice:    {suffix: "str", append: appendBody},
	abi.KindMarkdown:  {suffix: "markdown", append: appendNone},
	abi.KindHTML:      {suffix: "html", append: appendNone},
	abi.KindOptions:   {suffix: "options", append: appendLabels},
	abi.KindDataframe: {suffix: "dataframe", append: appendPandas},
	abi.KindPlotly:    {suffix: "plotly", append: appendFigure},
	abi.KindLocation:  {suffix: "location", append: appendObject},
	abi.KindRAG:       {suffix: "rag", append: appendAnswer},
	// How files leave is for file to say: sounds that are no samples as files, too.
	abi.KindFile:      {suffix: "file", append: appendNone},
	abi.KindImage:     {suffix: "image", append: appendNone},
	abi.KindAudio:     {suffix: "audio", old: "file", append: appendNone},
	abi.KindReasoning: {suffix: "reasoning_step", young: true, append: appendObject},
	abi.KindTasks:     {suffix: "task_list_update", young: true, append: appendObject},
	abi.KindGUI:       {suffix: "gui", before45: "ui", young: true, append: appendScreens},
	abi.KindGUIUpdate: {
		suffix: "gui_update", before45: "ui", young: true, passing: true, append: appendScreens,
	},
}

// appendNone appends nothing: how these leave is for page to say, and without a
// renderer they leave as text.
func appendNone(b []byte, _ string) ([]byte, bool) { return b, false }

// appendBody appends a body as a string.
func appendBody(b []byte, body string) ([]byte, bool) { return python.AppendString(b, body), true }

// appendObject appends a body of JSON as it is.
func appendObject(b []byte, body string) ([]byte, bool) {
	return python.AppendJSON(b, body, " "), true
}

// appendAnswer appends an answer with its documents. The name of a model stands in
// it for people to read, and there are clients that put it into their page as HTML:
// it keeps its looks, and is no tag.
func appendAnswer(b []byte, body string) ([]byte, bool) {
	start := len(b)
	b = python.AppendJSON(b, body, " ")
	// Names of fields in capitals are others, which a struct would not know.
	var doc map[string]json.RawMessage
	var name string
	if json.Unmarshal([]byte(body), &doc) != nil {
		return b[:start], false
	}
	if raw, ok := doc["llm_name"]; ok && json.Unmarshal(raw, &name) != nil {
		return b[:start], false
	}
	if !strings.Contains(name, "<") {
		return b, true
	}
	const field = `"llm_name": `
	was := string(python.AppendString([]byte(field), name))
	is := string(python.AppendString([]byte(field), strings.ReplaceAll(name, "<", "‹")))
	return append(b[:start], strings.ReplaceAll(string(b[start:]), was, is)...), true
}

// appendFigure appends a figure as plotly's to_json writes it, in a string.
func appendFigure(b []byte, body string) ([]byte, bool) {
	return python.AppendString(b, string(python.AppendJSON(nil, body, ""))), true
}

// appendScreens appends a body of JSON in a string.
func appendScreens(b []byte, body string) ([]byte, bool) {
	return python.AppendString(b, string(python.AppendJSON(nil, withoutScript(body), " "))), true
}

// appendLabels appends the labels of options.
func appendLabels(b []byte, body string) ([]byte, bool) {
	options, err := bodies.ParseOptions(body)
	if err != nil {
		return b, false
	}
	return python.AppendString(b, string(python.AppendOptions(nil, options))), true
}

// appendPandas appends a dataframe as pandas' to_json writes it, in a string.
func appendPandas(b []byte, body string) ([]byte, bool) {
	d, err := bodies.ParseTable(body)
	if err != nil {
		return b, false
	}
	return python.AppendString(b, string(python.AppendFrame(nil, &d))), true
}
