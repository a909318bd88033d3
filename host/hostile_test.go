package host

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// attackTime is the guest time of a turn in TestHostile. Guests that end by
// themselves have more: on a busy machine they may need it.
const (
	attackTime = 250 * time.Millisecond
	ampleTime  = time.Minute
)

// attack is what one hostile module does to its own turn.
type attack struct {
	// module is a file in testdata/hostile, without .wat.
	module string
	// outlasts says that the guest does not end by itself.
	outlasts bool
	// log is what the operator reads of it.
	log []string
}

const (
	overtime = "context deadline exceeded"
	failed   = "turn failed"
)

// attacks are those that fail their turn.
var attacks = []attack{
	{"br-table", true, []string{failed, overtime}},
	{"call-bomb", true, []string{failed, overtime}},
	{"chase", true, []string{failed, overtime}},
	{"copy", true, []string{failed, overtime}},
	{"division", false, []string{failed, "integer divide by zero", "attack("}},
	{"exit", false, []string{failed, "exited with code 3"}},
	{"exit-zero", false, []string{failed, "exited with code 0"}},
	{"failed", false, []string{failed, "out of ideas"}},
	{"failed-silent", false, []string{failed, "failed"}},
	{"fill", true, []string{failed, overtime}},
	{"history", true, []string{failed, overtime}},
	{"indirect", false, []string{failed, "invalid table access", "attack("}},
	{"key", false, []string{failed, "session_set", "129"}},
	{"leaf-bomb", true, []string{failed, overtime}},
	{"load", false, []string{failed, "out of bounds memory access", "attack("}},
	{"log-empty", true, []string{failed, overtime}},
	{"log-flood", true, []string{failed, overtime, "bot log cut"}},
	{"loop", true, []string{failed, overtime}},
	{"loop-host", true, []string{failed, overtime}},
	{"memory", true, []string{failed}},
	{"moves", false, []string{failed, "move", "more than 32 moves"}},
	{"not-utf8", false, []string{failed, "reply", "UTF-8"}},
	{"offsets", false, []string{failed, "reply", "lies outside of the memory"}},
	{"random", true, []string{failed, overtime}},
	{"recursion", false, []string{failed, "recursion is too deep", "deeper("}},
	{"recursion-again", true, []string{failed, overtime}},
	{"recursion-trap", true, []string{failed, "deeper("}},
	{"recursion-wide", false, []string{failed, "recursion is too deep", "deeper("}},
	{"replies", false, []string{failed, "reply", "more than 64 replies"}},
	{"reply-bytes", false, []string{failed, "reply", "1048576 bytes"}},
	{"result-77", false, []string{failed, "returned 77"}},
	{"sleep", true, []string{failed, overtime}},
	{"sleep-again", true, []string{failed, overtime}},
	{"stderr-flood", true, []string{failed, overtime}},
	{"stderr-vectors", true, []string{failed, overtime}},
	{"table", true, []string{failed}},
	{"table-fill", true, []string{failed, overtime}},
	{"tail-call", true, []string{failed, overtime}},
	{"unreachable", false, []string{failed, "unreachable", "attack(", "about to trap"}},
	{"value", false, []string{failed, "session_set", "65537"}},
	{"variables", false, []string{failed, "session_set", "1048576 bytes"}},
	{"wasi-random", true, []string{failed, overtime}},
}

// TestHostile lets each hostile module attack one turn of one session, and wants
// the host to go on: the turn fails and keeps nothing, the user reads safe words
// and the operator the cause, another session is answered meanwhile, and so is
// the next turn of the same session.
func TestHostile(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.module, func(t *testing.T) {
			limit := ampleTime
			if a.outlasts {
				limit = attackTime
			}
			h := serveHostile(t, a.module, limit)
			victim, witness := dial(t, h), dial(t, h)
			witness.ask("w1", "calm")
			victim.say("v1", "attack the host")
			seen := 0
			frames := make(chan client.Frame, 2)
			go func() {
				defer close(frames)
				for range 2 {
					f, err := victim.Receive(context.Background())
					if err != nil {
						t.Errorf("Receive: %v", err)
						return
					}
					frames <- f
				}
			}()
			for len(frames) == 0 {
				seen++
				if got := witness.ask("m"+strconv.Itoa(seen), "calm"); got.Body != "calm" {
					t.Fatalf("another session was answered %q, want calm", got.Body)
				}
			}
			if a.outlasts && seen == 0 {
				t.Error("no other session was answered while the guest ran")
			}
			wantFailure(t, <-frames, <-frames)
			h.logged(t, a.log...)
			if got := victim.ask("v2", "calm"); got.Body != "calm" {
				t.Errorf("the next turn answered %q, want calm", got.Body)
			}
			wantNothingKept(t, h, victim)
		})
	}
}

func serveHostile(t *testing.T, module string, limit time.Duration) *running {
	t.Helper()
	return serve(t, hostile(t, module), Options{Limits: abi.Limits{
		TurnTime: limit, MemoryBytes: 16 << 20,
	}})
}

func hostile(t *testing.T, module string) []byte {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "testdata", "hostile", module+".wat"))
	if err != nil {
		t.Fatal(err)
	}
	return assemble(t, string(source))
}

// wantFailure wants the message accepted and answered by the host's own words.
func wantFailure(t *testing.T, accepted, notice client.Frame) {
	t.Helper()
	if accepted.Type != native.Accepted {
		t.Fatalf("first answer = %+v, want accepted", accepted)
	}
	e, err := notice.LogEntry()
	if err != nil {
		t.Fatal(err)
	}
	if e.From != abi.FromHost || e.Kind != abi.KindNotice || e.Body != abi.WordsFailed {
		t.Errorf("second answer = %+v, want the host's notice of a failure", e)
	}
}

// wantNothingKept wants a log in which the failed turn left the user's entry and
// the notice, and no variable or state.
func wantNothingKept(t *testing.T, h *running, victim *talker) {
	t.Helper()
	if err := victim.History(context.Background(), 0, 0); err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		f := victim.receive()
		if f.Type == native.History {
			break
		}
		e, err := f.LogEntry()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(e.From)+": "+e.Body)
	}
	want := []string{
		"user: attack the host", "host: " + abi.WordsFailed, "user: calm", "bot: calm",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log holds %q, want %q", got, want)
	}
	head, vars := h.session(t, victim.Welcome().Session)
	if head.State != "" || len(vars) != 0 {
		t.Errorf("the session has the state %q and variables %v, want none", head.State, vars)
	}
}

// TestNotHandled wants a handler that returns 2 to count as absent.
func TestNotHandled(t *testing.T) {
	h := serveHostile(t, "not-handled", ampleTime)
	c := dial(t, h)
	if got := c.ask("1", "attack the host"); got.From != abi.FromBot ||
		got.Body != abi.WordsFallback {
		t.Errorf("answer = %+v, want the default reply", got)
	}
	if _, vars := h.session(t, c.Welcome().Session); len(vars) != 0 {
		t.Errorf("the session has variables %v, want none", vars)
	}
}

// TestHostileAtLoad wants modules that misbehave before any turn refused, with
// the reason, while the module before them goes on.
func TestHostileAtLoad(t *testing.T) {
	for _, row := range []struct{ module, reason string }{
		{"describe-failed", "returned 1"},
		{"describe-illegal", "reply: not legal"},
		{"describe-json", "definition"},
		{"describe-large", "1048576"},
		{"describe-loop", overtime},
		{"describe-trap", "unreachable"},
		{"initialize-exit", "exited with code"},
		{"initialize-failed", "returned"},
		{"initialize-illegal", "reply: not legal"},
		{"initialize-loop", overtime},
		{"initialize-sleep", overtime},
		{"initialize-trap", "unreachable"},
		{"start-illegal", "reply: not legal"},
		{"start-loop", overtime},
		{"start-trap", "unreachable"},
	} {
		t.Run(row.module, func(t *testing.T) {
			h := serve(t, makeBot(t, "good", "", ""), Options{
				Limits: abi.Limits{StartTime: attackTime},
			})
			h.refuse(t, hostile(t, row.module), row.reason, false)
			if got := dial(t, h).ask("1", "calm"); got.Body != "good:calm" {
				t.Errorf("the old generation answered %q, want good:calm", got.Body)
			}
		})
	}
}
