package bodies_test

import (
	"fmt"
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

func BenchmarkShape_Parse(b *testing.B) {
	row := `["Graz",21.5,true,null,"a longer text of forty-odd characters"]`
	for _, rows := range []int{10, 1000} {
		body := []byte(`{"columns":["a","b","c","d","e"],"rows":[` + repeat(rows, row) + "]}")
		b.Run(fmt.Sprintf("shape=dataframe/rows=%d", rows), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := bodies.Dataframe.Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, shape := range []bodies.Shape{
		bodies.Options, bodies.Location, bodies.Tasks, bodies.RAG,
	} {
		body := []byte(example(b, shape))
		b.Run("shape="+names[shape], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := shape.Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
