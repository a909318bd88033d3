package conversation

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// parse reads a file that must be well-formed.
func parse(tb testing.TB, text string) *File {
	tb.Helper()
	f, err := Parse("talk.chat", []byte(text))
	if err != nil {
		tb.Fatalf("Parse(%q) = %v", text, err)
	}
	return f
}

// bare returns a copy without what Format does not keep.
func bare(f *File) *File {
	steps := func(in []Step) (out []Step) {
		for _, s := range in {
			s.Line, s.end = 0, 0
			var wants []Want
			for _, w := range s.Wants {
				w.Line, w.end, w.Text.re = 0, 0, nil
				wants = append(wants, w)
			}
			s.Wants = wants
			out = append(out, s)
		}
		return out
	}
	out := &File{Name: f.Name, Bot: f.Bot, Head: steps(f.Head)}
	for _, c := range f.Conversations {
		out.Conversations = append(out.Conversations,
			&Conversation{Name: c.Name, Steps: steps(c.Steps)})
	}
	return out
}

func TestParse_Act(t *testing.T) {
	hi, lines := "hi", "d\ne"
	human := func(ev abi.Event) Act {
		ev.Human = true
		return Act{Verb: Send, Event: ev}
	}
	for _, tt := range []struct {
		name string
		text string
		want Act
	}{
		{"a text", "> hello", human(abi.Event{Kind: abi.EventMessage, Text: "hello"})},
		{"a text of several lines",
			"> a\n  b\n\n   c", human(abi.Event{Kind: abi.EventMessage, Text: "a\nb\n\n c"})},
		{"an escaped text", `> \[x]`, human(abi.Event{Kind: abi.EventMessage, Text: "[x]"})},
		{"a quoted text", `> "\n a "`, human(abi.Event{Kind: abi.EventMessage, Text: "\n a "})},
		{"an empty text", `> ""`, human(abi.Event{Kind: abi.EventMessage})},
		{"an offered option", "> [Good]",
			Act{Verb: Choose, Event: abi.Event{Kind: abi.EventOption, Human: true},
				Option: bodies.Option{Label: "Good"}}},
		{"any option",
			`> [Go\[o\]d](g)`,
			Act{Verb: Choose, Event: abi.Event{Kind: abi.EventOption, Human: true},
				Option: bodies.Option{Label: "Go[o]d", Value: "g"}}},
		{"another agent",
			"> a\n>agent hi",
			Act{Verb: Send, Event: abi.Event{Kind: abi.EventMessage, Text: "hi"}}},
		{"a file of a size",
			">file a.png image/png 12kB", Act{Verb: Send, Contents: []*string{nil},
				Event: abi.Event{Kind: abi.EventFile, Human: true,
					Files: []abi.File{{Name: "a.png", Type: "image/png", Size: 12000}}}}},
		{"files, one of them with a content", ">file \"a b\" image/png 4KiB\n  c text/plain = hi",
			Act{Verb: Send, Contents: []*string{nil, &hi},
				Event: abi.Event{Kind: abi.EventFile, Human: true,
					Files: []abi.File{{Name: "a b", Type: "image/png", Size: 4096},
						{Name: "c", Type: "text/plain", Size: 2}}}}},
		{"a file of several lines", `>file a b/c = "d\ne"`, Act{
			Verb: Send, Contents: []*string{&lines},
			Event: abi.Event{Kind: abi.EventFile, Human: true,
				Files: []abi.File{{Name: "a", Type: "b/c", Size: 3}}}}},
		{"a file of the folder", ">file a b/c 3\n  d e/f < \"g h\"", Act{
			Verb: Send, Contents: []*string{nil, nil}, Paths: []string{"", "g h"},
			Event: abi.Event{Kind: abi.EventFile, Human: true,
				Files: []abi.File{{Name: "a", Type: "b/c", Size: 3}, {Name: "d", Type: "e/f"}}}}},
		{"a voice", ">voice v audio/webm", Act{Verb: Send, Contents: []*string{nil},
			Event: abi.Event{Kind: abi.EventVoice, Human: true,
				Files: []abi.File{{Name: "v", Type: "audio/webm"}}}}},
		{"a JSON message", `>json {"message": "hi", "x": 1}`,
			human(abi.Event{Kind: abi.EventJSON, Name: "json", Text: "hi",
				Data: `{"message":"hi","x":1}`})},
		{"a JSON message of several lines", ">json [1,\n    2\n  ]",
			human(abi.Event{Kind: abi.EventJSON, Name: "json", Data: `[1,2]`})},
		{"an event", ">event paid", human(abi.Event{Kind: abi.EventCustom, Name: "paid"})},
		{"an event with data", `>event paid {"a": 1}`,
			human(abi.Event{Kind: abi.EventCustom, Name: "paid", Data: `{"a":1}`})},
		{"a reset", ">reset", human(abi.Event{Kind: abi.EventReset})},
		{"time", "... 1 hour 30 minutes", Act{Verb: Wait, Time: 90 * time.Minute}},
		{"time in short",
			"... 1.5h 2m 3s 4ms", Act{Verb: Wait, Time: 92*time.Minute + 3004*time.Millisecond}},
		{"a swap", "@swap next one.wasm", Act{Verb: Swap, File: "next one.wasm"}},
		{"a stub", "> a\n@stub GET https://a/* -> 200 {\"x\":1}\n  b",
			Act{Verb: Answer,
				Stub: Stub{Method: "GET", URL: "https://a/*", Status: 200, Body: "{\"x\":1}\nb"}}},
		{"a stub for any method, without a body",
			"> a\n@stub * -> 204", Act{Verb: Answer, Stub: Stub{URL: "*", Status: 204}}},
		{"a stub that gives no answer", "> a\n@stub * -> timeout",
			Act{Verb: Answer, Stub: Stub{URL: "*", Code: abi.ResponseTimeout}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, tt.text+"\n")
			steps := f.Conversations[0].Steps
			if got := steps[len(steps)-1].Act; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Parse(%q) = %+v, want %+v", tt.text, got, tt.want)
			}
			again := parse(t, string(Format(f)))
			if !reflect.DeepEqual(bare(again), bare(f)) {
				t.Errorf("Format(Parse(%q)) = %s", tt.text, Format(f))
			}
		})
	}
}

func TestParse_Want(t *testing.T) {
	text := func(how How, s string) Text { return Text{How: how, Value: s} }
	for _, tt := range []struct {
		name string
		text string
		want Want
	}{
		{"a reply", "Hi!", Want{Kind: Reply, Entry: "text", Text: text(Exactly, "Hi!")}},
		{"a reply of several lines",
			"a\n\tb\n\n  # c",
			Want{Kind: Reply, Entry: "text", Text: text(Exactly, "a\nb\n\n# c")}},
		{"a reply like a heading",
			`\== a`, Want{Kind: Reply, Entry: "text", Text: text(Exactly, "== a")}},
		{"a reply like an address",
			`\a@b.c`, Want{Kind: Reply, Entry: "text", Text: text(Exactly, "a@b.c")}},
		{"a reply like a list",
			"- a", Want{Kind: Reply, Entry: "text", Text: text(Exactly, "- a")}},
		{"a reply in quotation marks",
			`\"a"`, Want{Kind: Reply, Entry: "text", Text: text(Exactly, `"a"`)}},
		{"a reply with what cannot be seen",
			`"a\u200b\n"`, Want{Kind: Reply, Entry: "text", Text: text(Exactly, "a\u200b\n")}},
		{"a reply that contains", "~ ~ a", Want{Kind: Reply, Text: text(Contains, "~ a")}},
		{"a reply that matches", "/^a/b$/", Want{Kind: Reply, Text: text(Matches, "^a/b$")}},
		{"options", `[A] [B](b\)) [C](C)`, Want{Kind: Reply, Entry: "options",
			Options: []bodies.Option{{Label: "A"}, {Label: "B", Value: "b)"}, {Label: "C"}}}},
		{"options on several lines", "[A]\n  [B]", Want{Kind: Reply, Entry: "options",
			Options: []bodies.Option{{Label: "A"}, {Label: "B"}}}},
		{"a kind", "{markdown}", Want{Kind: Reply, Entry: "markdown"}},
		{"a kind and its body",
			"{markdown} # a\n  b",
			Want{Kind: Reply, Entry: "markdown", Text: text(Exactly, "# a\nb")}},
		{"a kind that contains",
			"{markdown} ~ a", Want{Kind: Reply, Entry: "markdown", Text: text(Contains, "a")}},
		{"a kind that matches",
			"{options} /a/", Want{Kind: Reply, Entry: "options", Text: text(Matches, "a")}},
		{"the rest", "*", Want{Kind: Rest}},
		{"no reply", "-", Want{Kind: Silence}},
		{"a state", "@state two words", Want{Kind: State, Text: text(Exactly, "two words")}},
		{"no state", "@state -", Want{Kind: State, Text: text(Unset, "")}},
		{"a state that looks like none", `@state \-`, Want{Kind: State, Text: text(Exactly, "-")}},
		{"a variable",
			"@var a = b = c\n  d", Want{Kind: Var, Name: "a", Text: text(Exactly, "b = c\nd")}},
		{"a variable with an odd name",
			`@var "a b" ~ c`, Want{Kind: Var, Name: "a b", Text: text(Contains, "c")}},
		{"a variable that matches",
			"@var a /b c/", Want{Kind: Var, Name: "a", Text: text(Matches, "b c")}},
		{"a variable that is not set",
			"@var a -", Want{Kind: Var, Name: "a", Text: text(Unset, "")}},
		{"an empty variable", `@var a = ""`, Want{Kind: Var, Name: "a", Text: text(Exactly, "")}},
		{"an intent", "@intent hello", Want{Kind: Intent, Text: text(Exactly, "hello")}},
		{"no intent", "@intent -", Want{Kind: Intent, Text: text(Unset, "")}},
		{"a score", "@score >= 0.85", Want{Kind: Score, Number: 0.85}},
		{"a parameter",
			"@param city = Paris", Want{Kind: Param, Name: "city", Text: text(Exactly, "Paris")}},
		{"fuel", "@fuel <= 20000", Want{Kind: Fuel, Number: 20000}},
		{"a failure", "@fails", Want{Kind: Fails}},
		{"a failure with a cause",
			"@fails out of fuel", Want{Kind: Fails, Text: text(Contains, "out of fuel")}},
		{"a failure that matches", "@fails /a|b/", Want{Kind: Fails, Text: text(Matches, "a|b")}},
		{"a comment", "# a", Want{Kind: Comment, Text: Text{Value: "# a"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := bare(parse(t, "> hello\n"+tt.text+"\n"))
			steps := f.Conversations[0].Steps
			if got := steps[1].Wants[0]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Parse(%q) = %+v, want %+v", tt.text, got, tt.want)
			}
			if got := parse(t, string(Format(f))); !reflect.DeepEqual(bare(got), f) {
				t.Errorf("Format(Parse(%q)) = %s", tt.text, Format(f))
			}
		})
	}
}

func TestParse_Errors(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want string // the line, and some words of the rule
	}{
		{"nothing", "", "1: there is no conversation"},
		{"comments alone", "# a\n", "1: there is no conversation"},
		{"an empty conversation", "== a\n\n== b\n> c\n", "1: nothing happens"},
		{"a conversation twice",
			"== a\n> b\n== a\n> c\n", "3: line 1 begins a conversation of the same name"},
		{"a heading without a name", "==\n> b\n", "1: a conversation begins with == NAME"},
		{"no space after >", "> a\n>hello\n", "2: what somebody says stands after > and a space"},
		{"a text that is missing", ">\n", "1: a text is missing"},
		{"brackets in a text", "> [a] b\n", "1: options are [LABEL]"},
		{"several options chosen", "> [a] [b]\n", "1: one option is chosen at a time"},
		{"an empty option",
			"> a\n[]\n", "2: the label and the value of an option must not be empty"},
		{"a bracket in an option", "> a\n[a[]\n", "2: in an option, brackets"},
		{"options without a space",
			"> a\n[a][b]\n", "2: options are [LABEL] or [LABEL](VALUE), with a space"},
		{"a quotation that does not end", "> a\n\"Hi\" she said\n", "2: is no JSON string"},
		{"a quotation that goes on", "> a\n\"Hi\"\n  b\n", "2: a JSON string is whole"},
		{"a slash", "> a\n/help\n", "2: a regular expression stands between slashes"},
		{"a regular expression", "> a\n/(/\n", "2: is no regular expression"},
		{"a tilde without a space",
			"> a\n~b\n", "2: what a text contains stands after ~ and a space"},
		{"a kind", "> a\n{\"x\":1}\n", "2: a kind is such as {markdown}"},
		{"an unknown directive", "> a\n@stat b\n", "2: after @ stands one of bot"},
		{"an address", "> a\nme@example.com\n", "2: after @ stands one of bot"},
		{"a bot inside", "> a\n@bot b\n", "2: @bot stands at the head of a file"},
		{"two bots", "@bot a\n@bot b\n> c\n", "2: a file names one bot"},
		{"a variable without a value", "> a\n@var b\n", "2: it is NAME = TEXT"},
		{"a score", "> a\n@score >= 2\n", "2: it is >= and a number from 0 to 1"},
		{"a part of fuel", "> a\n@fuel <= 1.5\n", "2: fuel is a whole number"},
		{"a time", "> a\n... soon\n", "2: a time is such as 5 minutes"},
		{"no time", "> a\n...\n", "2: a time is such as 5 minutes"},
		{"too long a time", "> a\n... 4000 days\n", "2: at most ten years"},
		{"a file without a type", ">file a\n", "1: a file is NAME TYPE SIZE"},
		{"a file of no name", ">file a b/c <\n", "1: after < stands the name of a file"},
		{"a size", ">file a b/c 3XB\n", "1: a size is a number of bytes"},
		{"two voices", ">voice a b/c\n  d e/f\n", "1: a voice message is one file"},
		{"no JSON", ">json {a}\n", "1: is no JSON"},
		{"an event without a name", ">event\n", "1: an event is NAME JSON"},
		{"a stub without an answer",
			"@stub GET a\n> b\n", "1: a stub is METHOD URL -> STATUS TEXT"},
		{"a method", "@stub POKE a -> 200\n> b\n", "1: a method is one of GET"},
		{"a status", "@stub a -> 100\n> b\n", "1: a status is from 200 to 599"},
		{"a code", "@stub a -> lost\n> b\n", "1: after -> stands a status, or one of timeout"},
		{"a reply after the rest", "> a\n*\nb\n", "3: line 2 is for all further replies"},
		{"no reply, and one", "> a\n-\nb\n", "3: line 2 and this one cannot both be so"},
		{"one reply, and none", "> a\nb\n-\n", "3: line 2 and this one cannot both be so"},
		{"an indent below nothing", "  a\n", "1: a line with an indent goes on with a text"},
		{"an indent below a comment",
			"> a\n# b\n  c\n", "3: a line with an indent goes on with a text"},
		{"an indent of one", "> a\n b\n", "2: an indent is of two spaces"},
		{"a line that does not go on",
			"> a\n@fuel <= 1\n  c\n", "2: line 3 goes on with this one"},
		{"a control character", "> a\x00\n", "1: has a control character"},
		{"no UTF-8", "> a\xff\n", "1: is not UTF-8"},
		{"some with a name", "a> b\n> c\n", "2: line 1 names who does something"},
		{"some without a name", "> b\na> c\n", "2: line 1 does not name who does something"},
		{"a start of the only one", ">start\n", "1: the only session begins by itself"},
		{"a start twice", "a>start\na>start\n", "2: the session of a has begun already"},
		{"a reply to nobody yet", "== x\n... 1 minute\n-\nhello\na> b\n", "4: line 3"},
		{"a state of nobody yet", "== x\n... 1 minute\n-\n@state b\na> b\n",
			"4: nobody has begun"},
		{"a reply to nobody", "== x\nhello\na> b\n", "2: nobody has begun yet"},
		{"a reply to a stranger", "a> b\nc< d\n", "2: nobody called c has begun a session"},
		{"a name where it says nothing", "a> b\na@fuel <= 1\n", "2: this is about all sessions"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("talk.chat", []byte(tt.text))
			errs, ok := err.(Errors)
			if !ok || !strings.HasPrefix(errs[0].Error(), "talk.chat:"+tt.want) {
				t.Errorf("Parse(%q) = %v, want talk.chat:%s", tt.text, err, tt.want)
			}
		})
	}
}

func TestParse_AllErrors(t *testing.T) {
	_, err := Parse("a.chat", []byte("> a\n/b\n== c\n~d\n"+strings.Repeat(">x\n", 100)))
	errs, _ := err.(Errors)
	if len(errs) != maxErrors || errs[0].Line != 2 || errs[1].Line != 4 || errs[2].Line != 5 {
		t.Errorf("Parse = %v, want the first %d errors in order", err, maxErrors)
	}
	if got := strings.Count(err.Error(), "\n"); got != maxErrors-1 {
		t.Errorf("the text of %d errors has %d breaks", maxErrors, got)
	}
	if _, err := Parse("a.chat", make([]byte, MaxSize+1)); err == nil {
		t.Error("a file above MaxSize was taken")
	}
}
