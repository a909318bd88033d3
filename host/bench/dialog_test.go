package main

import (
	"strings"
	"testing"
)

// TestTalks: the turns that are measured do what their names say.
func TestTalks(t *testing.T) {
	for _, talk := range talks() {
		t.Run(talk.name, func(t *testing.T) {
			d, err := talk.definition()
			if err != nil {
				t.Fatal(err)
			}
			s, err := speak(t.Context(), d, talk.event)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close(t.Context())
			want := "state 10" // after 100 turns
			if strings.Contains(talk.name, "no transition takes") {
				want = "state 0"
			}
			if got := s.handle.Head().State; got != want {
				t.Errorf("the session stands at %q, want %q", got, want)
			}
			page, err := s.handle.Read(t.Context(), 0, 1000, nil)
			if err != nil || len(page.Entries) < 100 {
				t.Errorf("%d entries, %v, want at least one a turn", len(page.Entries), err)
			}
		})
	}
}
