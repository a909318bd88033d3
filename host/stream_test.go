package host

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// streamingBot replies in two pieces; to a message that begins with t it traps
// between the two, to one with l it goes on for ever, and to one with n it says that
// it did not handle it.
const streamingBot = `(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply_delta" (func $reply_delta (param i32 i32)))
  (import "bothost_v1" "reply_end" (func $reply_end))
  (memory (export "memory") 1)
  (data (i32.const 0) "one two")
  (func (export "on_message") (result i32)
    (drop (call $input (i32.const 64) (i32.const 64)))
    (call $reply_delta (i32.const 0) (i32.const 4))
    (if (i32.eq (i32.load8_u (i32.const 64)) (i32.const 116)) (then (unreachable)))
    (if (i32.eq (i32.load8_u (i32.const 64)) (i32.const 108)) (then (loop $on (br $on))))
    (call $reply_delta (i32.const 4) (i32.const 3))
    (call $reply_end)
    (i32.shl (i32.eq (i32.load8_u (i32.const 64)) (i32.const 110)) (i32.const 1))))`

// What a user is shown of a reply in progress, and what is in the log then.
func TestStream(t *testing.T) {
	opts := Options{Gone: -1}
	opts.Limits.TurnTime = 100 * time.Millisecond
	h := serve(t, assemble(t, streamingBot), opts)
	const took = "withdrawn"
	for _, tc := range []struct {
		name, text string
		// shown is what there was of the turn before its end.
		shown string
		want  string
	}{
		{"done", "hi", "one two", "one two"},
		{"trap", "trap", "one " + took, "Something went wrong. Please try again."},
		{"time", "loop", "one " + took, "Something went wrong. Please try again."},
		{"not handled", "no", "one two" + took, "Sorry, I didn't get it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := dial(t, h)
			other := c.join(h)
			c.say("m1", tc.text)
			for _, who := range []*talker{c, other} {
				shown, turn := "", uint64(0)
				for {
					f := who.receive()
					if f.Type == native.Delta {
						turn = f.Turn
					}
					switch f.Type {
					case native.Delta:
						shown += f.Text
						continue
					case native.Withdrawn:
						shown += took
						continue
					case native.Accepted:
						continue
					}
					e, err := f.LogEntry()
					if err != nil {
						t.Fatal(err)
					}
					if e.From == "user" {
						continue
					}
					if e.Body != tc.want || turn != 0 && f.Turn != turn {
						t.Errorf("reply = %q of turn %d, want %q of turn %d", e.Body,
							f.Turn, tc.want, turn)
					}
					break
				}
				// What is withdrawn before it was sent is never seen.
				if shown == "" && tc.name != "done" && tc.name != "time" {
					continue
				}
				if shown != tc.shown {
					t.Errorf("shown = %q, want %q", shown, tc.shown)
				}
			}
		})
	}
}

// A connection that ends in mid-reply loses nothing: whoever comes back gets the entry,
// once, and nothing of what was shown.
func TestStream_Resume(t *testing.T) {
	h := serve(t, assemble(t, streamingBot), Options{Gone: -1})
	for range 20 {
		c := dial(t, h)
		c.say("m1", "hi")
		var last client.Frame
		for last.Type != native.Delta {
			last = c.receive()
		}
		_ = c.CloseNow()
		again := dialWith(t, h, c.Resume())
		var got []string
		again.say("m2", "again")
		for len(got) < 4 {
			f := again.receive()
			switch f.Type {
			case native.Delta:
				if f.Turn == last.Turn {
					t.Errorf("shown %q of turn %d again", f.Text, f.Turn)
				}
			case native.Entry, native.Accepted:
				e, _ := f.LogEntry()
				got = append(got, fmt.Sprintf("%d %s", f.Seq, e.Body))
			default:
				t.Errorf("Receive() = %+v", f)
			}
		}
		if want := []string{"1 hi", "2 one two", "3 ", "4 one two"}; !slices.Equal(got, want) {
			t.Errorf("log = %q, want %q", got, want)
		}
	}
}
