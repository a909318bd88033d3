package files_test

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/platform/files"
)

var (
	curl   = regexp.MustCompile(`^\$ curl -s "\$HOST([^"]*)"((?: -H (?:"[^"]*"|'[^']*'))*)(?: --data-binary (\S+))?$`)
	header = regexp.MustCompile(`-H (?:"([^"]*)"|'([^']*)')`)
	fileID = regexp.MustCompile(`"file":"[0-9a-f]{32}"`)
)

// TestREADME makes the requests of README.md, in their order, and compares the
// answers.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, files.Options{})
	s.entry(t, "s1", 7, "trip.txt", "text/plain", "hello")
	replace := strings.NewReplacer("$TOKEN", s.token(t), "$OWNER", "s1")
	requests, answers := 0, 0
	var got result
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "$ ") {
			requests++
			got = run(t, s, replace.Replace(line))
			continue
		}
		if requests > answers {
			answers++
			if want := fileID.ReplaceAllString(line,
				"ID"); fileID.ReplaceAllString(got.doc, "ID") != want {
				t.Errorf("README has %s\nbut it is %d %s", line, got.status, got.doc)
			}
		}
	}
	if requests != 5 || answers != 5 {
		t.Errorf("README has %d requests and %d answers, want 5", requests, answers)
	}
}

// run makes the request of a line.
func run(t *testing.T, s *server, line string) result {
	t.Helper()
	parts := curl.FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("%s is no request", line)
	}
	var headers []string
	for _, h := range header.FindAllStringSubmatch(parts[2], -1) {
		headers = append(headers, h[1]+h[2])
	}
	method, body := http.MethodGet, io.Reader(nil)
	if parts[3] != "" {
		method, body = http.MethodPost, strings.NewReader(parts[3])
	}
	return do(t, s, method, parts[1], body, headers...)
}

// TestREADME_codes: the table has the codes that there are.
func TestREADME_codes(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range files.FaultCodes() {
		if !strings.Contains(string(text), code) {
			t.Errorf("README does not have %s", code)
		}
	}
}
