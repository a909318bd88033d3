package guesttest_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestConversation_Fire(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("timer tea 3 minutes").WantsTimer("tea", 3*time.Minute)
	c.Advance(time.Minute)
	c.Say("timer tea again").WantsTimer("tea", 3*time.Minute)
	c.Say("timer egg").WantsTimer("egg", 3*time.Minute)
	c.Say("cancel egg").WantsNoTimer("egg")
	c.Say("timer egg 7").WantsTimer("egg", 3*time.Minute)
	c.Fire("tea").Wants("timer tea again").WantsTimer("tea", time.Hour)
	c.Say("now").Wants("1767225840000") // 4 minutes after the start
	c.Advance(time.Hour)
	c.Fire("egg").Wants("timer egg 7").WantsNoTimer("egg")
	c.Say("now").Wants("1767229440000") // not back to when it was due
	want := []guesttest.Timer{{Name: "tea", Due: time.UnixMilli(1767229440000)}}
	got := c.Timers()
	if len(got) != 1 || got[0].Name != want[0].Name || !got[0].Due.Equal(want[0].Due) {
		t.Errorf("Timers() = %v, want %v", got, want)
	}
	c.Send(abi.Event{Kind: abi.EventTimer, Name: "old", Late: true}).Wants("timer old ", "late")
	if c.Reset(); len(c.Timers()) != 0 {
		t.Errorf("Timers() = %v after a reset, want none", c.Timers())
	}
}

// A turn that fails begins nothing, but consumes its event.
func TestConversation_FireFails(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{Limits: abi.Limits{Replies: 1}})
	c.Say("timer tea 1")
	c.Say("timers").WantsFailure("more than 16").WantsTimer("tea", 3*time.Minute).WantsNoTimer("0")
	c.Say("fetches").WantsFailure("more than 8")
	c.Say("fetch r http://h")
	c.Answer("r", abi.Response{Status: 200}).WantsFailure("more than 1 replies")
	if len(c.Requests()) != 0 {
		t.Errorf("Requests() = %v, want none", c.Requests())
	}
}

func TestConversation_Answer(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	turn := c.Say("fetch a http://h/1").WantsRequest("a", "PUT", "http://h/1").WantsNothing()
	want := []abi.Request{{
		Name: "a", Method: "PUT", URL: "http://h/1", Body: "body", TimeoutMillis: abi.DefaultTimeout,
	}}
	if got := turn.Requests(); !reflect.DeepEqual(got, want) {
		t.Errorf("Requests() = %+v, want %+v", got, want)
	}
	c.Say("fetch b http://h/2")
	c.Say("fetch a http://h/3")
	c.Answer("a", abi.Response{Status: 200, Body: "a\xff"}).Wants("http a ", `200 "a\xff" `)
	if got := c.Requests(); len(got) != 2 || got[0].Name != "b" || got[1].URL != "http://h/3" {
		t.Errorf("Requests() = %+v, want those to /2 and /3", got)
	}
	c.Answer("a", abi.Response{Code: abi.ResponseForbidden, Error: "no"}).Wants("http a ", `0 "" forbidden`)
	c.Answer("b", abi.Response{Status: 204}).Wants("http b ", `204 "" `)
}

// As on a host, a session waits for so many answers only.
func TestConversation_ManyRequests(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	for range abi.MaxRequests {
		c.Say("fetch a http://h/1").WantsNothing()
	}
	c.Say("fetch a http://h/1").WantsFailure("more than 256")
	c.Say("now").Wants("1767225600000")
	c.Answer("a", abi.Response{Status: 204}).Wants("http a ", `204 "" `)
	c.Say("fetch a http://h/1").WantsNothing()
	c.Reset()
	c.Say("fetch a http://h/1").WantsRequest("a", "PUT", "http://h/1")
}

func TestConversation_Post(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Post("paid", `{"order":7}`).Wants(`event paid {"order":7}`)
	c.Post("paid", "").Wants("event paid null")
	if entries := c.Entries(); entries[0].From != abi.FromBot {
		t.Errorf("entries = %v, want none of the event", entries)
	}
}

// What a host would not do fails the test.
func TestConversation_LaterFaults(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(c *guesttest.Conversation)
		want string
	}{
		{"no timer", func(c *guesttest.Conversation) { c.Fire("tea") }, `Fire("tea"): no such timer`},
		{"timer twice", func(c *guesttest.Conversation) {
			c.Say("timer tea")
			c.Fire("tea")
			c.Fire("tea")
		}, `Fire("tea"): no such timer`},
		{"no request", func(c *guesttest.Conversation) { c.Answer("a", abi.Response{}) },
			`Answer("a"): there is no such request`},
		{"no JSON", func(c *guesttest.Conversation) { c.Post("a", "{") }, `Post("a"): "{" is not JSON`},
		{"not UTF-8", func(c *guesttest.Conversation) { c.Post("\xff", "") }, "nothing but UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			record(func(tb testing.TB) {
				tt.do(guesttest.Chat(tb, guesttest.Options{InProcess: true}))
			}).wants(t, tt.want)
		})
	}
}
