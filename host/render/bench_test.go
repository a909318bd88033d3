package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// chat is what bots say: a heading, a list, a table, code and links.
const chat = `## Your order

Thanks, **Ada**! We have *three* things for you, to be sent to the [address on file](https://a.example/account?x=1&y=2):

- a kettle, red
- two cups
- [x] a gift box

| thing  | price | when |
|--------|------:|------|
| kettle | 39.90 | today |
| cups   |  8.00 | tomorrow |

> Anything that is "late" is free.

~~~go
fmt.Println("a < b && c")
~~~

See https://a.example/orders/17 for more.

`

func BenchmarkHTML(b *testing.B) {
	for _, kind := range []abi.Kind{abi.KindText, abi.KindMarkdown, abi.KindHTML} {
		for _, kib := range []int{1, 64} {
			b.Run(fmt.Sprintf("kind=%s/size=%dKiB", kind, kib), func(b *testing.B) {
				r := New()
				body := strings.Repeat(chat, kib<<10/len(chat)+1)[:kib<<10]
				if kind == abi.KindHTML {
					body, _ = r.HTML(&abi.Entry{Kind: abi.KindMarkdown, Body: body})
					body = body[:min(len(body), kib<<10)]
				}
				e := abi.Entry{From: abi.FromBot, Kind: kind, Body: body}
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					r.cache = cache{}
					r.HTML(&e)
				}
			})
			b.Run(fmt.Sprintf("kind=%s/size=%dKiB/again", kind, kib), func(b *testing.B) {
				r := New()
				e := abi.Entry{From: abi.FromBot, Kind: kind,
					Body: strings.Repeat(chat, kib<<10/len(chat)+1)[:kib<<10]}
				b.ReportAllocs()
				for b.Loop() {
					r.HTML(&e)
				}
			})
		}
	}
}
