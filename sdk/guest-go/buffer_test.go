package guest

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

func TestPull_Sizes(t *testing.T) {
	tests := []struct {
		name  string
		size  int
		reads int
		// left is how much of the chunk nobody uses after the read.
		left int
	}{
		{"nothing", 0, 1, chunkSize},
		{"one", 1, 1, chunkSize - 1},
		{"one below the chunk", chunkSize - 1, 1, 1},
		{"the chunk", chunkSize, 1, 0},
		{"one above the chunk", chunkSize + 1, 2, chunkSize},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := install(t, &recordingHost{value: strings.Repeat("x", tt.size)})
			if got, ok := session.Get("key"); !ok || got != h.value {
				t.Errorf("Get = %d bytes, %t, want %d", len(got), ok, tt.size)
			}
			if left := len(chunk) - used; h.reads != tt.reads || left != tt.left {
				t.Errorf("%d host calls, %d bytes left; want %d, %d", h.reads, left, tt.reads, tt.left)
			}
			if got := session.Text(); got != h.value {
				t.Errorf("Text() = %d bytes, want %d", len(got), tt.size)
			}
		})
	}
}

// A small value costs one host call, however much of the chunk is used.
func TestPull_OneCall(t *testing.T) {
	h := install(t, &recordingHost{value: strings.Repeat("x", smallRead)})
	for range 3 * chunkSize / smallRead {
		if got := session.Text(); got != h.value {
			t.Fatalf("Text() = %d bytes, want %d", len(got), smallRead)
		}
	}
	if want := 3 * chunkSize / smallRead; h.reads != want {
		t.Errorf("%d host calls for %d reads", h.reads, want)
	}
}

func TestPull_Absent(t *testing.T) {
	h := install(t, &recordingHost{absent: true})
	if got, ok := session.Get("key"); ok || got != "" || h.reads != 1 {
		t.Errorf("Get = %q, %t in %d host calls, want none in 1", got, ok, h.reads)
	}
	if asset, ok := session.Asset(); ok || asset != nil {
		t.Errorf("Asset() = %q, %t, want none", asset, ok)
	}
}

// The values that were returned must not change with the next read.
func TestPull_Values(t *testing.T) {
	h := install(t, &recordingHost{value: "first"})
	first, _ := session.Get("key")
	h.value = "other"
	session.Get("key")
	if first != "first" {
		t.Errorf("the first value became %q", first)
	}
}

func TestScratch_Sizes(t *testing.T) {
	for _, size := range []int{largestKept - 1, largestKept, largestKept + 1} {
		install(t, new(recordingHost))
		keep(make([]byte, size))
		if got, want := cap(scratch) > 0, size <= largestKept; got != want {
			t.Errorf("scratch of %d bytes kept = %t, want %t", size, got, want)
		}
	}
}

// Natively a read copies its value once; in a module not even that.
func TestAllocations(t *testing.T) {
	install(t, &recordingHost{value: strings.Repeat("x", 60)})
	host := wire.Host(silentHost{})
	tests := []struct {
		name string
		do   func()
		want float64
	}{
		{"Text", func() { session.Text() }, 1},
		{"Get", func() { session.Get("key") }, 1},
		{"Event", func() { session.Event().Get("user.id") }, 1},
		{"Reply", func() { session.Reply("Hi! How are you?") }, 0},
		{"Set", func() { session.Set("key", "value") }, 0},
		{"Move", func() { session.Move("asked") }, 0},
	}
	wire.Install(host)
	for _, tt := range tests {
		if got := testing.AllocsPerRun(100, tt.do); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

// silentHost allocates nothing.
type silentHost struct{}

func (silentHost) Pull(_, _ string, _ int, buf []byte) int { return copy(buf, "sixty bytes") }
func (silentHost) Push(_, _, _ string, _ int64)            {}
func (silentHost) Now() int64                              { return 0 }
func (silentHost) Random([]byte)                           {}
func (silentHost) ReplyFile(string, string, []byte)        {}
func (silentHost) FileRead(int, int64, []byte) int         { return 0 }
