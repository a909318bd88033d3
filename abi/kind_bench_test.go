package abi_test

import (
	"fmt"
	"testing"

	"github.com/bothost/bothost/abi"
)

func BenchmarkKindInfo_Parse(b *testing.B) {
	row := `["Graz",21.5,true,null,"a longer text of forty-odd characters"]`
	for _, rows := range []int{10, 1000} {
		body := []byte(`{"columns":["a","b","c","d","e"],"rows":[` + repeat(rows, row) + "]}")
		info, _ := abi.ReplyKind(abi.KindDataframe)
		b.Run(fmt.Sprintf("kind=dataframe/rows=%d", rows), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := info.Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, kind := range []abi.Kind{abi.KindOptions, abi.KindLocation, abi.KindTasks, abi.KindRAG} {
		info, _ := abi.ReplyKind(kind)
		body := []byte(examples[kind])
		b.Run("kind="+string(kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := info.Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
