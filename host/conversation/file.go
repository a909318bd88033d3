package conversation

import (
	"path/filepath"
	"regexp"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// Extension is that of the names of files.
const Extension = ".chat"

// File is a file of conversations.
type File struct {
	// Name is the path that [Parse] was given.
	Name string
	// Text is what Parse was given. It must not be changed.
	Text []byte
	// Bot is the module that the file names; empty if it names none. [File.Path] says
	// where it is.
	Bot string
	// Head is what stands before the first conversation: Nothing, and then stubs and
	// the bot.
	Head          []Step
	Conversations []*Conversation

	// lines are the text, as it was given.
	lines []string
}

// Path returns where a file is that a conversation names.
func (f *File) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(f.Name), filepath.FromSlash(name))
}

// Conversation is what is said from one beginning on.
type Conversation struct {
	// Name is empty if the file has no line that names it.
	Name string
	// Line is the number of its first line, from 1.
	Line int
	// Steps are what happens, in order. The first one is Begin, or Nothing if it is
	// named who speaks.
	Steps []Step

	file *File
}

// File returns the name of the conversation's file.
func (c *Conversation) File() string { return c.file.Name }

// Step is something that happens, and what is wanted after it.
type Step struct {
	// Line is the number of the step's line, from 1; of one that is not written, that
	// of what comes after it.
	Line int
	// Session is who does it; empty if there is only one, or if nobody does.
	Session string
	Act     Act
	Wants   []Want

	end int
}

// Verb is what happens in a step.
type Verb int

const (
	// Nothing happens: the step is there for the comments above the first one.
	Nothing Verb = iota
	// Begin: the session begins. It is not written if it is the only one.
	Begin
	// Send: the user does something, which is Act.Event.
	Send
	// Choose: the user chooses an option.
	Choose
	// Wait: time passes.
	Wait
	// Swap: the bot's module is swapped.
	Swap
	// Answer: requests are answered by a stub from now on.
	Answer
	// Bot: the bot is named, which happens at the head of a file.
	Bot
)

// Act is what happens.
type Act struct {
	Verb Verb
	// Event is what is sent.
	Event abi.Event
	// Contents are those of Event.Files; nil for one of which only the size is known.
	Contents []*string
	// Paths name, as they are written, the files beside the conversation that are those
	// contents; empty for others. If nil, there are none.
	Paths []string
	// Option is what is chosen. Its Value is empty if it must have been offered.
	Option bodies.Option
	Time   time.Duration
	// File is the module, as it is written.
	File string
	Stub Stub
}

// WantKind is the kind of a line below a step.
type WantKind int

const (
	// Comment is a comment or an empty line, in Text.Value.
	Comment WantKind = iota
	// Reply: the bot says something.
	Reply
	// Rest: whatever else the bot says.
	Rest
	// Silence: the bot says nothing.
	Silence
	// State is where the session stands.
	State
	// Var is a variable of the session.
	Var
	// Content is what is in a file with which the bot replied.
	Content
	// Intent is what was recognised.
	Intent
	// Score is how well it was, at least.
	Score
	// Param is a parameter of the intent.
	Param
	// Fuel is what the step's turns cost, at most.
	Fuel
	// Fails: a turn fails, or the swap is refused.
	Fails
)

// Want is a line below a step.
type Want struct {
	Kind WantKind
	// Line is its number, from 1.
	Line int
	// Session is whom it is about; empty if there is only one.
	Session string
	// Name is that of a variable, a file or a parameter.
	Name string
	// Entry is the kind of a reply; empty if any will do.
	Entry abi.Kind
	// Text is how the reply, or the value, is compared.
	Text Text
	// Options are those of a reply of options that is compared by them.
	Options []bodies.Option
	// Number is that of a score or of fuel.
	Number float64

	end int
}

// How is how texts are compared.
type How int

const (
	// Anything will do.
	Anything How = iota
	// Unset: there must be none.
	Unset
	// Exactly this text.
	Exactly
	// Contains this text.
	Contains
	// Matches this regular expression somewhere.
	Matches
)

// Text is a text that is wanted.
type Text struct {
	How   How
	Value string

	// re is there for Matches.
	re *regexp.Regexp
}
