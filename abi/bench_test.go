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

// fullEvent has a value in every field.
func fullEvent(text string) *abi.Event {
	return &abi.Event{
		Kind: abi.EventMessage, ID: "m1", Text: text, Human: true,
		User:    abi.User{ID: "ada", Verified: true},
		Session: "0123456789abcdef0123456789abcdef", Bot: "hello", Time: 1763712000000,
	}
}
