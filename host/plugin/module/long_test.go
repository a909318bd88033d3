package module

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// TestCheck_longTypes: a module of few bytes that says many times, by few indices, what
// is long to write down, is read in a moment. It was 56 seconds.
func TestCheck_longTypes(t *testing.T) {
	values := append(appendU32(nil, maxValues), bytes.Repeat([]byte{0x7f}, maxValues)...)
	types := append(append([]byte{1, 0x60}, values...), values...)
	exports := appendU32(nil, most[sectionExport])
	for i := range int(most[sectionExport]) {
		name := strconv.Itoa(i)
		exports = append(append(appendU32(exports, uint32(len(name))), name...), 0, 0)
	}
	imports := appendU32(nil, most[sectionImport])
	for range most[sectionImport] {
		imports = append(imports, 1, 'm', 1, 'f', 0, 0)
	}
	data := append(bytes.Clone(wasmMagic), wasmVersion...)
	for _, s := range []struct {
		id   byte
		body []byte
	}{{sectionType, types}, {sectionImport, imports}, {sectionExport, exports}} {
		data = append(appendU32(append(data, s.id), uint32(len(s.body))), s.body...)
	}
	begun := time.Now()
	info, err := Check(data, abi.Limits{}, func(string, string) (Signature, error) {
		return Signature{}, nil
	})
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("Check(%d bytes) took %v", len(data), took)
	}
	if err == nil || info == nil || len(info.Exports) != int(most[sectionExport]) {
		t.Fatalf("Check() = %v, %v, want what is there and a refusal", info, err)
	}
	if text := info.Exports[0].Type; !strings.Contains(text, "and 936 more") || len(text) > 1000 {
		t.Errorf("the type is shown as %q", text)
	}
}
