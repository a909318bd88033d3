package abi

import (
	"fmt"

	"github.com/bothost/bothost/abi/bodies"
)

// Kind is the kind of an entry: what its body means.
type Kind string

const (
	KindText     Kind = "text"
	KindOptions  Kind = "options"
	KindMarkdown Kind = "markdown"
	KindHTML     Kind = "html"
	// KindDataframe is a table of values.
	KindDataframe Kind = "dataframe"
	// KindPlotly is a chart.
	KindPlotly   Kind = "plotly"
	KindLocation Kind = "location"
	// KindRAG is an answer with the documents that it rests upon.
	KindRAG Kind = "rag"
	// KindReasoning is a step on the way to an answer.
	KindReasoning Kind = "reasoning"
	// KindTasks is what the bot has set out to do.
	KindTasks Kind = "tasks"
	// KindGUI describes screens, KindGUIUpdate what they are from now on.
	KindGUI       Kind = "gui"
	KindGUIUpdate Kind = "gui_update"
	// KindFile is a file; KindImage and KindAudio are files of these types. Bots reply
	// with them by a function of their own.
	KindFile  Kind = "file"
	KindImage Kind = "image"
	KindAudio Kind = "audio"
	// KindOption is a user's choice; bots do not reply with it.
	KindOption Kind = "option"
	// KindJSON is a user's JSON message; bots do not reply with it.
	KindJSON Kind = "json"
	// KindFiles are files that a user sent, and KindVoice is what a user said; bots do
	// not reply with them.
	KindFiles Kind = "files"
	KindVoice Kind = "voice"
	// KindNotice is said by the host; bots do not reply with it.
	KindNotice Kind = "notice"
)

// KindInfo is one row of the table of kinds. To add a kind is to add a row.
type KindInfo struct {
	Kind Kind
	// Reply says whether a bot may reply with the kind.
	Reply bool
	// File says that the kind holds files, so that its body alone is no reply: bots
	// reply with it by reply_file.
	File bool
	// JSON says whether the body is JSON; otherwise it is text.
	JSON bool
	// Body is the shape of the body, in the words of abi/README.md.
	Body string
	// shape is what the body is.
	shape bodies.Shape
}

var kinds = []KindInfo{
	{Kind: KindText, Reply: true, Body: "text"},
	{Kind: KindOptions, Reply: true, JSON: true, shape: bodies.Options,
		Body: `JSON array of 1 to 64 strings, or of {"label","value"}; kept as the latter`},
	{Kind: KindMarkdown, Reply: true, Body: "text in CommonMark"},
	{Kind: KindHTML, Reply: true, Body: "HTML", shape: bodies.HTML},
	{Kind: KindDataframe, Reply: true, JSON: true, shape: bodies.Dataframe,
		Body: "JSON object `columns`, `rows`"},
	{Kind: KindPlotly, Reply: true, JSON: true, shape: bodies.Plotly,
		Body: "JSON object `data`, `layout?` and more, a figure of plotly"},
	{Kind: KindLocation, Reply: true, JSON: true, shape: bodies.Location,
		Body: "JSON object `latitude`, `longitude`, in degrees"},
	{Kind: KindRAG, Reply: true, JSON: true, shape: bodies.RAG,
		Body: "JSON object `llm_name?`, `question`, `answer`, `docs?`"},
	{Kind: KindReasoning, Reply: true, JSON: true, shape: bodies.Reasoning,
		Body: "JSON object `kind`, `step`, `summary`, `details?`"},
	{Kind: KindTasks, Reply: true, JSON: true, shape: bodies.Tasks,
		Body: "JSON array of `id`, `description`, `status`, `result?`"},
	{Kind: KindGUI, Reply: true, JSON: true, shape: bodies.GUI,
		Body: "JSON object `name`, `modules` and more, screens of BESSER"},
	{Kind: KindGUIUpdate, Reply: true, JSON: true, shape: bodies.GUI,
		Body: "the same, in place of what was there"},
	{Kind: KindFile, Reply: true, File: true, JSON: true, shape: bodies.File,
		Body: "JSON object `name`, `type`, `size`"},
	{Kind: KindImage, Reply: true, File: true, JSON: true, shape: bodies.Image,
		Body: "the same, of the type `image/...`"},
	{Kind: KindAudio, Reply: true, File: true, JSON: true, shape: bodies.Audio,
		Body: "the same, of the type `audio/...`"},
	{Kind: KindOption, Body: "the value of the option that the user chose"},
	{Kind: KindJSON, JSON: true, shape: bodies.JSON,
		Body: "the JSON message that the user sent"},
	{Kind: KindFiles, File: true, JSON: true, shape: bodies.Files,
		Body: "JSON array of `name`, `type`, `size`"},
	{Kind: KindVoice, File: true, JSON: true, shape: bodies.Voice,
		Body: "JSON object `name`, `type`, `size`"},
	{Kind: KindNotice, Body: "text that the host says"},
}

// Kinds returns the table of kinds.
func Kinds() []KindInfo { return kinds }

func (k Kind) info() *KindInfo {
	for i := range kinds {
		if kinds[i].Kind == k {
			return &kinds[i]
		}
	}
	return nil
}

func (k Kind) jsonBody() bool {
	info := k.info()
	return info != nil && info.JSON
}

// HasFiles reports whether entries of the kind hold files.
func (k Kind) HasFiles() bool {
	info := k.info()
	return info != nil && info.File
}

// ReplyKind finds the row of a kind that a bot may reply with.
func ReplyKind[S ~string | ~[]byte](name S) (*KindInfo, bool) {
	for i := range kinds {
		if string(kinds[i].Kind) == string(name) && kinds[i].Reply {
			return &kinds[i], true
		}
	}
	return nil, false
}

// Parse checks a body, which must be valid UTF-8, and returns a copy in the
// shape in which it is kept and sent.
//
// # Errors
//
// The error names the kind, and the place and the rule that the body breaks.
func (i *KindInfo) Parse(body []byte) (string, error) {
	kept, err := i.shape.Parse(body)
	if err != nil {
		return "", fmt.Errorf("%s: %w", i.Kind, err)
	}
	return kept, nil
}

// Text renders the entry's body for a platform that shows nothing but text.
func (e *Entry) Text() string {
	info := e.Kind.info()
	if info == nil {
		return e.Body
	}
	return info.shape.Text(e.Body)
}
