package host

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/bothost/bothost/"

// arrows is the architecture: what each package may import of ours, itself and
// what is below it apart. Who may know the contract, abi, may know what it is made
// of: the packages that it imports. A package that is not here may not exist.
var arrows = map[string][]string{
	"abi":                            {"abi/bodies", "abi/jsontext"},
	"abi/bodies":                     {"abi/jsontext"},
	"abi/draft":                      {"abi"},
	"abi/jsontext":                   {},
	"host/files":                     {"abi"},
	"host/gobot":                     {},
	"host/needed":                    {},
	"host/intent":                    {"abi"},
	"host/intent/eval":               {"abi", "host/intent"},
	"host/internal/answer":           {"abi"},
	"host/internal/attach":           {"abi", "host/session"},
	"host/internal/bearer":           {},
	"host/internal/clip":             {},
	"host/internal/packed":           {},
	"host/internal/smalldisk":        {},
	"host/meter":                     {},
	"host/outbound":                  {"abi"},
	"host/wat":                       {},
	"host/wat/wattest":               {"host/wat"},
	"host/toolchain":                 {"host/toolchain/script", "host/wat", "sdk"},
	"host/toolchain/script":          {"host/internal/packed"},
	"host/conversation":              {"abi"},
	"host/conversation/chattest":     {"host/conversation"},
	"host/session":                   {"abi"},
	"host/session/memory":            {"abi", "host/session"},
	"host/session/pebble":            {"abi", "host/session"},
	"host/session/storetest":         {"abi", "host/session"},
	"host/admin":                     {"abi", "host/session"},
	"host/diagram":                   {"abi", "host/diagram/graphviz"},
	"host/diagram/graphviz":          {"host/internal/packed"},
	"host/dialog":                    {"abi", "abi/draft"},
	"host/reload":                    {},
	"host/render":                    {"abi"},
	"host/render/rendertest":         {"abi"},
	"host/plugin/module":             {"abi", "host/internal/clip", "host/plugin/extism"},
	"host/plugin/extism":             {"abi", "host/plugin/extism/arena"},
	"host/plugin/extism/arena":       {},
	"host/plugin/extism/guests":      {"host/needed"},
	"host/plugin/extism/manifest":    {},
	"host/turn":                      {"abi", "abi/draft", "host/session"},
	"host/platform/files":            {"abi", "host/internal/answer", "host/internal/bearer"},
	"host/webui":                     {"host/internal/bearer", "host/internal/packed"},
	"host/platform/websocket/native": {"abi", "host/internal/attach"},
	"host/platform/websocket/python": {"abi"},
	"host/platform/websocket/door":   {},
	"host/platform/websocket/socket": {},
	"host/platform/websocket/client": {"abi", "host/platform/websocket/native"},
	"host/platform/websocket/besser": {
		"abi", "host/internal/attach", "host/platform/websocket/python", "host/session",
	},
	"host/platform/api": {
		"abi", "host/internal/answer", "host/internal/attach",
		"host/internal/bearer", "host/session",
	},
	"host/platform/websocket": {
		"abi", "host/internal/attach", "host/internal/bearer", "host/session",
		"host/platform/websocket/besser", "host/platform/websocket/door",
		"host/platform/websocket/native", "host/platform/websocket/socket",
	},
	"host/plugin": {
		"abi", "host/internal/clip", "host/meter", "host/plugin/extism",
		"host/plugin/extism/arena",
		"host/plugin/module",
	},
	"host": {
		"abi", "abi/draft", "host/session", "host/session/memory", "host/session/pebble",
		"host/reload", "host/render", "host/plugin",
		"host/plugin/extism", "host/plugin/extism/manifest", "host/plugin/module", "host/turn",
		"host/dialog", "host/intent", "host/outbound", "host/admin",
		"host/platform/websocket", "host/platform/websocket/besser",
		"host/platform/websocket/door", "host/platform/api", "host/conversation",
		"host/diagram", "host/webui",
		"host/files", "host/platform/files", "host/internal/attach",
	},
	"host/bench": {
		"abi", "abi/draft", "host", "host/plugin/extism/guests", "host/plugin", "host/dialog",
		"host/gobot", "host/intent", "host/meter", "host/platform/websocket/client",
		"host/platform/websocket/native", "host/session",
		"host/session/memory", "host/session/pebble", "host/toolchain", "host/turn", "host/wat",
	},
	"cmd/bothost": {
		"abi", "cmd/bothost/internal/starter", "host", "host/admin", "host/diagram",
		"host/diagram/graphviz", "host/dialog", "host/intent", "host/plugin", "host/plugin/module",
		"host/reload", "host/session", "host/session/pebble", "host/platform/websocket",
		"host/platform/websocket/besser", "host/platform/websocket/client",
		"host/platform/websocket/native", "host/conversation", "host/toolchain",
	},
	"cmd/bothost/internal/starter": {"sdk"},
	"sdk":                          {},
	"sdk/guest-go": {
		"sdk/guest-go/internal/wire", "sdk/guest-go/internal/jsontext",
		"sdk/guest-go/internal/base64",
	},
	"sdk/guest-go/internal/base64":   {},
	"sdk/guest-go/internal/wire":     {},
	"sdk/guest-go/internal/jsontext": {},
	// The tests of a bot run its dialog by the host's own code, which is pure.
	"sdk/guest-go/guesttest": {
		"abi", "abi/draft", "host/dialog", "host/intent", "sdk/guest-go",
		"sdk/guest-go/internal/wire",
		"sdk/guest-go/internal/jsontext",
	},
	"plugins/examples":           {},
	"plugins/examples/echo":      {"sdk/guest-go"},
	"plugins/examples/greetings": {"sdk/guest-go"},
	"plugins/examples/counter":   {"sdk/guest-go"},
	"plugins/examples/weather":   {"sdk/guest-go"},
	"plugins/examples/transit":   {"sdk/guest-go"},
	"plugins/examples/reminder":  {"sdk/guest-go"},
	"plugins/examples/files":     {"sdk/guest-go"},
	"plugins/examples/showcase":  {"sdk/guest-go"},
}

// TestArrows holds the direction of the imports: down only, and siblings do not
// know each other.
func TestArrows(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], modulePath)
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s has no place in the architecture", name)
			continue
		}
		seen++
		for _, path := range fields[1:] {
			below, ours := strings.CutPrefix(path, modulePath)
			contract := slices.Contains(allowed, "abi") && slices.Contains(arrows["abi"], below)
			if ours && !contract && !slices.Contains(allowed, below) {
				t.Errorf("%s imports %s, which is no arrow of the architecture", name, below)
			}
		}
	}
	if seen < len(arrows) {
		t.Errorf("the architecture names %d packages, the tree has %d of them", len(arrows), seen)
	}
}
