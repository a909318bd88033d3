package jsontext_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/jsontext"
)

// sample is 60 bytes, the size of a chat message.
var sample = strings.Repeat("0123456789", 6)

func BenchmarkAppendString(b *testing.B) {
	texts := []struct{ name, text string }{
		{"ascii", sample}, {"umlauts", strings.Repeat("grüße ", 8)},
		{"escapes", strings.Repeat("\"a\"\n", 15)},
	}
	for _, t := range texts {
		b.Run("text="+t.name, func(b *testing.B) {
			var buf []byte
			b.ReportAllocs()
			b.SetBytes(int64(len(t.text)))
			for b.Loop() {
				buf = jsontext.AppendString(buf[:0], t.text)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"60B", 60}, {"64KiB", 64 << 10}} {
		doc := []byte(`{"kind":"message","id":"m1","text":"` + strings.Repeat("x", size.bytes) +
			`","human":true,"time":1763712000000,"user":{"id":"ada","verified":true}}`)
		for _, path := range []string{"kind", "user.verified"} {
			b.Run("size="+size.name+"/path="+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, ok := jsontext.Lookup(doc, path); !ok {
						b.Fatal("not found")
					}
				}
			})
		}
	}
}
