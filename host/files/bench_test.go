package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
)

// BenchmarkPut brings files of which no two are the same, and lets them go.
func BenchmarkPut(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20, 10 << 20} {
		b.Run(fmt.Sprintf("size=%dKiB", size>>10), func(b *testing.B) {
			s := openTest(b, Options{Dir: b.TempDir()})
			content := bytes.Repeat([]byte{0}, size)
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for i := uint64(0); b.Loop(); i++ {
				binary.LittleEndian.PutUint64(content, i)
				h, err := s.Put(b.Context(), bytes.NewReader(content), PutOptions{})
				if err != nil {
					b.Fatal(err)
				}
				h.Release()
			}
		})
	}
}
