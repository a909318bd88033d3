package turn_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

const benchText = "a message of sixty bytes, which is what people like to write"

// benchBot answers each message, with a variable read and written if vars. It
// counts nothing: counters would be what cores fight for.
type benchBot struct{ vars bool }

var benchKey, benchKind = []byte("count"), []byte("text")

func (b *benchBot) Acquire(string) (turn.Generation, error)         { return b, nil }
func (b *benchBot) Name() string                                    { return "abc#1" }
func (b *benchBot) Handles(abi.Export) bool                         { return true }
func (b *benchBot) Checkout(context.Context) (turn.Instance, error) { return b, nil }
func (b *benchBot) Release()                                        {}
func (b *benchBot) Dialog() turn.Dialog                             { return plain{} }
func (b *benchBot) ClientVariables() []string                       { return nil }
func (b *benchBot) Output() []byte                                  { return nil }
func (b *benchBot) Said() string                                    { return "" }
func (b *benchBot) Fuel() int64                                     { return 0 }

func (b *benchBot) Call(_ abi.Export, _ string, _ int64, h abi.Host) (abi.Result, error) {
	if b.vars {
		value, _, err := h.Get(benchKey)
		if err != nil {
			return 0, err
		}
		n, _ := strconv.Atoi(value)
		var text [20]byte
		if err := h.Set(benchKey, strconv.AppendInt(text[:0], int64(n+1), 10)); err != nil {
			return 0, err
		}
	}
	return abi.Done, h.Reply(benchKind, benchReply)
}

var benchReply = []byte(benchText)

// BenchmarkTurn measures a whole turn but for the guest and the socket.
func BenchmarkTurn(b *testing.B) {
	for _, bench := range []struct {
		name string
		vars bool
		ids  bool
	}{
		{"store=memory", false, false},
		{"store=memory/vars=1", true, false},
		{"store=memory/vars=1/ids", true, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := turn.New(turn.Options{
				Store: memory.New(memory.Options{}), Source: &benchBot{bench.vars},
			})
			defer r.Close(context.Background())
			h := newSession(b, r, "s")
			benchTurns(b, h, bench.ids, b.Loop)
		})
	}
}

// BenchmarkTurn_Parallel measures turns of many sessions at once.
func BenchmarkTurn_Parallel(b *testing.B) {
	for _, sessions := range []int{2, 1000} {
		b.Run("store=memory/sessions="+strconv.Itoa(sessions), func(b *testing.B) {
			store := memory.New(memory.Options{Entries: 100})
			r := turn.New(turn.Options{Store: store, Source: &benchBot{true}})
			defer r.Close(context.Background())
			handles := make([]*turn.Handle, sessions)
			for i := range handles {
				handles[i] = newSession(b, r, strconv.Itoa(i))
			}
			var workers atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				ev, done := message("", benchText), func(session.Outcome) {}
				for i := int(workers.Add(1)); pb.Next(); i += 2 {
					_ = handles[i%sessions].Submit(context.Background(), ev, done)
				}
			})
		})
	}
}

func benchTurns(b *testing.B, h *turn.Handle, ids bool, next func() bool) {
	var code abi.Code
	done := func(o session.Outcome) { code |= o.Code }
	ctx, ev, id := context.Background(), message("", benchText), 0
	b.ReportAllocs()
	for next() {
		if ids {
			id++
			ev = message(strconv.Itoa(id), benchText)
		}
		if err := h.Submit(ctx, ev, done); err != nil {
			b.Fatal(err)
		}
	}
	if code != 0 {
		b.Fatalf("a turn was refused: %v", code)
	}
}
