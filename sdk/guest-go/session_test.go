package guest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// Every method with an effect is one call of one host function.
func TestSession_Effects(t *testing.T) {
	s := &session
	tests := []struct {
		name string
		do   func()
		want push
	}{
		{"Reply", func() { s.Reply("a") }, push{"reply", "a", "", 0}},
		{"ReplyMarkdown", func() { s.ReplyMarkdown("*a*") }, push{"reply_as", "markdown", "*a*", 0}},
		{"ReplyAs", func() { s.ReplyAs("kind", "body") }, push{"reply_as", "kind", "body", 0}},
		{"ReplyOptions", func() { s.ReplyOptions("Good", `"Bad"`) },
			push{"reply_options", `["Good","\"Bad\""]`, "", 0}},
		{"ReplyChoices", func() { s.ReplyChoices(Option{"A", "a"}, Option{"B", "b"}) },
			push{"reply_options", `[{"label":"A","value":"a"},{"label":"B","value":"b"}]`, "", 0}},
		{"Set", func() { s.Set("k", "v") }, push{"session_set", "k", "v", 0}},
		{"SetInt", func() { s.SetInt("k", -5) }, push{"session_set", "k", "-5", 0}},
		{"Delete", func() { s.Delete("k") }, push{"session_delete", "k", "", 0}},
		{"SetTimer", func() { s.SetTimer("t", 3*Day, "d") }, push{"timer_set", "t", "d", 259200000}},
		{"CancelTimer", func() { s.CancelTimer("t") }, push{"timer_cancel", "t", "", 0}},
		{"HTTP", func() { s.HTTP("r", Request{URL: "http://h"}) },
			push{"http_start", "r", `{"url":"http://h"}`, 0}},
		{"Move", func() { s.Move("there") }, push{"move", "there", "", 0}},
		{"Debug", func() { s.Debug("a") }, push{"log", "a", "", 0}},
		{"Info", func() { s.Info("a") }, push{"log", "a", "", 1}},
		{"Warn", func() { s.Warn("a") }, push{"log", "a", "", 2}},
		{"Error", func() { s.Error("a") }, push{"log", "a", "", 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := install(t, new(recordingHost))
			tt.do()
			if !slices.Equal(h.pushed, []push{tt.want}) {
				t.Errorf("calls = %v, want %v", h.pushed, tt.want)
			}
		})
	}
}

func TestSession_Reads(t *testing.T) {
	s := &session
	install(t, &recordingHost{value: "value"})
	config, _ := s.Config("key")
	asset, _ := s.Asset()
	for name, got := range map[string]string{
		"Text": s.Text(), "State": s.State(), "Config": config, "Asset": string(asset),
		"Event.Kind": string(s.Event().Kind()), "Event.ID": s.Event().ID(),
		"Event.JSON": s.Event().JSON(), "Event.Name": s.Event().Name(), "Event.Data": s.Event().Data(),
		"Response.Body": s.Event().Response().Body(), "Response.Header": s.Event().Response().Header("a"),
		"Response.Code":  string(s.Event().Response().Code()),
		"Response.Error": s.Event().Response().Error(),
	} {
		if got != "value" {
			t.Errorf("%s = %q, want value", name, got)
		}
	}
	random := make([]byte, 2)
	if s.Random(random); s.Now() != 42 || !slices.Equal(random, []byte{7, 7}) {
		t.Errorf("Now, Random = %d, %v", s.Now(), random)
	}
}

func TestSession_GetInt(t *testing.T) {
	tests := []struct {
		text string
		want int64
		ok   bool
	}{
		{"0", 0, true},
		{"-9223372036854775808", -9223372036854775808, true},
		{"9223372036854775807", 9223372036854775807, true},
		{"9223372036854775808", 0, false},
		{"", 0, false},
		{"1.5", 0, false},
	}
	for _, tt := range tests {
		install(t, &recordingHost{value: tt.text})
		if got, ok := session.GetInt("n"); got != tt.want || ok != tt.ok {
			t.Errorf("GetInt(%q) = %d, %t, want %d, %t", tt.text, got, ok, tt.want, tt.ok)
		}
	}
	install(t, &recordingHost{absent: true})
	if got, ok := session.GetInt("n"); got != 0 || ok {
		t.Errorf("GetInt = %d, %t, want none", got, ok)
	}
}

func TestCall(t *testing.T) {
	tests := []struct {
		name    string
		handler Handler
		want    int32
		fails   []push
	}{
		{"no handler", nil, resultNotHandled, nil},
		{"nil", func(*Session) error { return nil }, resultDone, nil},
		{"not handled", func(*Session) error { return NotHandled }, resultNotHandled, nil},
		{"wrapped", func(*Session) error { return fmt.Errorf("%w: later", NotHandled) },
			resultNotHandled, nil},
		{"error", func(*Session) error { return errors.New("no") },
			resultFailed, []push{{"fail", "no", "", 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := install(t, new(recordingHost))
			if got := call(tt.handler); got != tt.want || !slices.Equal(h.pushed, tt.fails) {
				t.Errorf("call = %d, %v, want %d, %v", got, h.pushed, tt.want, tt.fails)
			}
		})
	}
}
