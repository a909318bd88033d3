package main

import (
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestMoods(t *testing.T) {
	tests := []struct {
		name, mood, want string
	}{
		{"good", "Good", "I am glad to hear that!"},
		{"bad", "Bad", "I am sorry to hear that..."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := guesttest.Chat(t, guesttest.Options{})
			c.Say("hello").Wants("Hi! How are you?").Options("Good", "Bad").WantsState("asked")
			c.Choose(tt.mood).Wants(tt.want).WantsState("initial").WantsIntent(tt.name)
			c.Say("hi").Wants("Hi! How are you?").Options("Good", "Bad")
			c.Say(tt.name).Wants(tt.want)
		})
	}
}

func TestWritings(t *testing.T) {
	for _, text := range []string{"Hello", "HELLO!", "  hi ", "¡Hi!", "\thello...\n"} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.Say(text).Wants("Hi! How are you?").Options("Good", "Bad")
	}
}

func TestFallback(t *testing.T) {
	const sorry = "Sorry, I didn't get it"
	c := guesttest.Chat(t, guesttest.Options{})
	c.Welcome().WantsNothing().WantsState("initial")
	c.Say("good").Wants(sorry).WantsState("initial")
	c.Say("elephants").Wants(sorry)
	c.Say("hello").Wants("Hi! How are you?").Options("Good", "Bad")
	c.Say("purple").Wants(sorry).WantsState("asked")
	c.Say(" ").Wants(sorry)
	c.Say("BAD.").Wants("I am sorry to hear that...").WantsState("initial")
}
