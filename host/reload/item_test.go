package reload

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
)

// sightNamed makes a sight from a word: a capital is a content, a small letter
// a bad one.
func sightNamed(word string) sight {
	switch word {
	case "gone":
		return sight{kind: missing, err: fs.ErrNotExist}
	case "moving":
		return sight{kind: changing, err: ErrChanging}
	case "denied":
		return sight{kind: bad, err: fs.ErrPermission}
	}
	s := sight{hash: sha256.Sum256([]byte(word))}
	if word == strings.ToLower(word) {
		s.kind, s.err = bad, errors.New("check: "+word)
	}
	return s
}

func TestItemJudge(t *testing.T) {
	tests := []struct {
		name  string
		sees  string // what each look sees, and before it the second it is at
		want  string // the seconds at which there is a report
		wakes string // the second at which the last sight wants to be seen again
	}{
		{"first content", "0 A", "0", ""},
		{"same content", "0 A 5 A", "0", ""},
		{"other content", "0 A 5 B", "0 5", ""},
		{"there and back", "0 A 5 B 6 A", "0 5 6", ""},
		{"bad once", "0 A 5 b", "0", "6"},
		{"bad for long", "0 A 5 b 6 b", "0 6", ""},
		{"bad and looked at early", "0 A 5.0 b 5.5 b 6 b", "0 6", ""},
		{"bad reported once", "0 A 5 b 6 b 9 b 20 b", "0 6", ""},
		{"bad and back", "0 A 5 b 5.5 A 6 b", "0", "7"},
		{"bad, reported and back", "0 A 5 b 6 b 7 A", "0 6 7", ""},
		{"bad and growing", "0 A 5 b 6 bb 7 bbb 8 B", "0 8", ""},
		{"no permission", "0 A 5 denied 6 denied 7 denied", "0 6", ""},
		{"gone for a while", "0 A 5 gone 14 gone 14.9 A", "0", ""},
		{"gone for good", "0 A 5 gone 15 gone 16 gone", "0 15", ""},
		{"gone and another", "0 A 5 gone 6 B", "0 6", ""},
		{"gone, then half", "0 A 5 gone 6 b 6.5 gone", "0", "16.5"},
		{"gone, reported and back", "0 A 5 gone 15 gone 16 A", "0 15 16", ""},
		{"never there", "0 gone 1 gone 20 gone", "1", ""},
		{"never there, then there", "0 gone 1 gone 2 A", "1 2", ""},
		{"moving", "0 A 5 moving", "0", "5.15"},
		{"moving for long", "0 A 5 moving 34.9 moving 35 moving", "0 35", ""},
		{"moving, then whole", "0 A 5 moving 34 B", "0 34", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zero := time.Now()
			o := Options{}.withDefaults()
			it := &item{}
			var reports []string
			fields := strings.Fields(tt.sees)
			for i := 0; i < len(fields); i += 2 {
				after, err := time.ParseDuration(fields[i] + "s")
				must(t, err)
				if it.judge(sightNamed(fields[i+1]), &o, zero.Add(after)) {
					reports = append(reports, fields[i])
				}
			}
			if got := strings.Join(reports, " "); got != tt.want {
				t.Errorf("reports at %q, want %q", got, tt.want)
			}
			wakes := ""
			if !it.wake.IsZero() {
				wakes = fmt.Sprint(it.wake.Sub(zero).Seconds())
			}
			if wakes != tt.wakes {
				t.Errorf("wakes at %q, want %q", wakes, tt.wakes)
			}
		})
	}
}
