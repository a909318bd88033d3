package guest

import (
	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Kind is the kind of an entry of the log: what its body means.
type Kind string

// Kinds of entries. A bot replies with all of them but the last two.
const (
	// KindText: the body is text.
	KindText Kind = "text"
	// KindOptions: the body is a JSON array of {"label","value"}.
	KindOptions Kind = "options"
	// KindMarkdown: the body is text in CommonMark. Hosts sanitise what comes of
	// it: HTML in it is not run.
	KindMarkdown Kind = "markdown"
	// KindHTML: the body is HTML, which hosts sanitise.
	KindHTML Kind = "html"
	// The bodies of those below are JSON, as abi/README.md describes it.
	KindDataframe Kind = "dataframe"
	KindPlotly    Kind = "plotly"
	KindLocation  Kind = "location"
	KindRAG       Kind = "rag"
	KindReasoning Kind = "reasoning"
	KindTasks     Kind = "tasks"
	KindGUI       Kind = "gui"
	KindGUIUpdate Kind = "gui_update"
	// KindFile is a file; KindImage and KindAudio are files of these types.
	KindFile  Kind = "file"
	KindImage Kind = "image"
	KindAudio Kind = "audio"
	// KindFiles are files that the user sent, and KindVoice is what the user said.
	KindFiles Kind = "files"
	KindVoice Kind = "voice"
	// KindOption: the body is the value of the option that the user chose.
	KindOption Kind = "option"
	// KindJSON is a user's JSON message. Bots do not reply with it.
	KindJSON Kind = "json"
	// KindNotice: the body is text that the host says.
	KindNotice Kind = "notice"
)

// Option is one choice. Neither of its texts may be empty.
type Option struct {
	// Label is what the user reads.
	Label string
	// Value is what [Session.Text] returns when the user has chosen.
	Value string
}

// Reply replies with a text. A turn has at most 64 replies of together 1 MiB,
// unless the operator chose other limits; that counts replies of all kinds.
func (*Session) Reply(text string) { wire.Reply(text) }

// ReplyMarkdown replies with a text in CommonMark.
func (s *Session) ReplyMarkdown(text string) { s.ReplyAs(KindMarkdown, text) }

// ReplyAs replies with any kind: body has the shape that the kind asks for. An
// unknown kind, or a body of another shape, ends the turn.
func (*Session) ReplyAs(kind Kind, body string) { wire.ReplyAs(string(kind), body) }

// ReplyOptions offers 1 to 64 different texts to choose from.
func (*Session) ReplyOptions(labels ...string) {
	b := append(scratch[:0], '[')
	for i, label := range labels {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, label)
	}
	replyOptions(append(b, ']'))
}

// ReplyChoices offers 1 to 64 options with different values.
func (*Session) ReplyChoices(options ...Option) {
	b := append(scratch[:0], '[')
	for i, o := range options {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"label":`...)
		b = jsontext.AppendString(b, o.Label)
		b = append(b, `,"value":`...)
		b = jsontext.AppendString(b, o.Value)
		b = append(b, '}')
	}
	replyOptions(append(b, ']'))
}

func replyOptions(body []byte) {
	wire.ReplyOptions(body)
	keep(body)
}
