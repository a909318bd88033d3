package plugin

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin/module"
)

const page = int64(module.PageBytes)

func TestBudget(t *testing.T) {
	for _, tc := range []struct {
		take int64
		want bool
	}{{9, true}, {10, true}, {11, false}} {
		b := NewBudget(10)
		if got := b.take(tc.take); got != tc.want {
			t.Errorf("take(%d) of 10 = %v, want %v", tc.take, got, tc.want)
		}
		if want := map[bool]int64{true: tc.take}[tc.want]; b.Used() != want {
			t.Errorf("Used() = %d, want %d", b.Used(), want)
		}
	}
}

func TestBudget_Hammer(t *testing.T) {
	b := NewBudget(100)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range int64(1000) {
				if b.take(i % 60) {
					if used := b.Used(); used > 100+8*60 {
						t.Errorf("Used() = %d, want about 100", used)
					}
					b.give(i % 60)
				}
			}
		})
	}
	wg.Wait()
	if b.Used() != 0 {
		t.Errorf("Used() = %d at the end, want 0", b.Used())
	}
}

// grower has two pages and grows by as many as its input has bytes.
func grower(limit string) string {
	return `(module
		(import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
		(memory (export "memory") 2 ` + limit + `)
		(func (export "on_message") (result i32)
			(i32.eq (i32.const -1) (memory.grow (call $input (i32.const 0) (i32.const 0))))))`
}

// The memory of an instance is bounded by the limit and by its own maximum.
func TestMemory_limit(t *testing.T) {
	for _, tc := range []struct {
		name, own string
		grow      int
		want      abi.Result
	}{
		{"one below", "", 13, abi.Done}, {"at the limit", "", 14, abi.Done},
		{"above", "", 15, abi.Failed},
		{"own maximum", "5", 3, abi.Done}, {"above its own", "5", 4, abi.Failed},
		{"wants more than there is", "65536", 15, abi.Failed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newWAT(t, grower(tc.own), Options{Limits: abi.Limits{MemoryBytes: 16 * page}})
			turn := play(t, m, abi.OnMessage, strings.Repeat("x", tc.grow), draft.Base{})
			if turn.err != nil || turn.result != tc.want {
				t.Errorf("memory.grow(%d) = %v, %v, want %v", tc.grow, turn.result, turn.err, tc.want)
			}
		})
	}
}

// A limit beyond what 32 bits can address is none.
func TestMemory_hugeLimit(t *testing.T) {
	m := newWAT(t, grower(""), Options{Limits: abi.Limits{MemoryBytes: 1 << 40}})
	turn := play(t, m, abi.OnMessage, "x", draft.Base{})
	if turn.err != nil || turn.result != abi.Done {
		t.Errorf("memory.grow(1) = %v, %v, want done", turn.result, turn.err)
	}
}

// All instances of a bot, over its modules, stay within one budget, and what they
// held goes back to it.
func TestMemoryBudget(t *testing.T) {
	budget := NewBudget(10 * page)
	opts := Options{Budget: budget, Limits: abi.Limits{WaitTime: 50 * time.Millisecond}}
	older, newer := newWAT(t, grower(""), opts), newWAT(t, grower(""), opts)
	checkUsed := func(want int64) {
		t.Helper()
		if got := budget.Used(); got != want*page {
			t.Errorf("Used() = %d pages, want %d", got/page, want)
		}
	}
	for _, m := range []*Module{older, newer} {
		if err := m.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	checkUsed(4)
	// Six are left: one instance grows by five, another cannot by two.
	if turn := play(t, older, abi.OnMessage, "12345", draft.Base{}); turn.result != abi.Done {
		t.Errorf("memory.grow(5) = %v, %v, want done", turn.result, turn.err)
	}
	checkUsed(9)
	if turn := play(t, newer, abi.OnMessage, "12", draft.Base{}); turn.result != abi.Failed {
		t.Errorf("memory.grow(2) = %v, %v, want failed", turn.result, turn.err)
	}
	// One more instance has no place in it: the turn waits for the one there is.
	in, err := newer.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newer.Checkout(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("Checkout() = %v, want ErrBusy", err)
	}
	in.Release()
	third := newWAT(t, grower(""), opts)
	if err := third.Start(t.Context()); !errors.Is(err, ErrMemory) {
		t.Errorf("Start() = %v, want ErrMemory", err)
	}
	checkUsed(9)
	if err := older.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkUsed(2)
	if err := third.Start(t.Context()); err != nil {
		t.Errorf("Start() = %v, want no error", err)
	}
	for _, m := range []*Module{newer, third} {
		if err := m.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	checkUsed(0)
}

// An instance that does not start gives its memory back, whatever it did before.
func TestMemoryBudget_failedStart(t *testing.T) {
	for _, tc := range []struct{ name, fields string }{
		{"start", `(func $f (drop (memory.grow (i32.const 3))) (unreachable)) (start $f)`},
		{"initialize", `(func (export "_initialize")
			(drop (memory.grow (i32.const 3))) (unreachable))`},
		{"data", `(data (i32.const 65535) "ab")`},
		{"loop", `(func $f (drop (memory.grow (i32.const 3))) (loop (br 0))) (start $f)`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			budget := NewBudget(100 * page)
			m := newWAT(t, bot(tc.fields), Options{Budget: budget, Limits: within(20 * time.Millisecond)})
			for range 3 {
				callError(t, m.Start(t.Context()))
			}
			if budget.Used() != 0 {
				t.Errorf("Used() = %d, want 0", budget.Used())
			}
			if stats := m.Stats(); stats != (Stats{}) {
				t.Errorf("Stats() = %+v, want none", stats)
			}
		})
	}
}

// Memory that grows by the page is copied a few times, not each time, and keeps
// its contents; the budget counts what the guest has.
func TestLinearMemory_growth(t *testing.T) {
	const pages = 320
	budget := NewBudget(pages * page)
	m := &linearMemory{budget: budget, spare: &spareMemory{}, time: newDeadline()}
	m.Allocate(0, pages*module.PageBytes)
	copies := 0
	var last *byte
	for n := uint64(1); n <= pages; n++ {
		buf := m.Reallocate(n * module.PageBytes)
		if uint64(len(buf)) != n*module.PageBytes || budget.Used() != int64(n)*page {
			t.Fatalf("Reallocate(%d pages) = %d bytes, %d used", n, len(buf), budget.Used())
		}
		if first := &buf[0]; first != last {
			last = first
			copies++
		}
		if n > 1 && buf[(n-1)*module.PageBytes-1] != byte(n-1) {
			t.Fatalf("page %d was not kept", n-1)
		}
		buf[n*module.PageBytes-1] = byte(n)
	}
	if copies > 20 {
		t.Errorf("%d pages were copied %d times, want at most 20", pages, copies)
	}
	if cap(m.buf) > pages*module.PageBytes {
		t.Errorf("the capacity is %d pages, want at most %d", cap(m.buf)/module.PageBytes, pages)
	}
	if m.Reallocate((pages+1)*module.PageBytes) != nil {
		t.Errorf("Reallocate above the budget gave memory")
	}
	m.release()
	if budget.Used() != 0 {
		t.Errorf("Used() = %d after release, want 0", budget.Used())
	}
}

func TestSpareMemory(t *testing.T) {
	var s spareMemory
	used := make([]byte, 100, 200)
	for i := range used[:200] {
		used[:200][i] = 1
	}
	s.put(used)
	s.put(nil)
	s.put(make([]byte, maxSpare+1))
	if len(s.buffers) != 1 {
		t.Errorf("%d buffers are kept, want the small one alone", len(s.buffers))
	}
	if buf := s.get(201, 0); &buf[0] == &used[0] {
		t.Error("get(201) returned a buffer of 200")
	}
	buf := s.get(150, 0)
	if &buf[0] != &used[0] || len(buf) != 150 {
		t.Error("get(150) did not return the spare buffer")
	}
	for i, b := range buf[:cap(buf)] {
		if b != 0 {
			t.Fatalf("byte %d of a used buffer is %d, want 0", i, b)
		}
	}
	for range 2 * spareCount {
		s.put(make([]byte, 10))
	}
	if len(s.buffers) != spareCount {
		t.Errorf("%d buffers are kept, want %d", len(s.buffers), spareCount)
	}
	s.drop()
	if len(s.buffers) != 0 {
		t.Errorf("%d buffers are kept after drop, want none", len(s.buffers))
	}
}

// TestInstance_keepsLittle: what a call was told and said is not kept with an instance
// that nobody has: the bot's budget does not count it.
func TestInstance_keepsLittle(t *testing.T) {
	const most = 8 << 20
	m := newWAT(t, `(module
		(import "bothost_v1" "event" (func $event (param i32 i32) (result i32)))
		(import "bothost_v1" "output" (func $output (param i32 i32)))
		(memory (export "memory") 16)
		(func (export "on_message")
			(drop (call $event (i32.const 0) (i32.const 0)))
			(call $output (i32.const 0) (i32.const 1000000))))`, Options{})
	var all []*Instance
	for range 32 {
		in, err := m.Checkout(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, in)
	}
	before := heapBytes()
	for _, in := range all {
		ev := message(strings.Repeat("<", 1<<20))
		var d draft.Draft
		d.Begin(ev, draft.Base{}, &m.opts.Limits)
		if _, err := in.Call(abi.OnMessage, ev.Text, ev.Time, &d); err != nil {
			t.Fatal(err)
		}
		in.Release()
	}
	if kept := int64(heapBytes() - before); kept > most {
		t.Errorf("%d instances keep %d MiB, want %d at most", len(all), kept>>20, most>>20)
	}
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
