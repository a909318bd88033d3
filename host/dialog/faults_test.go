package dialog_test

import (
	"fmt"
	"strings"
	"testing"
)

// The tests in this file are about faults that were found in another framework of
// this kind, BESSER's: none of them can happen here.

// TestFaults_TestedAgainstAll: there a message that arrives while transitions are
// looked at is tested against the rest of them only, and 37 of 40 were answered as
// not understood.
func TestFaults_TestedAgainstAll(t *testing.T) {
	def := define(t, `idle: intent hi -> hello; guard slow -> busy
		hello: guard slow -> busy; intent hi -> idle
		busy: guard never -> hello; intent hi -> idle`)
	for _, slow := range []string{"no", "hi", "hi#hi"} {
		b := newBot(t, def, "check slow = "+slow)
		b.base.State = "idle"
		for n := range 40 {
			before := b.base.State
			got := b.turn(event(t, "say hi"))
			if strings.Contains(got, "Sorry") || !strings.Contains(got, "enter") {
				t.Fatalf("guard %s, message %d in state %s: %s", slow, n, before, got)
			}
		}
	}
}

// TestFaults_AfterConditionMove: a condition moves in the turn of the message, which
// is then tested in the new state from its first transition on.
func TestFaults_AfterConditionMove(t *testing.T) {
	var bot strings.Builder
	for i := range 10 {
		fmt.Fprintf(&bot, "s%d: intent hi when x == %d -> end; when x > %d -> s%d\n", i, i, i, i+1)
	}
	bot.WriteString("s10:\nend:\n")
	def := define(t, bot.String())
	for i := range 10 {
		b := newBot(t, def, "")
		b.base.State, b.base.Vars["x"] = "s0", fmt.Sprint(i)
		want := ""
		for j := 1; j <= i; j++ {
			want += fmt.Sprintf("enter s%d; ", j)
		}
		if got := b.turn(event(t, "say hi")); got != want+"enter end; at end" {
			t.Errorf("x = %d: %s", i, got)
		}
	}
}

// TestFaults_UnmatchedIsGone: there a text that was answered by the fallback went
// back into the queue if event transitions came before conditions, and the state
// looped over it for ever.
func TestFaults_UnmatchedIsGone(t *testing.T) {
	def := define(t, "a: intent hi -> b; when x == 1 -> b\nb: message -> a; any -> a")
	for _, script := range []string{
		"", "fallback = ok", "fallback = 2", "message = ok", "message = 2", "fallback = set x 0",
	} {
		b := newBot(t, def, script)
		b.base.State = "a"
		for _, text := range []string{"say what", "option what", `json {"message":"what"}`} {
			if script == "message = ok" && strings.HasPrefix(text, "json") {
				continue
			}
			b.turn(event(t, text))
			if len(b.base.Waiting) > 0 || b.base.State != "a" {
				t.Errorf("script %q, %s: at %s, %d wait", script, text, b.base.State,
					len(b.base.Waiting))
			}
		}
		b.base.Vars["x"] = "1"
		if got := b.turn(event(t, "recheck")); got != "enter b; at b" {
			t.Errorf("script %q: %s: an old text came back", script, got)
		}
	}
}

// TestFaults_ForeignTextWaits: what is not human has no fallback and is not lost.
func TestFaults_ForeignTextWaits(t *testing.T) {
	b := newBot(t, define(t, "a: event go -> b\nb: intent hi -> c\nc:"),
		"fallback = ok; message = 2")
	b.base.State = "a"
	var got []string
	for _, text := range []string{"agent hi", "say hi", "event go"} {
		got = append(got, b.turn(event(t, text)))
	}
	want := "message(hi); at a; waits hi / message(hi); fallback(hi); at a; waits hi / " +
		"enter b; enter c; at c"
	if got := strings.Join(got, " / "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
