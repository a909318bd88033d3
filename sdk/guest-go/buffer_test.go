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
		// after is the buffer's size when the value was read.
		after int
	}{
		{"nothing", 0, 1, smallRead},
		{"one below the buffer", smallRead - 1, 1, smallRead},
		{"the buffer", smallRead, 1, smallRead},
		{"one above the buffer", smallRead + 1, 2, 2*smallRead + 2},
		{"one below what is kept", largestKept - 1, 2, largestKept},
		{"what is kept", largestKept, 2, largestKept},
		{"one above what is kept", largestKept + 1, 2, smallRead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := install(t, &recordingHost{value: strings.Repeat("x", tt.size)})
			if got, ok := session.Get("key"); !ok || got != h.value {
				t.Errorf("Get = %d bytes, %t, want %d", len(got), ok, tt.size)
			}
			if h.reads != tt.reads || len(buffer) != tt.after {
				t.Errorf("%d host calls, buffer of %d; want %d, %d", h.reads, len(buffer), tt.reads, tt.after)
			}
		})
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

// The copies that were returned must not change with the buffer.
func TestPull_Copies(t *testing.T) {
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
func (silentHost) Push(_, _, _ string, _ int)              {}
func (silentHost) Now() int64                              { return 0 }
func (silentHost) Random([]byte)                           {}
