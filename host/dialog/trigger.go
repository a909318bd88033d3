package dialog

import (
	"strings"

	"github.com/bothost/bothost/abi"
)

// class is a set of things that an event is to triggers.
type class uint8

const (
	texts class = 1 << iota
	files
	voices
	named
	quiet
	// anything is what the trigger any waits for.
	anything
)

// classOf returns what an event is. The start of a session and a look at
// conditions are nothing that a transition could wait for.
func classOf(ev *abi.Event) class {
	switch ev.Kind {
	case abi.EventMessage, abi.EventOption:
		return texts | anything
	case abi.EventJSON:
		if ev.Text == "" {
			return named | anything
		}
		return texts | named | anything
	case abi.EventFile:
		return files | anything
	case abi.EventVoice:
		return voices | anything
	case abi.EventTimer, abi.EventHTTP, abi.EventCustom:
		return named | anything
	case abi.EventFeedback: // a thumb up says nothing in the conversation itself
		return named
	case abi.EventAfter:
		return quiet
	}
	return 0
}

// fileType is a pattern for MIME types.
type fileType struct {
	// kind and sub are the halves; empty if any will do.
	kind, sub string
}

func compileType(pattern string) fileType {
	kind, sub, _ := strings.Cut(pattern, "/")
	return fileType{strings.TrimSuffix(kind, "*"), strings.TrimSuffix(sub, "*")}
}

// matches reports whether a file's MIME type, parameters apart, is one of the
// pattern's.
func (p fileType) matches(mime string) bool {
	mime, _, _ = strings.Cut(mime, ";")
	kind, sub, ok := strings.Cut(strings.TrimSpace(mime), "/")
	return ok && half(p.kind, kind) && half(p.sub, sub)
}

func half(pattern, text string) bool { return pattern == "" || strings.EqualFold(pattern, text) }

// typed reports whether there are files and each has one of the types.
func typed(list []abi.File, types []fileType) bool {
	for _, f := range list {
		ok := false
		for _, p := range types {
			ok = ok || p.matches(f.Type)
		}
		if !ok {
			return false
		}
	}
	return len(list) > 0
}
