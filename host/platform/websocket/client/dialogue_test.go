package client

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// said are messages of ours, m1 and so on.
func said(n int) (out []*message) {
	for i := range n {
		out = append(out, &message{
			request: native.Request{Type: native.Message, ID: fmt.Sprint("m", i+1)}, sent: i == 0,
		})
	}
	return out
}

func entryFrame(seq uint64, id string) Frame {
	f := Frame{Type: native.Entry, Seq: seq, From: abi.FromBot}
	if id != "" {
		f.From, f.ID = abi.FromUser, id
	}
	return f
}

func marks(frames []Frame) (all []string) {
	for _, f := range frames {
		all = append(all, fmt.Sprint(f.Type, f.Seq, f.ID, f.Reason))
	}
	return all
}

// What is heard of frames that come out of the ordinary.
func TestDialogue(t *testing.T) {
	accepted := func(id string, seq uint64, duplicate bool) Frame {
		return Frame{Type: native.Accepted, ID: id, Seq: seq, Duplicate: duplicate}
	}
	end := Frame{Type: native.History, First: 1}
	rejected := func(code string) Frame {
		return Frame{Type: native.Rejected, ID: "m1", Code: code, RetryMS: 5}
	}
	for _, tc := range []struct {
		name   string
		frames []Frame
		want   []string
		// left is how many messages have no answer then.
		left int
	}{
		{"accepted in its place", []Frame{accepted("m1", 6, false), entryFrame(7, "")},
			[]string{"accepted6m1", "entry7"}, 1},
		{"its entry instead",
			[]Frame{entryFrame(6, "m1"), entryFrame(7, ""), accepted("m1", 6, true)},
			[]string{"accepted6m1", "entry7"}, 1},
		{"answered again before its entry",
			[]Frame{accepted("m1", 6, true), entryFrame(6, "m1"), entryFrame(7, "")},
			[]string{"accepted6m1", "entry7"}, 1},
		{"answered again, and its entry never comes",
			[]Frame{accepted("m1", 60, true), entryFrame(6, ""), end},
			[]string{"entry6", "accepted60m1"}, 1},
		{"entries that are known",
			[]Frame{entryFrame(5, ""), entryFrame(1, "m1"), entryFrame(6, ""), entryFrame(6, "")},
			[]string{"entry6"}, 2},
		{"a gap", []Frame{entryFrame(8, ""), entryFrame(6, ""), entryFrame(7, ""),
			entryFrame(8, ""), end},
			[]string{"entry6", "entry7", "entry8"}, 2},
		{"a gap that cannot be filled",
			[]Frame{entryFrame(9, ""), {Type: native.History, First: 9}, entryFrame(9, "")},
			[]string{"welcome8trimmed", "entry9"}, 2},
		{"refused for ever", []Frame{rejected("id_reused"), rejected("id_reused")},
			[]string{"rejected0m1"}, 1},
		{"refused without a name", []Frame{{Type: native.Rejected, Code: "too_large"}},
			[]string{"rejected0m1"}, 1},
		{"refused for now",
			[]Frame{rejected("busy"), rejected("store_unavailable"), rejected("shutting_down")},
			nil, 2},
		{"an answer to nobody", []Frame{accepted("x", 2, true), accepted("x", 6, false),
			{Type: native.Rejected, ID: "x"}},
			[]string{"accepted6x"}, 2},
		{"reset", []Frame{{Type: native.Reset, Epoch: 3, Resume: "new"}, entryFrame(1, "")},
			[]string{"reset0", "entry1"}, 2},
		{"unknown types", []Frame{{Type: "tomorrow"}, {Type: native.Pong}, end}, nil, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := dialogue{session: "S", resume: "R", epoch: 2, seq: 5, target: 5,
				page: 256, out: said(2)}
			var all []Frame
			for i := range tc.frames {
				// The writer always gets its turn.
				d.next(true)
				f, _ := d.take(&tc.frames[i])
				all = append(all, f...)
				d.next(true)
			}
			if got := marks(all); !reflect.DeepEqual(got, tc.want) || len(d.out) != tc.left {
				t.Errorf("heard %q, %d left, want %q, %d", got, len(d.out), tc.want, tc.left)
			}
		})
	}
}

func TestDialogue_Connected(t *testing.T) {
	for _, tc := range []struct {
		name  string
		w     Frame
		want  []string
		seq   uint64
		fetch uint64
	}{
		{"resumed", Frame{Resumed: true, Epoch: 2, Seq: 5}, nil, 5, 0},
		{"epoch", Frame{Reason: native.ReasonEpoch, Epoch: 3, Seq: 9, First: 1},
			[]string{"reset0epoch"}, 0, 257},
		{"epoch, empty log", Frame{Reason: native.ReasonEpoch, Epoch: 3, First: 1},
			[]string{"reset0epoch"}, 0, 0},
		{"epoch, trimmed", Frame{Reason: native.ReasonEpoch, Epoch: 3, Seq: 9, First: 4},
			[]string{"reset3epoch"}, 3, 260},
		{"trimmed", Frame{Reason: native.ReasonTrimmed, Epoch: 2, Seq: 20, First: 11},
			[]string{"welcome10trimmed"}, 10, 267},
		{"ahead", Frame{Reason: native.ReasonAhead, Epoch: 2, Seq: 3, First: 1},
			[]string{"reset0ahead"}, 0, 257},
		{"unknown", Frame{Reason: native.ReasonUnknown, Epoch: 1, Session: "T"},
			[]string{"reset0unknown"}, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := dialogue{session: "S", resume: "R", epoch: 2, seq: 5, target: 7,
				out: said(1), asked: true}
			tc.w.Type, tc.w.Resume = native.Welcome, "R2"
			got := marks(d.connected(&tc.w))
			if !reflect.DeepEqual(got, tc.want) || d.seq != tc.seq ||
				d.epoch != tc.w.Epoch || d.resume != "R2" {
				t.Errorf("heard %q at %d of %d, want %q at %d", got, d.seq,
					d.epoch, tc.want, tc.seq)
			}
			r, ok := d.next(true)
			if want := tc.fetch; !ok || r.Before != want ||
				(r.Type == native.Message) != (want == 0) {
				t.Errorf("next() = %+v, %v, want history before %d, or the message", r, ok, want)
			}
		})
	}
	// Whoever has only the name of a session knows nothing of its log.
	d := dialogue{session: "S", resume: "R"}
	w := Frame{Type: native.Welcome, Reason: native.ReasonTrimmed, Epoch: 2, Seq: 20, First: 11}
	if got := marks(d.connected(&w)); !reflect.DeepEqual(got, []string{"welcome10trimmed"}) {
		t.Errorf("heard %q", got)
	}
}

// While something is refused for a while, nothing overtakes it.
func TestDialogue_Hold(t *testing.T) {
	d := dialogue{session: "S", out: said(2)}
	if r, ok := d.next(true); ok {
		t.Errorf("next() = %+v while m1 is under way", r)
	}
	f := Frame{Type: native.Rejected, ID: "m1", Code: "busy", RetryMS: 70}
	if heard, hold := d.take(&f); heard != nil || hold != 70*time.Millisecond {
		t.Errorf("take() = %+v, %v", heard, hold)
	}
	if r, ok := d.next(false); ok {
		t.Errorf("next() = %+v while nothing may be sent", r)
	}
	if r, ok := d.next(true); !ok || r.ID != "m1" {
		t.Errorf("next() = %+v, %v, want m1", r, ok)
	}
}

// A host that has a log, sends what it is asked for in pieces that are small
// enough, and whose frames are lost at random: the dialogue ends up whole.
func TestDialogue_Fetch(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		last, most := uint64(random.IntN(600)+1), uint64(random.IntN(20)+1)
		d := dialogue{session: "S", epoch: 1, page: native.MaxHistory}
		var heard []Frame
		take := func(f Frame) {
			frames, _ := d.take(&f)
			heard = append(heard, frames...)
		}
		for seq := uint64(1); seq <= last; seq++ {
			if seq == last || random.IntN(3) > 0 {
				take(entryFrame(seq, ""))
			}
		}
		for range 10_000 {
			r, ok := d.next(true)
			if !ok {
				break
			}
			before := min(r.Before, last+1)
			n := min(r.Limit, before-1, most)
			for seq := before - n; seq < before; seq++ {
				take(entryFrame(seq, ""))
			}
			take(Frame{Type: native.History, Before: before, Count: int(n), First: 1,
				More: before-n > 1})
		}
		for i, f := range heard {
			if f.Seq != uint64(i+1) {
				t.Fatalf("seed %d: entry %d is %d", seed, i+1, f.Seq)
			}
		}
		if uint64(len(heard)) != last {
			t.Errorf("seed %d: %d entries, want %d, %d at once", seed, len(heard), last, most)
		}
	}
}

// Whatever a host sends, the entries of an epoch are heard in order and once, and
// so is each answer; one request is under way at a time.
func FuzzDialogue(f *testing.F) {
	for _, seed := range []string{
		welcome + "\n" +
			`{"type":"entry","seq":6,"from":"user","kind":"text","body":"x","id":"m1"}`,
		`{"type":"entry","seq":9}` + "\n" + `{"type":"history","first":4}` + "\n" +
			`{"type":"entry","seq":4}`,
		`{"type":"accepted","id":"m1","seq":9,"duplicate":true}` + "\n" + `{"type":"history"}`,
		`{"type":"rejected","id":"m1","code":"busy","retry_ms":-5}` + "\n" +
			`{"type":"reset","epoch":3}`,
		`{"type":"welcome","session":"S","reason":"trimmed","epoch":2,"seq":18446744073709551615,"first":7}`,
		`{"type":"accepted","id":"m1","seq":6}` + "\n" + `{"type":"accepted","id":"m2","seq":6}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		d := dialogue{session: "S", epoch: 2, seq: 5, target: 5,
			page: native.MaxHistory, out: said(3)}
		at := d.seq
		answers := make(map[string]int)
		for line := range bytes.SplitSeq(input, []byte{'\n'}) {
			frame, err := native.ParseFrame(line)
			if err != nil {
				continue
			}
			var heard []Frame
			if frame.Type == native.Welcome {
				heard = d.connected(&frame)
			} else {
				heard, _ = d.take(&frame)
			}
			for _, h := range heard {
				switch h.Type {
				case native.Reset, native.Welcome:
					at = h.Seq
				case native.Entry:
					if h.Seq != at+1 || h.History {
						t.Fatalf("heard %+v after %d", h, at)
					}
					at++
				case native.Accepted, native.Rejected:
					if answers[h.ID]++; h.ID != "" && h.ID[0] == 'm' && len(h.ID) == 2 &&
						h.ID[1] >= '1' && h.ID[1] <= '3' && answers[h.ID] > 1 && !inPlace(&h, at) {
						t.Fatalf("heard %+v again", h)
					}
					if inPlace(&h, at) && d.seq == at+1 {
						at++
					}
				}
			}
			if at != d.seq {
				t.Fatalf("heard up to %d, the dialogue is at %d, after %s", at, d.seq, line)
			}
			if _, ok := d.next(true); ok {
				if r, ok := d.next(true); ok {
					t.Fatalf("two requests at once: %+v", r)
				}
			}
		}
	})
}

// inPlace reports whether an answer stands for the entry after at. A host that
// uses an id for two entries has it heard twice.
func inPlace(f *Frame, at uint64) bool { return f.Type == native.Accepted && f.Seq == at+1 }

// What turns show is heard by those who want it, and does not outlive a connection.
func TestDialogue_Progress(t *testing.T) {
	delta := Frame{Type: native.Delta, Turn: 5, Text: "x"}
	reply := entryFrame(6, "")
	reply.Turn = 5
	welcome := Frame{Type: native.Welcome, Session: "S", Epoch: 1, Seq: 6, Resumed: true}
	for _, tc := range []struct {
		name     string
		watching bool
		frames   []Frame
		want     []string
	}{
		{"nobody watches", false, []Frame{delta, {Type: native.Typing, Turn: 5}, welcome}, nil},
		{"withdrawn by the host", true, []Frame{delta, {Type: native.Withdrawn, Turn: 5}, welcome},
			[]string{"delta 5", "withdrawn 5"}},
		{"withdrawn by the end of the connection", true, []Frame{delta, welcome},
			[]string{"delta 5", "withdrawn 5"}},
		{"so is typing", true, []Frame{{Type: native.Typing, Turn: 5}, welcome},
			[]string{"typing 5", "withdrawn 5"}},
		{"its entry came", true, []Frame{delta, reply, welcome}, []string{"delta 5", "entry 5"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := dialogue{session: "S", epoch: 1, seq: 5, watching: tc.watching}
			var got []string
			for _, f := range tc.frames {
				var heard []Frame
				if f.Type == native.Welcome {
					heard = d.connected(&f)
				} else {
					heard, _ = d.take(&f)
				}
				for _, h := range heard {
					got = append(got, fmt.Sprint(h.Type, " ", h.Turn))
				}
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("heard = %q, want %q", got, tc.want)
			}
		})
	}
}
