package bodies

// Shape is what the bodies of a kind are: which are taken, in what shape they are
// kept, and how they are read as text. The zero value is [Text].
type Shape uint8

const (
	// Text is any text; so is a source of Markdown.
	Text Shape = iota
	HTML
	// Options are choices, which [ParseOptions] reads.
	Options
	// Dataframe is a [Table].
	Dataframe
	Plotly
	Location
	RAG
	Reasoning
	Tasks
	GUI
	// File is what is known of a file; Image and Audio are files of these types, and
	// Voice is one that holds what a user said. Files are several.
	File
	Image
	Audio
	Files
	Voice
	// JSON is any JSON; as text it is what [JSONText] finds, if that is something.
	JSON
)

// shapes is indexed by Shape.
var shapes = [...]struct {
	// keep checks a body and returns it in the shape in which it is kept. If nil, any
	// text will do.
	keep func(body []byte) (string, error)
	// text renders a body that keep returned. If nil, the body itself.
	text func(body string) string
}{
	Text:      {},
	HTML:      {nil, htmlText},
	Options:   {keepOptions, optionsText},
	Dataframe: {described(dataframe), dataframeText},
	Plotly:    {described(plotly), plotlyText},
	Location:  {described(location), locationText},
	RAG:       {described(rag), ragText},
	Reasoning: {described(reasoning), reasoningText},
	Tasks:     {described(tasks), tasksText},
	GUI:       {described(gui), guiText},
	File:      {described(fileOf("")), fileText},
	Image:     {described(fileOf("image/")), fileText},
	Audio:     {described(fileOf("audio/")), fileText},
	Files:     {described(arrayOf(1, maxFiles, fileOf(""))), filesText},
	Voice:     {described(fileOf("")), voiceText},
	JSON:      {keepJSON, jsonText},
}

// described keeps what a rule says.
func described(r rule) func([]byte) (string, error) {
	return func(body []byte) (string, error) { return readBody(body, r) }
}

// Parse checks a body, which must be valid UTF-8, and returns a copy in the shape
// in which it is kept and sent.
//
// # Errors
//
// The error names the place in the body and the rule that is broken there.
func (s Shape) Parse(body []byte) (string, error) {
	if keep := shapes[s].keep; keep != nil {
		return keep(body)
	}
	return string(body), nil
}

// Text renders a body for a platform that shows nothing but text. A body that Parse
// would refuse, which another host may have kept, is shown as well as can be.
func (s Shape) Text(body string) string {
	if text := shapes[s].text; text != nil {
		return text(body)
	}
	return body
}
