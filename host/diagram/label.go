package diagram

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bothost/bothost/abi"
)

// label is a transition's trigger, and its conditions in brackets.
func label(t *abi.Transition) string {
	conditions := conditions(t)
	switch trigger := trigger(t); {
	case conditions == "":
		return trigger
	case trigger == "":
		return "if " + conditions
	default:
		return trigger + " [" + conditions + "]"
	}
}

func trigger(t *abi.Transition) string {
	switch name := t.Trigger(); name {
	case "intent":
		return "intent " + shown(t.Intent)
	case "no_intent":
		return "no intent"
	case "option":
		return "option " + shown(t.Option)
	case "event":
		return "event " + shown(t.Event)
	case "after_ms":
		return "after " + duration(t.AfterMillis)
	default:
		return name
	}
}

func conditions(t *abi.Transition) string {
	var list []string
	for _, c := range t.When {
		list = append(list, shown(c.Var+" "+string(c.Op)+" "+string(c.Value)))
	}
	if len(t.FileTypes) > 0 {
		list = append(list, shown(strings.Join(t.FileTypes, " or ")))
	}
	for _, guard := range t.Guard {
		list = append(list, shown(guard)+"()")
	}
	return strings.Join(list, ", ")
}

func notes(s *abi.State) []string {
	var list []string
	if s.RecheckMillis != 0 {
		list = append(list, "recheck every "+duration(s.RecheckMillis))
	}
	if len(s.Was) > 0 {
		list = append(list, "was "+shown(strings.Join(s.Was, ", ")))
	}
	return list
}

// duration writes a time in its largest unit without a fraction.
func duration(ms int64) string {
	for _, unit := range []struct {
		ms   int64
		name string
	}{{86_400_000, "d"}, {3_600_000, "h"}, {60_000, "min"}, {1000, "s"}} {
		if ms != 0 && ms%unit.ms == 0 {
			return fmt.Sprintf("%d %s", ms/unit.ms, unit.name)
		}
	}
	return fmt.Sprintf("%d ms", ms)
}

// Scripts need these two, which join letters and do not print.
const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'

// shown returns a text on one line, with nothing in it that a terminal or a
// browser obeys, such as escapes and marks that turn the direction of writing.
func shown(s string) string {
	plain := func(r rune) bool {
		return unicode.IsPrint(r) || r == zeroWidthNonJoiner || r == zeroWidthJoiner
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	for _, r := range s {
		if plain(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}

// short returns a text of at most size runes.
func short(s string, size int) string {
	last, seen := 0, 0
	for i := range s {
		if seen++; seen == size {
			last = i
		}
		if seen > size {
			return strings.TrimRight(s[:last], " ") + "…"
		}
	}
	return s
}
