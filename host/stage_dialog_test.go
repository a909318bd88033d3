package host

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
)

// makeDialog assembles a bot that declares a dialog, and says where it is whenever
// it enters a state.
func makeDialog(tb testing.TB, definition string) []byte {
	tb.Helper()
	definition = strings.ReplaceAll(definition, "\n", "")
	quoted := strings.ReplaceAll(definition, `"`, `\22`)
	return assemble(tb, fmt.Sprintf(`(module
		(import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
		(import "bothost_v1" "output" (func $output (param i32 i32)))
		(import "bothost_v1" "reply" (func $reply (param i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "%s")
		(func (export "describe") (call $output (i32.const 0) (i32.const %d)))
		(func (export "on_enter")
			(call $reply (i32.const 8192) (call $input (i32.const 8192) (i32.const 1024)))))`,
		quoted, len(definition)))
}

const moods = `{"states":[
{"name":"initial","initial":true,"transitions":[{"intent":"greet","to":"asked"}]},
{"name":"asked","recheck_ms":500,"transitions":[
  {"option":"good","to":"initial"},{"after_ms":60000,"to":"bored"},
  {"when":{"var":"done","op":"==","value":"yes"},"to":"initial"}]},
{"name":"bored","transitions":[{"after_ms":1000,"to":"initial"}]}],
"intents":[{"name":"greet","examples":["hello {who}"]}],
"entities":[{"name":"who","values":[{"value":"bot"}]}]}`

// dialogPlay plays the bot of moods.
func dialogPlay(tb testing.TB) *Play {
	tb.Helper()
	s := newStage(tb, StageOptions{}, map[string][]byte{"bot.wasm": makeDialog(tb, moods)})
	return newPlay(tb, s, "bot.wasm")
}

func TestPlay_Dialog(t *testing.T) {
	p := dialogPlay(t)
	wantReplies(t, []conversation.Turn{begins(t, p, "")}, "initial")
	if p.State("") != "initial" {
		t.Errorf("state = %q, want initial", p.State(""))
	}
	turn := tells(t, p, "", "Hello bot!")
	wantReplies(t, []conversation.Turn{turn}, "asked")
	want := abi.Prediction{Intent: "greet",
		Params: []abi.SlotValue{{Name: "who", Value: "bot", Start: 6, End: 9}}}
	got := turn.Prediction
	if got == nil || got.Intent != want.Intent || !slices.Equal(got.Params, want.Params) {
		t.Errorf("prediction = %+v, want %+v", got, want)
	}
	turn = tells(t, p, "", "what?")
	if wantReplies(t, []conversation.Turn{turn}, abi.WordsFallback); turn.Prediction != nil {
		t.Errorf("prediction = %+v, want none", turn.Prediction)
	}
}

// TestPlay_Reset: what is said in a reset is there, though its log begins anew.
func TestPlay_Reset(t *testing.T) {
	p := dialogPlay(t)
	begins(t, p, "")
	tells(t, p, "", "hello bot")
	turn, err := p.Send(t.Context(), "", abi.Event{Kind: abi.EventReset})
	if err != nil {
		t.Fatal(err)
	}
	wantReplies(t, []conversation.Turn{turn}, "initial")
}

// TestPlay_Quiet: inactivity is counted in the play's time, and a look at conditions
// that changes nothing is no turn.
func TestPlay_Quiet(t *testing.T) {
	p := dialogPlay(t)
	begins(t, p, "")
	tells(t, p, "", "hello bot")
	for _, test := range []struct {
		wait time.Duration
		want []string
	}{
		{59_999 * time.Millisecond, nil},
		{time.Millisecond, []string{"bored"}},
		{time.Hour, []string{"initial"}},
		{time.Hour, nil},
	} {
		turns, err := p.Advance(t.Context(), test.wait)
		if err != nil || len(turns) != len(test.want) {
			t.Errorf("Advance(%v) = %d turns, %v, want %d", test.wait, len(turns),
				err, len(test.want))
		}
		wantReplies(t, turns, test.want...)
		for _, turn := range turns {
			if turn.Event.Kind != abi.EventAfter {
				t.Errorf("event = %s, want %s", turn.Event.Kind, abi.EventAfter)
			}
		}
	}
}

// TestPlay_SwapState: a swap in mid-dialog keeps the state, renames it, or begins
// again where it is gone.
func TestPlay_SwapState(t *testing.T) {
	// What intents make of a text is not what this is about.
	old := strings.ReplaceAll(moods, `"intent":"greet"`, `"option":"hello bot"`)
	renamed := strings.ReplaceAll(old, `"asked"`, `"waiting"`)
	s := newStage(t, StageOptions{}, map[string][]byte{
		"bot.wasm":  makeDialog(t, old),
		"same.wasm": makeDialog(t, strings.ReplaceAll(old, `"recheck_ms":500,`, "")),
		"new.wasm":  makeDialog(t, renamed),
		"was.wasm": makeDialog(t, strings.Replace(renamed,
			`"recheck_ms"`, `"was":["asked"],"recheck_ms"`, 1)),
	})
	for _, test := range []struct {
		file, state string
		want        []string
	}{
		{"same.wasm", "asked", []string{abi.WordsFallback}},
		{"was.wasm", "waiting", []string{abi.WordsFallback}},
		{"new.wasm", "initial", []string{"initial", abi.WordsFallback}},
	} {
		t.Run(test.file, func(t *testing.T) {
			p := newPlay(t, s, "bot.wasm")
			begins(t, p, "")
			tells(t, p, "", "hello bot")
			if err := p.Swap(t.Context(), test.file); err != nil {
				t.Fatal(err)
			}
			turn := tells(t, p, "", "what?")
			if wantReplies(t, []conversation.Turn{turn}, test.want...); p.State("") != test.state {
				t.Errorf("state = %q, want %q", p.State(""), test.state)
			}
		})
	}
}
