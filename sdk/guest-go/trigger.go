package guest

import "strconv"

// Trigger is the event that a transition waits for. It comes of the functions
// below; what [Dialog.Intent] returns is one too.
type Trigger struct {
	// field is its name in the definition, with one of the others as its value;
	// true, if they are zero.
	field string
	text  string
	ms    int64
	types []string
	// intent is the declared one, if it is that.
	intent *Intent
}

// AnyText waits for any text, and any chosen option.
func AnyText() Trigger { return Trigger{field: "message"} }

// NoIntent waits for a text that has none of the intents for which the state's
// transitions wait.
func NoIntent() Trigger { return Trigger{field: "no_intent"} }

// Chosen waits for the option with this value: chosen, or its value or its label
// sent as a text.
func Chosen(value string) Trigger { return Trigger{field: "option", text: value} }

// AnyFile waits for files, all of which have one of the MIME types, such as
// "image/*"; without types for any.
func AnyFile(types ...string) Trigger { return Trigger{field: "file", types: types} }

// AnyVoice waits for audio.
func AnyVoice() Trigger { return Trigger{field: "voice"} }

// EventNamed waits for the timer of this name, the answer of the request or the
// custom event.
func EventNamed(name string) Trigger { return Trigger{field: "event", text: name} }

// AnyJSON waits for a JSON message.
func AnyJSON() Trigger { return Trigger{field: "event", text: "json"} }

// AnyEvent waits for anything that arrives.
func AnyEvent() Trigger { return Trigger{field: "any"} }

// After waits until the user has been quiet in the state for so many milliseconds,
// 100 to 365 days: After(5*guest.Minute).
func After(ms int64) Trigger { return Trigger{field: "after_ms", ms: ms} }

func (r Trigger) join(t *Transition) {
	switch {
	case t.trigger != nil:
		t.wrong("waits for two things: " + t.trigger.field + " and " + r.field)
	case r.field == "":
		t.wrong("waits for the zero Trigger")
	case (r.field == "option" || r.field == "event") && r.text == "":
		t.wrong("needs the " + r.field + " for which it waits")
	case r.field == "after_ms" && r.ms == 0:
		t.wrong("needs the time for which it waits")
	case r.field == "intent" && r.intent.dialog != t.state.dialog:
		t.wrong("waits for intent " + quoted(r.text) + " of another dialog")
	case r.field == "intent" && t.state.waitsFor(r.intent):
		t.wrong("waits for intent " + quoted(r.text) + " as one before it does")
	}
	t.trigger = &r
}

// waitsFor reports whether one of the state's transitions waits for the intent.
func (s *State) waitsFor(in *Intent) bool {
	for _, t := range s.transitions {
		if t.trigger != nil && t.trigger.intent == in {
			return true
		}
	}
	return false
}

// appendFields appends the trigger's members, each with a comma before it.
func (r *Trigger) appendFields(b []byte) []byte {
	b = append(append(append(b, `,"`...), r.field...), `":`...)
	switch {
	case r.text != "":
		b = appendText(b, "", r.text)
	case r.ms != 0:
		b = strconv.AppendInt(b, r.ms, 10)
	default:
		b = append(b, "true"...)
	}
	if len(r.types) > 0 {
		b = appendTexts(append(b, `,"file_types":`...), r.types)
	}
	return b
}
