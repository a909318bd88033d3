// Command goguest is the Go guest of the benchmarks. It is built as a reactor:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

func main() {}

// person is what the document holds many of.
type person struct {
	ID     int               `json:"id"`
	Name   string            `json:"name"`
	Score  float64           `json:"score"`
	Active bool              `json:"active"`
	Tags   []string          `json:"tags"`
	Extra  map[string]string `json:"extra"`
}

var document, block = makeDocument(), makeBlock()

// makeDocument returns about 4 kB.
func makeDocument() []byte {
	var people []person
	for i := range 32 {
		people = append(people, person{
			ID: i, Name: fmt.Sprintf("guest %d \"%c\"", i, 'a'+i%26),
			Score: float64(i*i) / 8, Active: i%2 == 0,
			Tags:  []string{"chat", fmt.Sprint("room", i%5)},
			Extra: map[string]string{"lang": "en", "city": fmt.Sprint("city ", i%7)},
		})
	}
	b, err := json.Marshal(people)
	if err != nil {
		panic(err)
	}
	return b
}

func makeBlock() []byte {
	b := make([]byte, 64<<10)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

// decodeEncode decodes the document and encodes it again, and returns how often
// it came out as it went in.
//
//go:wasmexport json
func decodeEncode(rounds uint32) (same uint32) {
	for range rounds {
		var people []person
		if json.Unmarshal(document, &people) != nil {
			return same
		}
		if b, err := json.Marshal(people); err == nil && bytes.Equal(b, document) {
			same++
		}
	}
	return same
}

// sum returns the first four bytes of the block's SHA-256.
//
//go:wasmexport sha
func sum() uint32 {
	d := sha256.Sum256(block)
	return binary.BigEndian.Uint32(d[:])
}
