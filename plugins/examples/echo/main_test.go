package main

import (
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestEcho(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Welcome().WantsNothing()
	c.Say("hello").Wants("hello")
	c.Say("  Grüße, 世界\n").Wants("  Grüße, 世界\n")
}
