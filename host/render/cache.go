package render

import (
	"sync"

	"github.com/bothost/bothost/abi"
)

// cacheBytes is how much of what was rendered is kept, with its sources. To look
// something up takes a thousandth of the time that it takes to render it, and an
// entry leaves once for every connection of its session, and with every history.
const cacheBytes = 8 << 20

// cache keeps what was rendered last. When the young half is full it becomes the
// old one, and what was in the old one and not asked for is forgotten.
type cache struct {
	mu sync.Mutex
	// guards the following
	young, old map[source]string
	bytes      int
}

// source is what HTML is made of.
type source struct {
	kind abi.Kind
	body string
}

func (c *cache) get(key source) (html string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if html, ok = c.young[key]; ok {
		return html, true
	}
	if html, ok = c.old[key]; ok {
		c.putLocked(key, html)
	}
	return html, ok
}

func (c *cache) put(key source, html string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.putLocked(key, html)
}

func (c *cache) putLocked(key source, html string) {
	if _, ok := c.young[key]; ok {
		return
	}
	size := len(key.body) + len(html)
	if size > cacheBytes/4 {
		return // it would take the place of all others
	}
	if c.young == nil || c.bytes+size > cacheBytes/2 {
		c.young, c.old, c.bytes = map[source]string{}, c.young, 0
	}
	c.young[key] = html
	c.bytes += size
}
