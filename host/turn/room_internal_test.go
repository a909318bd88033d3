package turn

import (
	"sync"
	"testing"
)

// However many take at once, they never have more than there is, and in the end it is
// all there.
func TestRoom_Hammer(t *testing.T) {
	r := room{limit: 10}
	var all sync.WaitGroup
	for i := range int64(8) {
		all.Go(func() {
			for range 10_000 {
				if !r.take(i) {
					continue
				}
				if used := r.used.Load(); used < i || used > r.limit {
					t.Errorf("%d bytes are used, want %d to %d", used, i, r.limit)
				}
				r.used.Add(-i)
			}
		})
	}
	all.Wait()
	if r.used.Load() != 0 || !r.take(10) || r.take(1) {
		t.Errorf("%d bytes are used in the end, want all to be free", r.used.Load())
	}
}
