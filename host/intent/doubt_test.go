package intent

import (
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestDoubts(t *testing.T) {
	d := &abi.Definition{
		Intents: []abi.Intent{
			{Name: "light", Examples: []string{
				"turn the light on", "the light please", "I need a light", "give me some light",
				"book me a table"}},
			{Name: "table", Examples: []string{
				"reserve a table for tonight", "I would like to book a table", "is there a table free",
				"can I book a table", "table reservation"}},
			{Name: "count", Examples: []string{
				"count to {number}", "count up to {number}", "can you count to {number}", "xyzzy"}},
			{Name: "once", Examples: []string{"good morning"}},
		},
	}
	doubts, err := Doubts(d, Options{})
	if err != nil {
		t.Fatal(err)
	}
	taken := make(map[string]string)
	for _, doubt := range doubts {
		taken[doubt.Intent+": "+doubt.Example] = doubt.Taken
	}
	want := map[string]string{"light: book me a table": "table", "count: xyzzy": ""}
	for example, as := range want {
		if got, ok := taken[example]; !ok || got != as {
			t.Errorf("%q is taken for %q, %t, want %q", example, got, ok, as)
		}
	}
	if len(taken) != len(want) {
		t.Errorf("Doubts() = %+v, want %v", doubts, want)
	}
}
