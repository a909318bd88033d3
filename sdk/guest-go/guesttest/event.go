package guesttest

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// SendFile sends one file or more, as a human does. Bots read those that [File] made;
// of others they see names, types and sizes.
func (c *Conversation) SendFile(files ...abi.File) *Turn {
	c.tb.Helper()
	return c.send("SendFile("+names(files)+")",
		abi.Event{Kind: abi.EventFile, Files: files, Human: true})
}

// SendVoice sends audio, as a human does.
func (c *Conversation) SendVoice(audio abi.File) *Turn {
	c.tb.Helper()
	files := []abi.File{audio}
	return c.send("SendVoice("+names(files)+")",
		abi.Event{Kind: abi.EventVoice, Files: files, Human: true})
}

// SendJSON sends a JSON message, as a human's client does. Its text is what the
// field message says, if that is a string.
func (c *Conversation) SendJSON(doc string) *Turn {
	c.tb.Helper()
	var fields map[string]json.RawMessage
	var text string
	if json.Unmarshal([]byte(doc), &fields) == nil {
		json.Unmarshal(fields["message"], &text) // if it is no string, there is none
	}
	return c.send(fmt.Sprintf("SendJSON(%s)", doc),
		abi.Event{Kind: abi.EventJSON, Name: abi.NameJSON, Data: doc, Text: text, Human: true})
}

// Agent sends a text as another agent does: it has no fallback.
func (c *Conversation) Agent(text string) *Turn {
	c.tb.Helper()
	return c.send(fmt.Sprintf("Agent(%q)", text), abi.Event{Kind: abi.EventMessage, Text: text})
}

func names(files []abi.File) string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = fmt.Sprintf("%q", f.Name)
	}
	return strings.Join(list, ", ")
}

// eventFault says what of an event no host would send.
func eventFault(ev *abi.Event) string {
	if _, ok := ev.Kind.Info(); !ok {
		return "there is no such kind of event"
	}
	for _, text := range []string{ev.Text, ev.Name, ev.Data} {
		if !utf8.ValidString(text) {
			return "a host takes and gives nothing but UTF-8"
		}
	}
	switch ev.Kind {
	case abi.EventHTTP, abi.EventCustom, abi.EventJSON:
		if ev.Data != "" && !json.Valid([]byte(ev.Data)) {
			return fmt.Sprintf("%.80q is not JSON", ev.Data)
		}
	case abi.EventFeedback:
		if _, err := abi.ParseFeedback(ev.Data); err != nil {
			return fmt.Sprintf("%.80q is no feedback: %v", ev.Data, err)
		}
	case abi.EventSet:
		return "no handler sees it"
	case abi.EventFile, abi.EventVoice:
		return filesFault(ev)
	}
	return ""
}

func filesFault(ev *abi.Event) string {
	if n := len(ev.Files); n == 0 || n > 1 && ev.Kind == abi.EventVoice {
		return fmt.Sprintf("an event of kind %s does not have %d files", ev.Kind, n)
	}
	for _, f := range ev.Files {
		if !utf8.ValidString(f.Name) || !utf8.ValidString(f.Type) || f.Size < 0 {
			return fmt.Sprintf("%+v is no file", f)
		}
	}
	return ""
}
