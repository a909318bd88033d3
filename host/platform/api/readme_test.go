package api_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/api"
)

// TestREADME makes the requests of README.md, in their order, and compares the
// answers.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	f := newFake(t, "s1")
	f.bot = func(ev *abi.Event) []string {
		if len(ev.Files) > 0 {
			return nil
		}
		return []string{ev.Text + ev.Name}
	}
	f.files.token = "HzRWMKWtzB6dPY5hY1PAdg"
	f.upload("s1", "5d41402abc4b2a76b9719d911017c592",
		abi.File{Name: "trip.txt", Type: "text/plain", Size: 5})
	s, _ := newServer(t, f, api.Options{})
	times := regexp.MustCompile(`"time":\d+`)
	requests := 0
	var got result
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		command, isCommand := strings.CutPrefix(line, "$ curl -s ")
		switch {
		case isCommand:
			requests++
			path, rest, _ := strings.Cut(strings.ReplaceAll(command, `"`+"$HOST", "$HOST"), " ")
			path = strings.TrimSuffix(strings.TrimPrefix(path, "$HOST"), `"`)
			method, body := http.MethodGet, ""
			if bare, ok := strings.CutPrefix(command, "-X POST $HOST"); ok {
				method, path = http.MethodPost, bare
			} else if header, data, ok := strings.Cut(rest, " -d '"); ok {
				method, body = http.MethodPost, strings.TrimSuffix(data, "'")
				if header != "-H 'Content-Type: application/json'" {
					t.Errorf("%s has other headers", line)
				}
			}
			got = do(t, s, method, path, body)
		case strings.HasPrefix(line, "{"):
			if want := times.ReplaceAllString(line, `"time":7`); got.doc != want {
				t.Errorf("README has %s\nbut it is %d %s", want, got.status, got.doc)
			}
		}
	}
	if requests != 8 {
		t.Errorf("README has %d requests, want 8", requests)
	}
}
