package plugin

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"weak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// Modules that come and go leave nothing: no goroutine, no memory that grows, no
// compiled code, no old module.
//
// Heap and resident memory are taken after a warm-up, with all garbage collected
// and given back. Both may grow by some MiB for reasons of their own (spans, arenas,
// the kernel's pages); a leak of one module's code would be four times as much
// here.
func TestReloadsLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Run("wat", func(t *testing.T) {
		data := assembleFile(t, "bots/call.wat")
		testReloads(t, data, Options{}, 100, 1000)
	})
	t.Run("go", func(t *testing.T) {
		cache, err := OpenCache(t.TempDir(), 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		testReloads(t, goGuest(t), Options{Cache: cache}, 5, 30)
	})
}

func testReloads(t *testing.T, data []byte, opts Options, warm, count int) {
	var old []weak.Pointer[Module]
	cycle := func(n int) {
		for range n {
			old = append(old, reload(t, data, opts))
		}
	}
	cycle(warm)
	before := measure()
	cycle(count)
	after := measure()
	t.Logf("before %v, after %v", before, after)

	const tolerance = 8 << 20
	if after.goroutines > before.goroutines+2 { // the engine's may be ending yet
		t.Errorf("%d goroutines, want %d", after.goroutines, before.goroutines)
	}
	if grown := after.heap - before.heap; grown > tolerance {
		t.Errorf("the heap grew by %d KiB over %d modules", grown>>10, count)
	}
	if grown := after.resident - before.resident; grown > 4*tolerance {
		t.Errorf("resident memory grew by %d KiB over %d modules", grown>>10, count)
	}
	alive := 0
	for _, p := range old {
		if p.Value() != nil {
			alive++
		}
	}
	if alive > 0 {
		t.Errorf("%d of %d closed modules are still there", alive, len(old))
	}
}

// reload is the life of one module.
func reload(t *testing.T, data []byte, opts Options) weak.Pointer[Module] {
	m, err := Compile(t.Context(), data, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if turn := play(t, m, abi.OnMessage, sample, draft.Base{}); turn.err != nil {
		t.Fatal(turn.err)
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return weak.Make(m)
}

// usage is what the process holds; bytes for heap and resident, which is 0 where
// the system does not say.
type usage struct {
	goroutines     int
	heap, resident int64
}

func (u usage) String() string {
	return fmt.Sprintf("%d goroutines, heap %d KiB, resident %d KiB",
		u.goroutines, u.heap>>10, u.resident>>10)
}

func measure() usage {
	// Compiled code is freed by finalizers, which run after a collection; what
	// they let go is garbage at the next one.
	for range 3 {
		runtime.GC()
		done := make(chan struct{})
		runtime.SetFinalizer(new([16]byte), func(*[16]byte) { close(done) })
		runtime.GC()
		<-done
	}
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return usage{runtime.NumGoroutine(), int64(stats.HeapAlloc), residentBytes()}
}

func residentBytes() int64 {
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Fscan(bytes.NewReader(status), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
