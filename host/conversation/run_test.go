package conversation_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want []string
	}{
		{"exactly", "> say Hi!\nHi!", nil},
		{"otherwise", "> say Hi!\nHi", []string{"1: the bot said something else"}},
		{"several lines", "> say a\n  b\na\n  b", nil},
		{"an escape", "> say # a\n\\# a", nil},
		{"contains", "> say glad to hear\n~ glad", nil},
		{"contains not", "> say sad\n~ glad", []string{"1: the bot said something else"}},
		{"matches", "> say 21 degrees\n/^[0-9]+ degrees$/", nil},
		{"matches not",
			"> say many degrees\n/^[0-9]+ degrees$/", []string{"1: the bot said something else"}},
		{"options", "> hello\nHi! How are you?\n[Good] [Not \\[so\\] good](bad)", nil},
		{"options with another value", "> hello\nHi! How are you?\n[Good] [Not \\[so\\] good]",
			[]string{"1: the bot said something else"}},
		{"options as text", "> hello\n*\n> hello\n~ Hi\n~ 2. Not [so] good", nil},
		{"options as JSON", "> hello\n~ Hi\n" +
			`{options} [{"value":"Good","label":"Good"}, {"label":"Not [so] good","value":"bad"}]`,
			nil},
		{"a kind", "> markdown # a\n{markdown}", nil},
		{"another kind", "> say a\n{markdown}", []string{"1: the bot said something else"}},
		{"a kind and a body", "> markdown # a\n{markdown} # a", nil},
		{"text is not markdown", "> markdown a\na", []string{"1: the bot said something else"}},
		{"no reply", "> nothing", nil},
		{"no reply, said so", "> nothing\n-", nil},
		{"a reply where none is wanted",
			"> say a\n-", []string{"1: the bot said something where nothing is wanted"}},
		{"a reply where none is written",
			"> say a", []string{"1: the bot said something where nothing is wanted"}},
		{"no reply where one is wanted", "> nothing\na", []string{"1: the bot said nothing"}},
		{"more", "> lines a b\na", []string{"1: the bot said more than is wanted"}},
		{"less", "> lines a\na\nb", []string{"1: the bot said less than is wanted"}},
		{"the order matters", "> lines a b\nb\na", []string{"1: the bot said something else"}},
		{"the rest", "> lines a b c\na\n*", nil},
		{"the rest may be none", "> lines a\na\n*", nil},
		{"the rest is not the beginning",
			"> lines a b\nb\n*", []string{"1: the bot said more than is wanted"}},
		{"an option by label", "> hello\n*\n> [Not \\[so\\] good]\nYou chose bad.", nil},
		{"an option by value", "> hello\n*\n> [bad]\nYou chose bad.", nil},
		{"any option", "> [x](y)\nYou chose y.", nil},
		{"an option that is not offered", "> hello\n*\n> [Fine]\nx",
			[]string{`3: [Fine] is not among the options that the bot offered: [Good] [Not \[so\] good](bad)`}},
		{"no options",
			"> [Fine]", []string{"1: the bot has offered no options, so [Fine] cannot be chosen"}},
		{"no options after a reset", "> hello\n*\n>reset\n*\n> [Good]",
			[]string{"5: the bot has offered no options, so [Good] cannot be chosen"}},
		{"a file",
			">file a.txt text/plain = hi\n  b.png image/png 2kB\n" +
				"file||||a.txt (text/plain, 2)|b.png (image/png, 2000)",
			nil},
		{"a file of the folder",
			">file a.txt text/plain < b/c.txt\nfile||||a.txt (text/plain, 18)\n" +
				"@file a.txt = content of b/c.txt", nil},
		{"another content",
			">file a b/c = hi\n*\n@file a = ho\n@file a ~ i\n@file a /^h/\n@file b -\n@file b = x",
			[]string{`1: the file "a" is "hi", not "ho"`, `1: the file "b" is unset, not "x"`}},
		{"a file that is not there", ">file a b/c < gone.txt",
			[]string{"1: gone.txt: no such file"}},
		{"a voice", ">voice a audio/webm 3\nvoice||||a (audio/webm, 3)", nil},
		{"a JSON message", `>json {"message":"hi"}` + "\n" + `json|json|hi|{"message":"hi"}`, nil},
		{"an event", ">event paid [1]\nevent|paid||[1]", nil},
		{"an agent", ">agent who\n\\\"\", human: false", nil},
		{"a state", "> hello\n*\n@state asked", nil},
		{"another state",
			"> hello\n*\n@state initial", []string{`1: the state is "asked", not "initial"`}},
		{"no state", "> hello\n*\n@state -", []string{`1: the state is "asked", not unset`}},
		{"a variable", "> set a b c\n@var a = b c\n@var a ~ c\n@var a /^b/\n@var b -", nil},
		{"another variable", "> set a b\n@var a = c\n@var a ~ d\n@var a /e/\n@var a -", []string{
			`1: the variable "a" is "b", not "c"`,
			`1: the variable "a" is "b", not something with "d"`,
			`1: the variable "a" is "b", not something that matches /e/`,
			`1: the variable "a" is "b", not unset`}},
		{"an intent",
			"> weather Paris\n@intent weather\n@score >= 0.8\n@param city = Paris\n@param day -",
			nil},
		{"several values",
			"> weather Paris Rome Paris\n@param city = Paris\n@param city = Rome\n@param city ~ om",
			nil},
		{"none of several values", "> weather Paris Rome\n@param city = Oslo", []string{
			`1: the parameter "city" is "Paris", not "Oslo"`}},
		{"another intent",
			"> weather Paris\n@intent hello\n@score >= 0.9\n@param city ~ Rome", []string{
				`1: the intent is "weather", not "hello"`, "1: the score is 0.8, below 0.9",
				`1: the parameter "city" is "Paris", not something with "Rome"`}},
		{"no intent", "> nothing\n@intent -\n@param city -", nil},
		{"no intent where one is wanted", "> nothing\n@intent hello\n@score >= 0",
			[]string{`1: the intent is unset, not "hello"`,
				"1: there is no score, because there is no intent"}},
		{"fuel", "> nothing\n@fuel <= 1000", nil},
		{"too much fuel",
			"> fetch a\n*\n@fuel <= 1006", []string{"1: the fuel is 1007, above 1006"}},
		{"a failure", "> boom\n@fails", nil},
		{"a failure and its cause",
			"> boom\n@fails unreachable\n@fails main.go:42\n@fails /wasm: unr/", nil},
		{"another cause", "> boom\n@fails out of fuel",
			[]string{`1: the cause is "boom.wasm: unreachable", not something with "out of fuel"`}},
		{"a failure that nobody wants",
			"> boom", []string{"1: the turn failed: boom.wasm: unreachable"}},
		{"a failure that does not come", "> nothing\n@fails", []string{"1: nothing failed"}},
		{"time", "> remind Tea!\n... 4 minutes\n... 1 minute\nTea!", nil},
		{"too little time",
			"> remind Tea!\n... 4 minutes\nTea!", []string{"2: the bot said nothing"}},
		{"a swap", "> nothing\n@swap next.wasm\n> say a\na", nil},
		{"a swap that is refused", "> nothing\n@swap broken.wasm\n@fails no magic", nil},
		{"a swap that must not be refused", "> nothing\n@swap broken.wasm",
			[]string{"2: the swap was refused: compile broken.wasm: no magic"}},
		{"a stub",
			"@stub GET http://a/* -> 200 sunny\n> fetch http://a/b\nOne moment.\n200 sunny", nil},
		{"the last stub",
			"@stub * -> 404\n> x\n@stub http://* -> 200 a\n@stub * -> timeout\n> fetch http://a\n" +
				"~ One\ntimeout",
			nil},
		{"no stub", "> fetch http://a\n~ One\nforbidden", nil},
		{"a reset", "> hello\n*\n>reset\nFrom the beginning.\n@state initial", nil},
		{"sessions", "a> who\n\\\"a\", human: true\nb> set x y\na@var x -\nb@var x = y", nil},
		{"a session that begins alone", "a>start\n-\na> say b\nb", nil},
		{"replies to several", "a> remind A\nb> remind B\n... 5 minutes\na< A\nb< B", nil},
		{"replies to the wrong one", "a> remind A\nb> remind B\n... 5 minutes\na< B\nb< A",
			[]string{"3: the bot said something else"}},
		{"an error ends it", "> nothing\n> gone\n> say a", []string{"2: the store is gone"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reports := play(t, parse(t, "talk.chat", tt.text), "")
			if got := failures(reports); !slices.Equal(got, tt.want) {
				t.Errorf("Run(%s) = %q, want %q", tt.text, got, tt.want)
			}
			if failed := reports[0].Failed(); failed != (tt.want != nil) {
				t.Errorf("Failed() = %v with %q", failed, tt.want)
			}
		})
	}
}

func TestRun_Welcome(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want []string
	}{
		{"written", "Welcome!\n> say a\na", nil},
		{"not written",
			"> say a\na", []string{"1: the bot said something where nothing is wanted"}},
		{"another", "== x\nHello!\n> say a\na", []string{"2: the bot said something else"}},
		{"whatever it is", "*\n@state initial\n> say a\na", nil},
		{"of a session with a name", "a> say a\nWelcome!\na", nil},
		{"of a session that begins alone", "a>start\nWelcome!\na> say a\na", nil},
		{"nobody is there but who is named", "# x\n... 5 minutes\na>start\nWelcome!", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := failures(play(t, parse(t, "talk.chat", tt.text), "Welcome!"))
			if !slices.Equal(got, tt.want) {
				t.Errorf("Run(%s) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestRun_Player(t *testing.T) {
	abs := filepath.Join(t.TempDir(), "abs.wasm")
	f := parse(t, filepath.Join("talks", "a.chat"),
		"@bot ../bot.wasm\n@swap next.wasm\nx> say a\na\n@swap \\"+abs+"\ny>start")
	a := newActor()
	r := conversation.Run(t.Context(), f.Conversations[0], a, conversation.Options{})
	if r.Failed() || !slices.Equal(a.swapped, []string{filepath.Join("talks", "next.wasm"), abs}) {
		t.Errorf("swapped to %q (%v)", a.swapped, failures([]conversation.Report{r}))
	}
	if !slices.Equal(a.sessions, []string{"x", "y"}) {
		t.Errorf("sessions %q, want x and y", a.sessions)
	}
	if got := f.Path(f.Bot); got != "bot.wasm" {
		t.Errorf("Path(%s) = %s, want bot.wasm", f.Bot, got)
	}
	if got := r.Fuel(); got != 10+1000+10 {
		t.Errorf("Fuel() = %d, want 1020", got)
	}
}

// endless answers each answer with a request.
type endless struct{ *actor }

func (endless) Settle(context.Context) ([]conversation.Turn, error) {
	return make([]conversation.Turn, 10), nil
}

func TestRun_Endless(t *testing.T) {
	f := parse(t, "a.chat", "> a\n> b")
	r := conversation.Run(t.Context(), f.Conversations[0], endless{newActor()},
		conversation.Options{MaxTurns: 50})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "more than 50 turns") ||
		len(r.Results) != 1 {
		t.Errorf("Run = %v after %d steps, want more than 50 turns", r.Err, len(r.Results))
	}
}

// late fails as its context does.
type late struct{ *actor }

func (late) Swap(ctx context.Context, _ string) error { return ctx.Err() }

func TestRun_Cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := parse(t, "a.chat", "@swap a\n@fails\n> b")
	r := conversation.Run(ctx, f.Conversations[0], late{newActor()}, conversation.Options{})
	if !errors.Is(r.Err, context.Canceled) {
		t.Errorf("Err = %v, want context.Canceled: a swap that was not tried is none that was "+
			"refused", r.Err)
	}
}

func TestStub_Match(t *testing.T) {
	for _, tt := range []struct {
		name        string
		stub        conversation.Stub
		method, url string
		want        bool
	}{
		{"the same", conversation.Stub{URL: "http://a/b"}, "GET", "http://a/b", true},
		{"not the whole", conversation.Stub{URL: "http://a"}, "GET", "http://a/b", false},
		{"the beginning", conversation.Stub{URL: "http://a/*"}, "GET", "http://a/b?c", true},
		{"the end", conversation.Stub{URL: "*/b"}, "GET", "http://a/b", true},
		{"the middle", conversation.Stub{URL: "http://*/b*d"}, "GET", "http://a/bcd", true},
		{"beginning and end do not overlap", conversation.Stub{URL: "ab*bc"}, "GET", "abc", false},
		{"anything", conversation.Stub{URL: "*"}, "GET", "", true},
		{"another method", conversation.Stub{Method: "POST", URL: "*"}, "GET", "x", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.stub.Match(tt.method, tt.url); got != tt.want {
				t.Errorf("Match(%s, %s) = %v, want %v", tt.method, tt.url, got, tt.want)
			}
		})
	}
	timeout := conversation.Stub{Code: abi.ResponseTimeout}
	if got := timeout.Response(); got.Code != abi.ResponseTimeout || got.Error == "" {
		t.Errorf("Response() = %+v, want a timeout in words", got)
	}
}

// TestConcurrency runs the conversations of one file at the same time.
func TestConcurrency(t *testing.T) {
	f := parse(t, "a.chat", "== a\n> hello\n*\n> [Good]\n/Good/\n== b\n> say a\nb\n")
	done := make(chan []string)
	for range 8 {
		go func() { done <- failures(play(t, f, "")) }() // all are waited for below
	}
	for range 8 {
		if got := <-done; !slices.Equal(got, []string{"7: the bot said something else"}) {
			t.Errorf("failures %q", got)
		}
	}
}

func TestReport_Time(t *testing.T) {
	f := parse(t, "a.chat", "> a")
	if r := play(t, f, "")[0]; r.Time <= 0 || r.Time > time.Minute {
		t.Errorf("Time = %v", r.Time)
	}
}

func BenchmarkRun(b *testing.B) {
	text := strings.Repeat("> hello\nHi! How are you?\n~ Good\n@state asked\n", 10)
	f := parse(b, "a.chat", text)
	b.ReportAllocs()
	for b.Loop() {
		r := conversation.Run(b.Context(), f.Conversations[0], newActor(), conversation.Options{})
		if r.Failed() {
			b.Fatal(failures([]conversation.Report{r}))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := []byte(strings.Repeat("> hello\nHi! How are you?\n\n~ Good\n@state asked\n", 20_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conversation.Parse("a.chat", text); err != nil {
			b.Fatal(err)
		}
	}
}
