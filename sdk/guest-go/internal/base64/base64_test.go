package base64

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzDecode: this package and the strict encoding/base64 take the same texts,
// line breaks apart, and read the same from them.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"", "=", "====", "A===", "AA==", "AAA=", "AAAA", "AB==", "AAB=", "Yf8=", "++//", "a-_b",
		"AAAAA", "AA==AA==", "AA=A", "aGVsbG8gd29ybGQ=", "é", "\xff\xff\xff\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n") {
			t.Skip("encoding/base64 passes over line breaks")
		}
		want, err := base64.StdEncoding.Strict().DecodeString(text)
		got, ok := Decode(text)
		if ok != (err == nil) || ok && !bytes.Equal(got, want) {
			t.Errorf("Decode(%q) = %q, %t, want %q, %v", text, got, ok, want, err)
		}
	})
}

func TestDecode_lineBreak(t *testing.T) {
	if got, ok := Decode("AAA\n"); ok {
		t.Errorf("Decode = %q, true, want false", got)
	}
}
