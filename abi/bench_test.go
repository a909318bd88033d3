package abi_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// sample is 60 bytes, the size of a chat message.
var sample = strings.Repeat("0123456789", 6)

func BenchmarkEntry_AppendJSON(b *testing.B) {
	for _, kind := range []abi.Kind{abi.KindText, abi.KindNotice} {
		b.Run("kind="+string(kind), func(b *testing.B) {
			e := abi.Entry{Seq: 7, From: abi.FromBot, Kind: kind, Body: sample,
				Time: 1763712000000, Turn: 3}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf = e.AppendJSON(buf[:0])
			}
		})
	}
}

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
				buf = abi.AppendString(buf[:0], t.text)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"60B", 60}, {"64KiB", 64 << 10}} {
		doc := fullEvent(strings.Repeat("x", size.bytes)).AppendJSON(nil)
		for _, path := range []string{"kind", "user.verified"} {
			b.Run("size="+size.name+"/path="+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, ok := abi.Lookup(doc, path); !ok {
						b.Fatal("not found")
					}
				}
			})
		}
	}
}

// fullEvent has a value in every field.
func fullEvent(text string) *abi.Event {
	return &abi.Event{
		Kind: abi.EventMessage, ID: "m1", Text: text, Human: true,
		User:    abi.User{ID: "ada", Verified: true},
		Session: "0123456789abcdef0123456789abcdef", Bot: "hello", Time: 1763712000000,
	}
}
