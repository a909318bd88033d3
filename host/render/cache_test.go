package render

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
)

// TestCache tells that the cache returns what was put under a key, and that there
// is an end to what it keeps.
func TestCache(t *testing.T) {
	var c cache
	first := source{abi.KindHTML, "first"}
	c.put(first, "1")
	if _, ok := c.get(source{abi.KindMarkdown, "first"}); ok {
		t.Error("the other kind has what was put for this one")
	}
	large := strings.Repeat("a", cacheBytes/8)
	for i := range 40 {
		key := source{abi.KindHTML, fmt.Sprint(i, large)}
		c.put(key, "2")
		if html, ok := c.get(key); !ok || html != "2" {
			t.Fatalf("get = %q, %t after put", html, ok)
		}
		if i < 8 {
			continue
		}
		if got, most := len(c.young)+len(c.old), 8; got > most {
			t.Fatalf("%d large entries are kept, want at most %d", got, most)
		}
	}
	if _, ok := c.get(first); ok {
		t.Error("what nobody asked for is kept")
	}
}

// TestCacheKeeps tells that what is asked for again and again stays.
func TestCacheKeeps(t *testing.T) {
	var c cache
	often := source{abi.KindHTML, "often"}
	c.put(often, "1")
	large := strings.Repeat("a", cacheBytes/8)
	for i := range 40 {
		c.put(source{abi.KindHTML, fmt.Sprint(i, large)}, "2")
		if html, ok := c.get(often); !ok || html != "1" {
			t.Fatalf("get = %q, %t, want 1", html, ok)
		}
	}
}

// TestRenderer_Hammer renders from many goroutines at once.
func TestRenderer_Hammer(t *testing.T) {
	r := New()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				body := fmt.Sprintf("<b>%d</b>", (g+i)%10)
				html, ok := r.HTML(&abi.Entry{Kind: abi.KindHTML, Body: body})
				if !ok || html != body {
					t.Errorf("HTML(%q) = %q, %t", body, html, ok)
				}
				md := fmt.Sprintf("*%d*", (g+i)%10)
				want := fmt.Sprintf("<p><em>%d</em></p>\n", (g+i)%10)
				if html, _ := r.HTML(&abi.Entry{Kind: abi.KindMarkdown, Body: md}); html != want {
					t.Errorf("HTML(%q) = %q, want %q", md, html, want)
				}
			}
		})
	}
	wg.Wait()
}
