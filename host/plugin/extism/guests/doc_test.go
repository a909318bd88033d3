package guests_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/plugin/extism/guests"
)

// The specification shows the bots that the tests build, and lists what is meant to
// differ from the Go SDK.
func TestSpecification(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "abi", "EXTISM.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for fence, name := range map[string]string{"go": "go/bot/main.go", "ts": "as/bot.ts"} {
		source, err := guests.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, "```"+fence+"\n"+string(source)+"```\n") {
			t.Errorf("abi/EXTISM.md does not show testdata/extism/%s as it is", name)
		}
	}
	trials, used := envTrials("http://127.0.0.1"), 0
	for _, more := range kitTrials {
		trials = append(trials, more...)
	}
	if len(trials) < 40 {
		t.Errorf("%d trials, want at least 40", len(trials))
	}
	for _, trial := range trials {
		if trial.differs == "" {
			continue
		}
		used++
		if !strings.Contains(text, "- "+trial.differs+"\n") {
			t.Errorf("%s: abi/EXTISM.md does not list the difference %q", trial.name, trial.differs)
		}
	}
	t.Logf("%d trials, %d of them differ", len(trials), used)
}
