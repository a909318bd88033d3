package main

import (
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestCountsEachSession(t *testing.T) {
	ann, bob := guesttest.Chat(t, guesttest.Options{}), guesttest.Chat(t, guesttest.Options{})
	ann.Say("one").Wants("1").WantsVar(messages, "1")
	ann.Say("two").Wants("2")
	bob.Say("one").Wants("1")
	ann.Say("three").Wants("3")
	bob.Say("two").Wants("2")
}

func TestReset(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("one").Wants("1")
	c.Reset().WantsUnset(messages)
	c.Say("one again").Wants("1")
}
