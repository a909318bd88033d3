package host

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/plugin"
)

// The load of TestSwapUnderLoad.
const (
	swapClients  = 64
	swapMessages = 2000
	swaps        = 30
)

// TestSwapUnderLoad replaces a module 30 times, four of them by something that
// cannot be served, while 64 clients talk. Every message is answered exactly
// once and in order, by generations that never go back; bad modules are refused
// with their reason; after the last swap the newest answers, and nothing of the
// old ones is left.
func TestSwapUnderLoad(t *testing.T) {
	h := serve(t, makeBot(t, "0", "", ""), Options{
		Limits: abi.Limits{AddressConnections: 2 * swapClients},
	})
	crowd := newCrowd(t, h, swapClients)
	newest := 0
	for i := 1; i <= swaps; i++ {
		if bad, reason := badModule(t, i); bad != nil {
			h.refuse(t, bad, reason, i%2 == 0)
			continue
		}
		newest = i
		crowd.swap(t, i, makeBot(t, strconv.Itoa(i), "", ""))
	}
	for i, c := range crowd.disperse(t, newest) {
		if c.sent < swapMessages {
			t.Errorf("client %d sent %d messages, want at least %d", i, c.sent, swapMessages)
		}
	}
}

// crowd are clients that talk while the module is replaced.
type crowd struct {
	h       *running
	talkers []*swapTalker
	wg      sync.WaitGroup
	// swapped is set after the last swap.
	swapped atomic.Bool
	// old are all modules so far.
	old []weak.Pointer[plugin.Module]
}

// newCrowd lets n clients talk until disperse.
func newCrowd(tb testing.TB, h *running, n int) *crowd {
	tb.Helper()
	c := &crowd{h: h}
	c.keep()
	for range n {
		talker := &swapTalker{talker: dial(tb, h), swapped: &c.swapped}
		c.talkers = append(c.talkers, talker)
		c.wg.Go(talker.talk)
	}
	return c
}

// keep remembers the module that serves, without holding it.
func (c *crowd) keep() {
	c.old = append(c.old, weak.Make(c.h.bots.get("bot").current.Load().module))
}

// swap replaces the module, for the number-th time.
func (c *crowd) swap(tb testing.TB, number int, module []byte) {
	tb.Helper()
	c.h.replace(tb, module)
	if r := c.h.awaitReload(tb); r.Err != nil || r.New == "" {
		tb.Fatalf("swap %d: %+v, want a new generation", number, r)
	}
	c.keep()
}

// disperse ends the talk, and wants that each answer was right, that the newest bot
// answers, and that nothing is left of the others.
func (c *crowd) disperse(t *testing.T, newest int) []*swapTalker {
	t.Helper()
	c.swapped.Store(true)
	c.wg.Wait()
	for i, talker := range c.talkers {
		if talker.err != nil {
			t.Fatalf("client %d: %v", i, talker.err)
		}
		answer := talker.ask("last", "who?")
		if want := fmt.Sprintf("%d:who?", newest); answer.Body != want {
			t.Errorf("client %d: answer after the last swap = %q, want %q", i, answer.Body, want)
		}
		if err := talker.CloseNow(); err != nil {
			t.Error(err)
		}
	}
	awaitNothingLeft(t, c.h, c.old[:len(c.old)-1])
	return c.talkers
}

// badModule returns, for a few of the swaps, a module that cannot be served, and
// what its refusal must say.
func badModule(tb testing.TB, i int) (data []byte, reason string) {
	tb.Helper()
	switch i {
	case 5:
		whole := makeBot(tb, "truncated", "", "")
		return whole[:len(whole)*2/3], "not whole"
	case 11:
		return makeBot(tb, "unknown", `(import "bothost_v1" "fly" (func))`, ""),
			"bothost_v1.fly: unknown function"
	case 17:
		return makeBot(tb, "traps", "", `(func (export "_initialize") unreachable)`), "unreachable"
	case 24:
		return []byte("#!/bin/sh\necho this is no module\n"), "not a WebAssembly module"
	}
	return nil, ""
}

// refuse puts a bad module in place, whole or by writing over the old file.
func (r *running) refuse(tb testing.TB, bad []byte, reason string, inPlace bool) {
	tb.Helper()
	if inPlace {
		if err := os.WriteFile(r.path, bad, 0o600); err != nil {
			tb.Fatal(err)
		}
	} else {
		r.replace(tb, bad)
	}
	got := r.awaitReload(tb)
	if got.Err == nil || !strings.Contains(got.Err.Error(), reason) {
		tb.Errorf("reload of a bad module: %+v, want an error with %q", got, reason)
	}
	if current := r.bots.get("bot").generationName(); current == "" || got.Old != current {
		tb.Errorf("after a refusal %q serves, want %q, the old one", current, got.Old)
	}
}

// swapTalker sends numbered messages, one in flight, until it has sent enough
// and all swaps are done.
type swapTalker struct {
	*talker
	swapped    *atomic.Bool
	sent       int
	generation int
	err        error
}

func (c *swapTalker) talk() {
	for c.err == nil && (c.sent < swapMessages || !c.swapped.Load()) {
		c.sent++
		c.err = c.exchange(strconv.Itoa(c.sent))
	}
}

// exchange wants accepted and one answer, to this very message, from a
// generation that is not older than the last one.
func (c *swapTalker) exchange(number string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Send(ctx, number, number); err != nil {
		return err
	}
	for _, want := range []native.Type{native.Accepted, native.Entry} {
		f, err := c.Receive(ctx)
		if err != nil {
			return fmt.Errorf("message %s: %w", number, err)
		}
		if f.Type != want {
			return fmt.Errorf("message %s: got %+v, want %s", number, f, want)
		}
		if want == native.Entry {
			return c.judge(f, number)
		}
	}
	return nil
}

func (c *swapTalker) judge(f client.Frame, number string) error {
	e, err := f.LogEntry()
	if err != nil {
		return err
	}
	name, echo, _ := strings.Cut(e.Body, ":")
	generation, err := strconv.Atoi(name)
	if err != nil || echo != number {
		return fmt.Errorf("message %s was answered with %q", number, e.Body)
	}
	if generation < c.generation {
		return fmt.Errorf("message %s was answered by %d after %d", number,
			generation, c.generation)
	}
	c.generation = generation
	return nil
}

// awaitNothingLeft waits until neither instances, nor goroutines, nor compiled
// code of old generations are left.
func awaitNothingLeft(t *testing.T, h *running, old []weak.Pointer[plugin.Module]) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience / 2)
	for {
		// Two collections: the engine frees code in a finalizer.
		runtime.GC()
		runtime.GC()
		left := 0
		for _, p := range old {
			if p.Value() != nil {
				left++
			}
		}
		// The newest module has one goroutine, and no connection is left.
		draining, stacks := h.bots.draining.Load(), allStacks()
		if left == 0 && draining == 0 && strings.Count(stacks, ".trimIdle(") == 1 &&
			!strings.Contains(stacks, "host/platform/websocket.(*conn)") {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("left: %d modules, %d draining generations; goroutines:\n%s",
				left, draining, stacks)
		}
	}
}

// allStacks returns the stacks of all goroutines.
func allStacks() string {
	buf := make([]byte, 4<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// TestSwap_memoryFull: a new version is served though the instances of the old one
// hold all the memory that the bot may have.
func TestSwap_memoryFull(t *testing.T) {
	const grow = `
  (func $start (drop (memory.grow (i32.const 45))))
  (start $start)`
	h := serve(t, makeBot(t, "old", "", grow),
		Options{Limits: abi.Limits{BotMemoryBytes: 3 << 20}})
	c := dial(t, h)
	if got := c.ask("1", "x").Body; got != "old:x" {
		t.Fatalf("said %q", got)
	}
	h.replace(t, makeBot(t, "new", "", grow))
	if r := h.awaitReload(t); r.Err != nil {
		t.Fatalf("reload: %v", r.Err)
	}
	if got := c.ask("2", "x").Body; got != "new:x" {
		t.Errorf("said %q, want new:x", got)
	}
}
