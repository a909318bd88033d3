package intent

import (
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestDoubts(t *testing.T) {
	clean := []abi.Intent{
		{Name: "light", Examples: []string{
			"turn the light on", "light on", "switch the light on please", "light please"}},
		{Name: "table", Examples: []string{
			"book a table", "I would like to book a table", "can I book a table for two", "book table"}},
		{Name: "count", Examples: []string{
			"count to {number}", "count up to {number}", "can you count to {number}"}},
		{Name: "once", Examples: []string{"good morning"}},
	}
	tests := []struct {
		name         string
		in           int // the intent that gets one example more
		example      string
		intent, want string
	}{
		{"of another intent", 0, "may I book a table", "light", "table"},
		{"like none", 2, "xyzzy", "count", ""},
	}
	if doubts, err := Doubts(&abi.Definition{Intents: clean}, Options{}); err != nil || len(doubts) > 0 {
		t.Errorf("Doubts() = %+v, %v, want none", doubts, err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &abi.Definition{Intents: slices.Clone(clean)}
			examples := &d.Intents[test.in].Examples
			*examples = append(slices.Clone(*examples), test.example)
			doubts, err := Doubts(d, Options{})
			found := slices.ContainsFunc(doubts, func(doubt Doubt) bool {
				return doubt.Intent == test.intent && doubt.Example == test.example && doubt.Taken == test.want
			})
			if err != nil || !found {
				t.Errorf("Doubts() = %+v, %v, want %q taken for %q", doubts, err, test.example, test.want)
			}
		})
	}
}
