package dialog_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/draft"
)

// row is a rule: a bot, and what happens in each of the turns. Unless at says
// otherwise, the session stands at the initial state.
type row struct {
	name   string
	bot    string // see define
	script string // see newBot
	at     string // "b x=1 back=a,c waits=e": a state, - for none; variables; the rest
	events string // separated by " / "
	want   string // what each turn does, separated by " / "
}

func (row *row) run(t *testing.T) {
	def := define(t, row.bot)
	b := newBot(t, def, row.script)
	if len(def.States) > 0 {
		b.base.State = def.States[0].Name
	}
	for i, word := range strings.Fields(row.at) {
		key, value, _ := strings.Cut(word, "=")
		switch {
		case key == "back":
			b.base.Back = strings.Split(value, ",")
		case key == "waits":
			for name := range strings.SplitSeq(value, ",") {
				w := draft.Waiting{ID: name, Event: *event(t, "event "+name)}
				b.base.Waiting = append(b.base.Waiting, w)
			}
		case i > 0 || value != "":
			b.base.Vars[key] = value
		default:
			b.base.State = strings.Trim(word, "-")
		}
	}
	var got []string
	for text := range strings.SplitSeq(row.events, " / ") {
		got = append(got, b.turn(event(t, text)))
	}
	if got := strings.Join(got, " / "); got != row.want {
		t.Errorf("%s does\n%s, want\n%s", row.events, got, row.want)
	}
}

// sorry is what a human reads whose text nothing took.
const sorry = "says Sorry, I didn't get it; "

func TestRun(t *testing.T) {
	tables := [][]row{
		plainRows, startRows, triggerRows, optionRows, conditionRows, flowRows, handlerRows,
		waitingRows, globalRows, timeRows, swapRows,
	}
	names := make(map[string]bool)
	for _, rows := range tables {
		for _, row := range rows {
			if names[row.name] {
				t.Errorf("the name %q stands twice", row.name)
			}
			names[row.name] = true
			t.Run(row.name, row.run)
		}
	}
}

var plainRows = []row{
	{name: "without states a text goes to on_message",
		script: "message = ok; fallback = ok", events: "say hi", want: "message(hi); at -"},
	{name: "without states an option goes to on_message",
		script: "message = ok", events: "option y", want: "message(y); at -"},
	{name: "without states a start goes to on_start",
		script: "start = ok; enter = ok", events: "start / reset",
		want: "start(start); at - / start(reset); at -"},
	{name: "without states a start asks nobody else",
		script: "fallback = ok; event = ok", events: "start", want: "at -"},
	{name: "without states a text that was not handled goes to on_fallback",
		script: "message = 2; fallback = say what", events: "say hi",
		want: "message(hi); fallback(hi); says what; at -"},
	{name: "without states a text that nobody handles has the host's answer",
		script: "fallback = 2", events: "say hi", want: "fallback(hi); " + sorry + "at -"},
	{name: "without states a text of another agent has no fallback",
		script: "fallback = ok", events: "agent hi", want: "at -"},
	{name: "without states a JSON message with text has a fallback",
		script: "event = 2; fallback = ok", events: `json {"message":"hi"}`,
		want: "event(hi); fallback(hi); at -"},
	{name: "without states a JSON message without text has none",
		script: "fallback = ok", events: `json {"a":1}`, want: "at -"},
	{name: "without states files and voice have handlers, and no fallback",
		script: "file = ok; fallback = ok", events: "file text/plain / voice",
		want: "file(file); at - / at -"},
	{name: "without states nothing waits",
		events: "event news / agent hi", want: "at - / at -"},
	{name: "without states a move may have any name",
		script: "message = move attic", events: "say hi",
		want: "message(hi); state attic; at attic"},
	{name: "without states time is nobody's",
		script: "event = ok; message = ok", events: "after 1000 / recheck", want: "at - / at -"},
	{name: "without states an error ends the turn",
		script: "message = fail", events: "say hi", want: "message(hi); error failed"},
	{name: "without states an error of on_fallback ends the turn",
		script: "fallback = fail", events: "say hi", want: "fallback(hi); error failed"},
}

var startRows = []row{
	{name: "a start enters the initial state",
		bot: "a:\nb:", at: "-", events: "start", want: "enter a; at a"},
	{name: "on_start comes before on_enter",
		bot: "a:", at: "-", script: "start = ok; enter a = ok", events: "start",
		want: "start(start); enter a; at a"},
	{name: "a move of on_start beats the initial state",
		bot: "a:\nb:", at: "-", script: "start = move b", events: "start",
		want: "start(start); state b; enter b; at b"},
	{name: "a move of on_start that it does not stand for does not count",
		bot: "a:\nb:", at: "-", script: "start = move b, 2", events: "start",
		want: "start(start); state b; enter a; at a"},
	{name: "the initial state's transitions are looked at after the start",
		bot: "a: auto -> b\nb:", at: "-", events: "start", want: "enter a; enter b; at b"},
	{name: "a start is no event for any",
		bot: "a: any -> b\nb:", at: "-", events: "start / reset",
		want: "enter a; at a / enter a; at a"},
	{name: "a start has no fallback",
		bot: "a:", at: "-", script: "start = 2; fallback = ok", events: "start",
		want: "start(start); enter a; at a"},
	{name: "a reset begins anew",
		bot: "a:\nb:", at: "b", script: "start = ok", events: "reset",
		want: "start(reset); enter a; at a"},
	{name: "a reset drops what waits and where to return to",
		bot: "a:\nb:", at: "b back=a", events: "event news / reset",
		want: "at b; waits news; back a / enter a; at a"},
	{name: "a move of on_start to a state that is not declared ends the turn",
		bot: "a:", at: "-", script: "start = move x", events: "start",
		want: `start(start); state ; error there is no state "x"`},
	{name: "an error of on_start ends the turn",
		bot: "a:", at: "-", script: "start = fail", events: "start",
		want: "start(start); error failed"},
	{name: "a session that stands nowhere enters the initial state, and then has its event",
		bot: "a: intent hi -> b\nb:", at: "-", events: "say hi", want: "enter a; enter b; at b"},
}

var triggerRows = []row{
	{name: "intent: a text that has it moves",
		bot: "a: intent hi -> b\nb:", events: "say hi", want: "enter b; at b"},
	{name: "intent: a text that has another one does not",
		bot: "a: intent hi -> b\nb: intent ho -> a", events: "say ho", want: sorry + "at a"},
	{name: "intent: an option that has it moves",
		bot: "a: intent hi -> b\nb:", events: "option hi", want: "enter b; at b"},
	{name: "intent: a JSON message whose text has it moves",
		bot: "a: intent hi -> b\nb:", events: `json {"message":"hi"}`, want: "enter b; at b"},
	{name: "intent: a text of another agent that has it moves",
		bot: "a: intent hi -> b\nb:", events: "agent hi", want: "enter b; at b"},
	{name: "intent: an event of that name does not move",
		bot: "a: intent hi -> b\nb:", events: "event hi", want: "at a; waits hi"},
	{name: "intent: the first of several that match moves",
		bot:    "a: intent hi when x == 1 -> c; message -> b; intent ho -> c\nb:\nc:",
		events: "say hi", want: "enter b; at b"},
	{name: "no_intent: a text that has none of the state's intents moves",
		bot: "a: intent hi -> b; no_intent -> c\nb: intent ho -> a\nc:", events: "say ho",
		want: "enter c; at c"},
	{name: "no_intent: a text that has one does not, whatever its conditions",
		bot: "a: intent hi when x == 1 -> b; no_intent -> c\nb:\nc:", events: "say hi",
		want: sorry + "at a"},
	{name: "no_intent: global intents are the state's too",
		bot: "a: no_intent -> b\nb:\nh (global intent help):", events: "say help",
		want: "enter h; at h; back a"},
	{name: "no_intent: any text moves where there are no intents",
		bot: "a: no_intent -> b\nb:", events: "say hi", want: "enter b; at b"},
	{name: "no_intent: what is no text does not",
		bot: "a: no_intent -> b\nb:", events: `json {"a":1} / event hi`,
		want: "at a; waits json / at a; waits json,hi"},
	{name: "message: any text moves",
		bot: "a: message -> b\nb: message -> a", events: "say hi / option y",
		want: "enter b; at b / enter a; at a"},
	{name: "message: an empty text is one",
		bot: "a: message -> b\nb:", events: "say ", want: "enter b; at b"},
	{name: "message: a JSON message moves if it has text",
		bot: "a: message -> b\nb:", events: `json {"a":1} / json {"message":"hi"}`,
		want: "at a; waits json / enter b; at b; waits json"},
	{name: "message: files, voice and events are none",
		bot: "a: message -> b\nb:", events: "file a/b / voice / timer t",
		want: "at a; waits file / at a; waits file,voice / at a; waits file,voice,t"},
	{name: "file: files move, voice does not",
		bot: "a: file -> b\nb:", events: "voice / file text/plain",
		want: "at a; waits voice / enter b; at b; waits voice"},
	{name: "voice: voice moves, files do not",
		bot: "a: voice -> b\nb:", events: "file audio/ogg / voice",
		want: "at a; waits file / enter b; at b; waits file"},
	{name: "event: a custom event, a timer and an answer move by their names",
		bot:    "a: event x -> b\nb: event x -> c\nc: event x -> a",
		events: "event x / timer x / http x",
		want:   "enter b; at b / enter c; at c / enter a; at a"},
	{name: "event: one of another name does not move",
		bot: "a: event x -> b\nb:", events: "event xx", want: "at a; waits xx"},
	{name: "event: a text of that name does not move",
		bot: "a: event x -> b\nb:", events: "say x", want: sorry + "at a"},
	{name: "event: a JSON message is the event json",
		bot: "a: event json -> b\nb:", events: `json {"message":"hi"}`, want: "enter b; at b"},
	{name: "any: text, option, JSON, voice, files and events move",
		bot:    "a: any -> a",
		events: `say x / option y / json {} / voice / file a/b / timer t / http h / event e / agent q`,
		want:   strings.Repeat("enter a; at a / ", 8) + "enter a; at a"},
	{name: "any: time does not",
		bot: "a: any -> b\nb:", events: "after 1000 / recheck", want: "at a / at a"},
	{name: "auto: moves as soon as the state is entered",
		bot: "a: message -> b\nb: auto -> c\nc:", events: "say hi",
		want: "enter b; enter c; at c"},
	{name: "auto: chains",
		bot: "a: message -> b\nb: auto -> c\nc: auto -> d\nd:", events: "say hi",
		want: "enter b; enter c; enter d; at d"},
	{name: "auto: what stands before it comes first",
		bot: "a: message -> b\nb: when x != true -> c; auto -> d\nc:\nd:", events: "say hi",
		want: "enter b; enter c; at c"},
	{name: "auto: the turn's event is tried in the state that it leads to",
		bot: "a: auto -> b\nb: intent hi -> c\nc:", events: "say hi",
		want: "enter b; enter c; at c"},
	{name: "a state that leads to itself is entered again",
		bot: "a: message -> a", events: "say hi", want: "enter a; at a"},
	{name: "the order of definition decides, not that of kinds",
		bot: "a: any -> b; intent hi -> c\nb:\nc:", events: "say hi", want: "enter b; at b"},
}

// offer makes the state that is entered offer two options.
const offer = `enter a = offer [{"label":"Yes!","value":"y"},{"label":"No","value":"n"}]`

var optionRows = []row{
	{name: "option: its value moves",
		bot: "a: option y -> b\nb:", events: "option y", want: "enter b; at b"},
	{name: "option: another one's value does not",
		bot: "a: option y -> b\nb:", events: "option n", want: sorry + "at a"},
	{name: "option: its value as text moves",
		bot: "a: option y -> b\nb:", events: "say y", want: "enter b; at b"},
	{name: "option: white space about the text does not count",
		bot: "a: option y -> b\nb:", events: "say  y ", want: "enter b; at b"},
	{name: "option: case counts",
		bot: "a: option y -> b\nb:", events: "say Y", want: sorry + "at a"},
	{name: "option: its label as text moves, if it was offered",
		bot: "a: option y -> b\nb:", script: offer, at: "-", events: "start / say Yes!",
		want: "enter a; at a / enter b; at b"},
	{name: "option: a label that was not offered does not",
		bot: "a: option y -> b\nb:", events: "say Yes!", want: sorry + "at a"},
	{name: "option: the label of another one does not",
		bot: "a: option y -> b\nb:", script: offer, at: "-", events: "start / say No",
		want: "enter a; at a / " + sorry + "at a"},
	{name: "option: part of a label does not",
		bot: "a: option y -> b\nb:", script: offer, at: "-", events: "start / say Yes",
		want: "enter a; at a / " + sorry + "at a"},
	{name: "option: a label as an option event is no value",
		bot: "a: option y -> b\nb:", script: offer, at: "-", events: "start / option Yes!",
		want: "enter a; at a / " + sorry + "at a"},
	{name: "option: only the newest options were offered",
		bot: "a: option y -> b\nb:", script: offer + `; message = offer ["Maybe"]`, at: "-",
		events: "start / say what / say Yes!",
		want:   "enter a; at a / message(what); at a / message(Yes!); at a"},
	{name: "option: labels may have quotes and braces",
		bot:    "a: option y -> b\nb:",
		script: `enter a = offer [{"label":"\"<{é\u2028}>\"","value":"y"}]`, at: "-",
		events: "start / say \"<{é\u2028}>\"", want: "enter a; at a / enter b; at b"},
	{name: "option: a text cannot pretend to be an offer",
		bot: "a: option y -> b\nb:", script: offer, at: "-",
		events: `start / say {"label":"q","value":"y"} / say q`,
		want:   "enter a; at a / " + sorry + "at a / " + sorry + "at a"},
	{name: "option: a JSON message's text is one",
		bot: "a: option y -> b\nb:", events: `json {"message":"y"}`, want: "enter b; at b"},
}

var conditionRows = []row{
	{name: "when: a condition that does not hold keeps a transition from moving",
		bot: "a: message when x == 1 -> b\nb:", at: "a x=2", events: "say hi",
		want: sorry + "at a"},
	{name: "when: all conditions must hold",
		bot: "a: message when x == 1 when y == 1 -> b; " +
			"message when x == 1 when y == 2 -> c\nb:\nc:",
		at: "a x=1 y=2", events: "say hi", want: "enter c; at c"},
	{name: "when: the turn's own writes are seen",
		bot: "a: when x == 1 -> b\nb:", script: "message = set x 1", events: "say hi",
		want: "message(hi); enter b; at b"},
	{name: "when: writes of a handler that did not take the event are not",
		bot: "a: when x == 1 -> b\nb:", script: "message = set x 1, 2", events: "say hi",
		want: "message(hi); " + sorry + "at a"},
	{name: "when: a condition alone moves without taking the event",
		bot: "a: when x == 1 -> b\nb: intent hi -> c\nc:", at: "a x=1", events: "say hi",
		want: "enter b; enter c; at c"},
	{name: "when: a condition alone moves also in a turn of another event",
		bot: "a: when x == 1 -> b\nb:", at: "a x=1", events: "event news",
		want: "enter b; at b; waits news"},
	{name: "types: a file of a type that matches moves",
		bot: "a: file types image/* -> b\nb:", events: "file image/png", want: "enter b; at b"},
	{name: "types: one of several will do",
		bot: "a: file types image/*,text/plain -> b\nb:", events: "file text/plain",
		want: "enter b; at b"},
	{name: "types: one of another type does not",
		bot: "a: file types image/png -> b\nb:", events: "file image/jpeg",
		want: "at a; waits file"},
	{name: "types: each file must have one",
		bot: "a: file types image/* -> b\nb:", events: "file image/png,text/plain",
		want: "at a; waits file"},
	{name: "types: files may have different ones",
		bot: "a: file types image/*,text/* -> b\nb:", events: "file image/png,text/plain",
		want: "enter b; at b"},
	{name: "types: case does not count",
		bot: "a: file types IMAGE/Png -> b\nb:", events: "file image/PNG", want: "enter b; at b"},
	{name: "types: parameters do not count",
		bot: "a: file types text/plain -> b\nb:", events: "file text/plain;charset=utf-8",
		want: "enter b; at b"},
	{name: "types: */* is any type",
		bot: "a: file types */* -> b\nb:", events: "file a/b", want: "enter b; at b"},
	{name: "types: a prefix is not a type",
		bot: "a: file types image/p -> b\nb:", events: "file image/png", want: "at a; waits file"},
	{name: "types: what is no MIME type has none",
		bot: "a: file types */* -> b\nb:", events: "file png", want: "at a; waits file"},
	{name: "types: any with types is for events with files",
		bot: "a: any types audio/* -> b\nb:", events: "say hi / voice",
		want: sorry + "at a / enter b; at b"},
	{name: "guard: one that holds lets the transition move",
		bot: "a: message guard g -> b\nb:", script: "check g = yes", events: "say hi",
		want: "check g(hi); enter b; at b"},
	{name: "guard: one that does not keeps it from moving",
		bot: "a: message guard g -> b; message -> c\nb:\nc:", script: "check g = no",
		events: "say hi", want: "check g(hi); enter c; at c"},
	{name: "guard: all must hold, and after one that does not none is asked",
		bot: "a: message guard g guard h guard i -> b\nb:", script: "check g = yes; check h = no",
		events: "say hi", want: "check g(hi); check h(hi); " + sorry + "at a"},
	{name: "guard: is asked last",
		bot:    "a: message when x == 1 guard g -> b; file types image/* guard g -> b\nb:",
		script: "check g = yes", events: "say hi / file a/b",
		want: sorry + "at a / at a; waits file"},
	{name: "guard: is not asked if the trigger does not match",
		bot: "a: intent ho guard g -> b\nb:", script: "check g = yes", events: "say hi",
		want: sorry + "at a"},
	{name: "guard: an error ends the turn",
		bot: "a: message guard g -> b\nb:", script: "check g = fail", events: "say hi",
		want: "check g(hi); error guard g failed"},
	{name: "guard: an error without an event ends the turn",
		bot: "a: guard g -> b\nb:", script: "check g = fail", events: "event e",
		want: "check g(e); error guard g failed"},
	{name: "guard: sees the intent of the event that it decides about",
		bot: "a: intent hi guard g -> b\nb:", script: "check g = yes", events: "say hi",
		want: "check g(hi#hi); enter b; at b"},
	{name: "guard: sees the waiting event that it decides about, then the turn's own",
		bot: "a: event x guard g -> b\nb:", script: "check g = no; event = 2",
		events: "event x / event x",
		want: "check g(x); event(x); at a; waits x / check g(x); check g(x); event(x); at a; " +
			"waits x,x"},
	{name: "guard: decides about each event on its own",
		bot: "a: any guard g -> b\nb: message -> a", script: "check g = two",
		events: "event one / event two",
		want: "check g(one); at a; waits one / check g(one); check g(two); enter b; at b; " +
			"waits one"},
	{name: "guard: handlers see the turn's event after a guard saw another one",
		bot: "a: any guard g -> b\nb:", script: "check g = no; message = show",
		events: "event one / say hi",
		want: "check g(one); at a; waits one / check g(one); check g(hi); message(hi); sees hi; " +
			"check g(one); at a; waits one"},
	{name: "guard: without a trigger it sees the turn's event, whatever another guard saw",
		bot: "a: event one guard g -> b; guard h -> b\nb:", script: "check g = no; check h = no",
		at: "a waits=one", events: "say hi",
		want: "check g(one); check h(hi); check g(one); check h(hi); " + sorry + "at a; waits one"},
	{name: "guard: without a trigger it sees the intent of a text that was handled",
		bot:    "a: intent hi when x == 1 -> b; guard g -> b\nb:",
		script: "check g = no; message = ok", events: "say hi",
		want: "check g(hi); message(hi#hi); check g(hi#hi); at a"},
	{name: "guard: without a trigger it sees the turn's event",
		bot: "a: guard g -> b\nb:", script: "check g = no", events: "event one / say hi",
		want: "check g(one); at a; waits one / check g(hi); check g(hi); " + sorry + "at a; " +
			"waits one"},
}

var flowRows = []row{
	{name: "after a move by a condition the event is tried with all transitions",
		bot: "a: when x == 1 -> b; message -> c\nb: message -> d; when x == 1 -> c\nc:\nd:",
		at:  "a x=1", events: "say hi", want: "enter b; enter d; at d"},
	{name: "an event that was taken is not tried again",
		bot: "a: message -> b\nb: message -> c\nc:", events: "say hi", want: "enter b; at b"},
	{name: "conditions are looked at after the event moved",
		bot: "a: message -> b\nb: when x == 1 -> c\nc:", at: "a x=1", events: "say hi",
		want: "enter b; enter c; at c"},
	{name: "conditions are looked at after on_enter",
		bot: "a: message -> b\nb: when x == 1 -> c\nc:", script: "enter b = set x 1",
		events: "say hi", want: "enter b; enter c; at c"},
	{name: "conditions are looked at after on_fallback",
		bot: "a: when x == 1 -> b\nb:", script: "fallback = set x 1", events: "say hi",
		want: "fallback(hi); enter b; at b"},
	{name: "conditions that come after event transitions move once, and the event is gone",
		bot: "a: message when y == 1 -> c; when x == 1 -> b\nb: when x == 1 when y == 1 -> a\nc:",
		at:  "a x=1", events: "say hi / recheck / say ho",
		want: "enter b; " + sorry + "at b / at b / " + sorry + "at b"},
	{name: "the state that a turn ends in handles the event",
		bot: "a: when x == 1 -> b\nb:", script: "message = show", at: "a x=1", events: "say hi",
		want: "enter b; message(hi); sees hi; at b"},
	{name: "an intent is asked for among those of the state that tests it",
		bot: "a: intent hi when x == 1 -> c; when y == 1 -> b\nb: intent ho -> a; " +
			"no_intent -> c\nc:",
		at: "a y=1", events: "say hi", want: "enter b; enter c; at c"},
	{name: "handlers see the intent that the text has in their state",
		bot: "a: intent hi -> b\nb:", script: "enter b = show; message = ok",
		events: "say hi / say hi", want: "enter b; sees hi#hi; at b / message(hi); at b"},
	{name: "on_message sees an intent whose transition has conditions that do not hold",
		bot: "a: intent hi when x == 1 -> b\nb:", script: "message = 2; fallback = ok",
		events: "say hi", want: "message(hi#hi); fallback(hi#hi); at a"},
}

var handlerRows = []row{
	{name: "an event that no transition takes goes to its own handler",
		bot: "a:", script: "message = ok; voice = ok; file = ok; event = ok",
		events: "say hi / option y / voice / file a/b / event e / timer t / http h / json {} / " +
			"agent q",
		want: "message(hi); at a / message(y); at a / voice(voice); at a / file(file); at a / " +
			"event(e); at a / " +
			"event(t); at a / event(h); at a / event(json); at a / message(q); " +
			"at a"},
	{name: "an event that a transition takes does not",
		bot: "a: any -> a", script: "message = ok; event = ok; fallback = ok",
		events: "say hi / event e", want: "enter a; at a / enter a; at a"},
	{name: "a text that nobody takes goes to on_fallback",
		bot: "a:", script: "message = 2; fallback = say what", events: "say hi",
		want: "message(hi); fallback(hi); says what; at a"},
	{name: "a text that on_fallback does not take has the host's answer",
		bot: "a:", script: "fallback = 2", events: "say hi",
		want: "fallback(hi); " + sorry + "at a"},
	{name: "an option that nobody takes has a fallback",
		bot: "a:", script: "fallback = ok", events: "option y", want: "fallback(y); at a"},
	{name: "a JSON message with text that nobody takes has a fallback",
		bot: "a:", script: "event = 2; fallback = ok", events: `json {"message":"hi"}`,
		want: "event(hi); fallback(hi); at a"},
	{name: "a text of another agent that nobody takes has none, and waits",
		bot: "a:", script: "message = 2; fallback = ok", events: "agent hi",
		want: "message(hi); at a; waits hi"},
	{name: "a JSON message of another agent that nobody takes waits",
		bot: "a:", script: "fallback = ok", events: `agentjson {"message":"hi"}`,
		want: "at a; waits hi"},
	{name: "on_message moves",
		bot: "a:\nb:", script: "message = move b", events: "say hi",
		want: "message(hi); state b; enter b; at b"},
	{name: "on_fallback moves",
		bot: "a:\nb:", script: "fallback = move b", events: "say hi",
		want: "fallback(hi); state b; enter b; at b"},
	{name: "a move of a handler that did not take the event does not count",
		bot: "a:\nb:", script: "message = move b, 2; fallback = ok", events: "say hi",
		want: "message(hi); state b; fallback(hi); at a"},
	{name: "on_enter moves, and beats auto",
		bot: "a: message -> b\nb: auto -> c\nc:\nd:", script: "enter b = move d", events: "say hi",
		want: "enter b; state d; enter d; at d"},
	{name: "the last move of a handler wins",
		bot: "a:\nb:\nc:", script: "message = move b, move c", events: "say hi",
		want: "message(hi); state b; state c; enter c; at c"},
	{name: "a move to the same state enters it again",
		bot: "a:", script: "message = move a", events: "say hi",
		want: "message(hi); state a; enter a; at a"},
	{name: "an on_enter that does not take it keeps the state",
		bot: "a: message -> b\nb:", script: "enter b = set x 1, move a, 2", events: "say hi",
		want: "enter b; state a; at b"},
	{name: "a move to a state that is not declared ends the turn",
		bot: "a:", script: "message = move x", events: "say hi",
		want: `message(hi); state a; error there is no state "x"`},
	{name: "an error of on_enter ends the turn",
		bot: "a: message -> b\nb:", script: "enter b = fail", events: "say hi",
		want: "enter b; error failed"},
	{name: "an error of on_message ends the turn",
		bot: "a:", script: "message = fail; fallback = ok", events: "say hi",
		want: "message(hi); error failed"},
	{name: "an error of on_fallback ends the turn",
		bot: "a:", script: "fallback = fail", events: "say hi",
		want: "fallback(hi); error failed"},
	{name: "a handler that moved is done with the event",
		bot: "a:\nb: message -> c\nc:", script: "message = move b", events: "say hi",
		want: "message(hi); state b; enter b; at b"},
	{name: "on_enter sees the event that led there",
		bot: "a: event e -> b\nb:", script: "enter b = show", events: "event e",
		want: "enter b; sees e; at b"},
}
