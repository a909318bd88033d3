package meter_test

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

// long writes a section of any size.
func long(id byte, body string) string {
	return string(binary.AppendUvarint([]byte{id}, uint64(len(body)))) + body
}

// TestRewrite_Bounded gives Rewrite shapes that make the most of its memory for
// each byte, and counts that promise more than there is.
func TestRewrite_Bounded(t *testing.T) {
	const n = 200_000
	body := func(code string) string {
		b := "\x00" + code + "\x0b"
		size := string(binary.AppendUvarint(nil, uint64(len(b))))
		return header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x00") +
			part(4, "\x01\x70\x00\x01") +
			part(5, "\x01\x00\x01") + long(10, "\x01"+size+b)
	}
	count := string(binary.AppendUvarint(nil, n))
	tests := []struct {
		name, module string
		want         error
	}{
		{"calls", body(strings.Repeat("\x10\x00", n)), nil},
		{"fills", body(strings.Repeat("\xfc\x0b\x00", n)), nil},
		{"blocks", body(strings.Repeat("\x02\x40", n)), meter.ErrLimit},
		{"labels", body("\x0e" + count + strings.Repeat("\x00", n+1)), meter.ErrLimit},
		{"functions", header + part(1, "\x01\x60\x00\x00") +
			long(3, count+strings.Repeat("\x00", n)) +
			long(10, count+strings.Repeat("\x02\x00\x0b", n)), nil},
		{"types", header + long(1, count+strings.Repeat("\x60\x00\x00", n)), nil},
		{"sections", header + strings.Repeat("\x00\x01\x00", n), meter.ErrLimit},
		{"locals", header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x00") +
			part(10, "\x01\x08\x01\xff\xff\xff\xff\x0f\x7f\x0b"), meter.ErrLimit},
		{"element count", header + part(9, "\x01\x01\x00\xff\xff\xff\xff\x0f"),
			meter.ErrMalformed},
		{"name count", header + part(0, "\x04name\x01\x05\xff\xff\xff\xff\x0f"),
			meter.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := meter.Rewrite([]byte(tt.module), meter.Options{})
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tt.want) {
				t.Errorf("Rewrite = %v, want %v", err, tt.want)
			}
			used := after.TotalAlloc - before.TotalAlloc
			if used > uint64(len(tt.module))*100+1<<20 {
				t.Errorf("Rewrite allocates %d bytes for %d", used, len(tt.module))
			}
			t.Logf("%.1f bytes for each", float64(used)/float64(len(tt.module)))
		})
	}
}
