package guests_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/plugin/extism/guests"
)

// trial is a plug-in's calls, one after the other in one session, through both
// engines.
type trial struct {
	name  string
	calls []string
	// differs is the reason why the outcomes are not the same, where that is meant to
	// be so.
	differs string
}

// The reasons why outcomes differ, which stand in abi/EXTISM.md.
const (
	badAccess   = "What does not lie in the arena is neither read nor written: the call ends."
	badHandle   = "What is no block is no argument of the host's own functions: the call ends."
	overflow    = "Where the kernel's own arithmetic overflows, there is no room."
	inputBounds = "The input ends where it ends: reading on ends the call."
	perSession  = "Variables belong to the session, have its limits, and are kept by turns that end well."
	perCall     = "Nothing of a request outlives its call: instances are shared between sessions."
	noRequest   = "There are no headers before the first request."
	size        = "The arena is sized otherwise; `memory_bytes` says how."
	stderr      = "What a plug-in writes to its standard streams is logged."
	unwound     = "The counts of blocks cannot be written over, as those that the kernel keeps behind its blocks can."
)

// envTrials are programs for the probe in C. at is the URL of a server.
func envTrials(at string) []trial {
	one := func(steps ...string) []string { return []string{program(steps...)} }
	request := func(path, more string) string { return text(1, fmt.Sprintf(`{"url":"%s%s"%s}`, at, path, more)) }
	return []trial{
		{"alloc and length", one(do('A', 1, 10), get('L', reg(1)), get('U', reg(1))), ""},
		{"alloc of nothing", one(get('A', 0)), ""},
		{"alloc of 5 GiB", one(get('A', num(5<<30))), ""},
		{"alloc of 2^63", one(do('A', 1, num(1<<63)), get('=', reg(1), 0)), overflow},
		{"alloc of 2^64-8", one(do('A', 1, num(math.MaxUint64-7)), get('=', reg(1), 0)), overflow},
		{"length of what is no block", one(do('A', 1, 100), do('+', 2, reg(1), 1),
			get('L', 0), get('L', 1), get('L', reg(2)), get('L', num(1<<40)), get('L', num(math.MaxUint64))), ""},
		{"free and length", one(do('A', 1, 10), do('A', 2, 10), put('F', reg(1)), get('L', reg(1)), get('U', reg(1)), get('L', reg(2))), ""},
		{"free twice", one(do('A', 1, 40), do('A', 3, 40), put('F', reg(1)), put('F', reg(1)),
			do('A', 2, 40), do('A', 4, 40), get('=', reg(2), reg(4)), get('=', reg(1), reg(2))), ""},
		{"free twice, with little room", one(do('A', 1, 40), do('A', 3, 66000), put('F', reg(1)), put('F', reg(1)),
			do('A', 2, 40), do('A', 4, 40), get('=', reg(2), reg(4))), ""},
		{"free of what is no block", one(do('A', 1, 10), put('F', 0), put('F', 7), put('F', num(1<<40)),
			put('F', num(math.MaxUint64)), get('L', reg(1))), ""},
		{"store and load", one(do('A', 1, 16), put('s', reg(1), 0x1fe), put('S', reg(1), num(math.MaxUint64-5)),
			get('1', reg(1)), get('8', reg(1))), ""},
		{"store and load unaligned", one(do('A', 1, 32), do('+', 2, reg(1), 3), put('S', reg(2), num(0x0102030405060708)),
			get('8', reg(2)), get('1', reg(2))), ""},
		{"store behind the last block", one(do('A', 1, 8), do('+', 2, reg(1), 5000), put('s', reg(2), 9), get('1', reg(2))), ""},
		{"load what was never written", one(do('A', 1, 8), do('+', 2, reg(1), 70000), get('1', reg(2)), get('8', reg(2))), ""},
		{"load at 0", one(get('1', 0)), badAccess},
		{"load 8 at 0", one(get('8', 0)), badAccess},
		{"load behind all", one(get('1', num(1<<33))), badAccess},
		{"load 8 across 2^64", one(get('8', num(math.MaxUint64))), ""},
		{"store at 0", one(put('s', 0, 1)), badAccess},
		{"store 8 behind all", one(put('S', num(1<<33), 1)), badAccess},
		{"store over a neighbour", one(do('A', 1, 8), text(2, "neighbour"), do('+', 3, reg(1), 8), put('s', reg(3), 0),
			do('+', 4, reg(1), 16), put('S', reg(4), num(1)), get('L', reg(2))), unwound},
		{"five nested allocations a byte", one(get('Z', 300)), ""},
		{"a thousand blocks of a byte", one(get('N', 1000, 1)), ""},
		{"a new block of another call's bytes", []string{
			program(do('A', 1, 64), put('S', reg(1), num(math.MaxUint64))), program(do('A', 1, 64), get('8', reg(1)))}, ""},
		{"reset", one(do('A', 1, 10), put('R'), get('L', reg(1)), get('n')), ""},
		{"memory_bytes", one(get('M')), size},

		{"no input", []string{""}, ""},
		{"input", one(get('n'), get('i', 0), get('i', 1), get('I', 0), do('o', 1), get('=', reg(1), 0)), ""},
		{"input as a block", one(do('o', 1), get('L', reg(1)), get('1', reg(1))), ""},
		{"input beyond its end", one(get('i', 100000)), inputBounds},
		{"input 8 beyond its end", one(get('I', 20)), inputBounds},
		{"input at 2^64-4", one(get('I', num(math.MaxUint64-3))), inputBounds},
		{"free of the input", one(do('o', 1), put('F', reg(1)), get('n'), get('L', reg(1))), ""},
		{"free of the input, and read", one(do('o', 1), put('F', reg(1)), get('i', 0)), inputBounds},
		{"input_set", one(text(1, "other"), put('j', reg(1), 5), get('n'), get('i', 0), get('i', 4)), ""},
		{"input_set of what is not there", one(put('j', num(1<<40), 5), get('n')), ""},

		{"output", one(text(1, "hello"), put('O', reg(1), 5)), ""},
		{"output of a part", one(text(1, "hello"), do('+', 2, reg(1), 1), put('O', reg(2), 3)), ""},
		{"output that is written later", one(text(1, "hello"), put('O', reg(1), 5), put('s', reg(1), int('j'))), ""},
		{"output that is freed", one(text(1, "hello"), put('O', reg(1), 5), put('F', reg(1))), ""},
		{"output twice", one(text(1, "hello"), text(2, "bye"), put('O', reg(1), 5), put('O', reg(2), 3)), ""},
		{"output of nothing keeps the last one", one(text(1, "hello"), put('O', reg(1), 5), put('O', 0, 0)), ""},
		{"output of what is not there", one(text(1, "hello"), put('O', reg(1), 5), put('O', num(1<<40), 5)), ""},
		{"output's place", one(text(1, "hello"), put('O', reg(1), 5), get('p'), do('P', 2), get('=', reg(1), reg(2))), ""},

		{"error", one(text(1, "went wrong"), put('x', reg(1)), code(1)), ""},
		{"error and result 0", one(text(1, "went wrong"), put('x', reg(1)), code(0)), ""},
		{"error and output", one(text(1, "went wrong"), put('x', reg(1)), text(2, "half"), put('O', reg(2), 4)), ""},
		{"error taken back", one(text(1, "went wrong"), put('x', reg(1)), put('x', 0)), ""},
		{"error that is freed", one(text(1, "went wrong"), put('x', reg(1)), put('F', reg(1))), ""},
		{"error that is no block", one(put('x', num(1<<40)), get('X')), ""},
		{"error's handle", one(text(1, "went wrong"), put('x', reg(1)), do('X', 2), get('=', reg(1), reg(2)), put('x', 0)), ""},
		{"error of the call before", []string{program(text(1, "went wrong"), put('x', reg(1))), program(get('X'))}, ""},
		{"result 1 without words", one(code(1)), ""},

		{"config", one(text(1, "greeting"), do('c', 2, reg(1)), show(reg(2)), get('L', reg(2)), get('L', reg(1))), ""},
		{"config that is missing", one(text(1, "farewell"), get('c', reg(1))), ""},
		{"config that is empty", one(text(1, "empty"), get('c', reg(1))), ""},
		{"config that is long", one(text(1, "long"), do('c', 2, reg(1)), get('L', reg(2)), show(reg(2))), ""},
		{"config without a name", one(get('c', 0)), ""},

		{"variable", []string{program(text(1, "a"), text(2, "value"), put('V', reg(1), reg(2))),
			program(text(1, "a"), do('v', 2, reg(1)), show(reg(2)))}, ""},
		{"variable of bytes that are no text", []string{program(text(1, "a"), text(2, "\xff\x00\xfe"), put('V', reg(1), reg(2))),
			program(text(1, "a"), do('v', 2, reg(1)), show(reg(2)))}, ""},
		{"variable that begins with 0", []string{program(text(1, "a"), text(2, "\x00YWJj"), put('V', reg(1), reg(2))),
			program(text(1, "a"), do('v', 2, reg(1)), show(reg(2)))}, ""},
		{"variable that is missing", one(text(1, "a"), get('v', reg(1))), ""},
		{"variable that is set twice", one(text(1, "a"), text(2, "old"), put('V', reg(1), reg(2)),
			text(1, "a"), text(2, "new"), put('V', reg(1), reg(2))), ""},
		{"variable that is removed", one(text(1, "a"), text(2, "old"), put('V', reg(1), reg(2)),
			text(1, "a"), put('V', reg(1), 0), text(1, "a"), get('v', reg(1))), ""},
		{"variable without a name", one(text(2, "value"), put('V', 0, reg(2)), do('v', 3, 0), show(reg(3))), ""},
		{"variable named in letters of all kinds", one(text(1, "größe 日"), text(2, "v"), put('V', reg(1), reg(2))), ""},
		{"variable's blocks are freed", one(text(1, "a"), text(2, "v"), put('V', reg(1), reg(2)), get('L', reg(1)), get('L', reg(2))), ""},
		{"variable of 64 KiB and a byte", one(text(1, "a"), do('A', 2, 65537), put('V', reg(1), reg(2))), perSession},
		{"variable with a long name", one(text(1, strings.Repeat("n", 200)), text(2, "v"), put('V', reg(1), reg(2))), perSession},
		{"variable of a call that failed", one(text(1, "a"), text(2, "v"), put('V', reg(1), reg(2)), text(3, "no"), put('x', reg(3))), perSession},

		{"logs", one(text(1, "t"), put('l', 0, reg(1)), text(1, "d"), put('l', 1, reg(1)), text(1, "i"), put('l', 2, reg(1)),
			text(1, "w"), put('l', 3, reg(1)), text(1, "e"), put('l', 4, reg(1))), ""},
		{"log frees its block", one(text(1, "i"), put('l', 2, reg(1)), get('L', reg(1))), ""},
		{"log of what is no block", one(put('l', 2, 0)), ""},
		{"log level", one(get('g')), ""},

		{"request", one(request("/hello", ""), do('h', 2, reg(1), 0), show(reg(2)), get('H'), get('L', reg(1))), ""},
		{"request with a body", one(request("/echo", `,"method":"post","headers":{"X-Probe":"yes"}`), text(2, "body"),
			do('h', 3, reg(1), reg(2)), show(reg(3)), get('H'), get('L', reg(2))), ""},
		{"request that is not found", one(request("/nowhere", ""), do('h', 2, reg(1), 0), show(reg(2)), get('H')), ""},
		{"request with an empty answer", one(request("/empty", ""), get('h', reg(1), 0), get('H')), ""},
		{"request to another host", one(text(1, `{"url":"http://example.org/"}`), get('h', reg(1), 0)), ""},
		{"request that is no JSON", one(text(1, `url`), get('h', reg(1), 0)), ""},
		{"request without a URL", one(text(1, `{}`), get('h', reg(1), 0)), ""},
		{"request that is no block", one(get('h', 0, 0)), ""},
		{"headers before a request", one(get('k')), noRequest},
		{"status before a request", one(get('H')), ""},
		{"status of the call before", []string{program(request("/hello", ""), put('h', reg(1), 0)), program(get('H'))}, perCall},

		{"reply", one(text(1, "hello"), put('y', reg(1)), put('y', reg(1)), get('L', reg(1))), ""},
		{"session variable", []string{program(text(1, "k"), text(2, "v"), put('W', reg(1), reg(2))),
			program(text(1, "k"), do('G', 2, reg(1)), show(reg(2)))}, ""},
		{"session variable that is missing", one(text(1, "k"), get('G', reg(1))), ""},
		{"reply of what is no block", one(put('y', 12345)), badHandle},

		{"trap", one(put('?')), ""},
		{"endless loop", one(put('w')), ""},
	}
}

// kitTrials are what the probes in Go and AssemblyScript are told.
var kitTrials = map[string][]trial{
	"go": {
		{"echo", []string{"echo hello, world"}, ""},
		{"echo of nothing", []string{"echo "}, ""},
		{"echo of letters", []string{"echo größe 日本"}, ""},
		{"echo of much", []string{"echo " + strings.Repeat("0123456789", 5000)}, ""},
		{"json", []string{"json key"}, ""},
		{"error", []string{"error went wrong"}, ""},
		{"code", []string{"code"}, ""},
		{"unknown", []string{"unknown"}, ""},
		{"config", []string{"config greeting", "config farewell", "config empty"}, ""},
		{"vars", []string{"vars one", "vars two", "vars three"}, ""},
		{"unset", []string{"vars one", "unset"}, ""},
		{"log", []string{"log line"}, ""},
		{"memory", []string{"memory found"}, ""},
		{"params", []string{"params"}, ""},
		{"message", []string{"message one", "message two"}, ""},
		{"http", []string{"http SERVER/echo"}, ""},
		{"http forbidden", []string{"http http://example.org/"}, ""},
		{"panic", []string{"panic at once"}, stderr},
	},
	"assemblyscript": {
		{"echo", []string{"echo hello, world"}, ""},
		{"echo of letters", []string{"echo größe 日本"}, ""},
		{"echo of much", []string{"echo " + strings.Repeat("0123456789", 1000)}, ""},
		// The kit writes beyond its block here: it counts letters, not bytes.
		{"string of letters", []string{"string größe 日本"}, ""},
		{"error", []string{"error went wrong"}, ""},
		{"code", []string{"code"}, ""},
		{"unknown", []string{"unknown"}, ""},
		{"config", []string{"config greeting", "config farewell"}, ""},
		{"vars", []string{"vars one", "vars two", "vars three"}, ""},
		{"unset", []string{"unset"}, ""},
		{"log", []string{"log line"}, ""},
		{"message", []string{"message one", "message two"}, ""},
		{"http", []string{"http SERVER/hello"}, ""},
	},
}

// TestDifferential holds the host's Extism surface against the published engine: the
// same plug-ins, called in the same way, leave the same behind, apart from what is
// meant to differ, which must.
func TestDifferential(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, guest := range []struct {
		name   string
		build  guests.Builder
		trials []trial
	}{
		{"c", guests.CProbe, envTrials(server.URL)},
		{"go", guests.GoProbe, kitTrials["go"]},
		{"assemblyscript", guests.AssemblyScriptProbe, kitTrials["assemblyscript"]},
	} {
		t.Run(guest.name, func(t *testing.T) {
			if raceDetector && guest.name == "go" {
				t.Skip("both engines would compile the Go runtime for minutes; nothing here runs side by side")
			}
			data := guest.build.Must(t)
			a := newOurs(t, data, []string{at.Hostname() + ":*"})
			b := newSDKGuest(t, data, []string{at.Hostname()})
			for _, trial := range guest.trials {
				t.Run(trial.name, func(t *testing.T) {
					for i, call := range trial.calls {
						trial.calls[i] = strings.ReplaceAll(call, "SERVER", server.URL)
					}
					trial.run(t, a.anew(t), b.anew(t))
				})
			}
		})
	}
}

// run compares the calls, and wants a difference where one is meant to be.
func (tr trial) run(t *testing.T, a, b player) {
	t.Helper()
	var all []string
	for i, call := range tr.calls {
		if d := a.call(call).differences(b.call(call)); d != "" {
			all = append(all, fmt.Sprintf("call %d: %s", i+1, d))
		}
	}
	switch {
	case tr.differs == "" && len(all) > 0:
		t.Errorf("ours differs:\n%s", strings.Join(all, "\n"))
	case tr.differs != "" && len(all) == 0:
		t.Errorf("nothing differs, though %s", tr.differs)
	}
}

// answer is the server that plug-ins call.
func answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Answer", r.Method)
	switch r.URL.Path {
	case "/hello":
		fmt.Fprint(w, "hello")
	case "/echo":
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("X-Probe"), body[:n])
	case "/empty":
	default:
		http.NotFound(w, r)
	}
}
