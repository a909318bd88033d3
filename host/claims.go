package host

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bothost/bothost/host/reload"
)

// claims say which file each bot is served from. Several folders may hold a file of
// one name: the first that could be served is the bot's until it is removed, and the
// others wait for that. They belong to the goroutine that loads.
type claims struct {
	owners map[string]string
	// waiting are the newest contents of the others, by the names of bots and paths.
	waiting map[string]map[string]reload.Change
}

func newClaims() *claims {
	return &claims{
		owners: make(map[string]string), waiting: make(map[string]map[string]reload.Change),
	}
}

// second reports whether a bot is served from another file than path.
func (c *claims) second(name, path string) bool {
	owner, ok := c.owners[name]
	return ok && owner != path
}

// claim says that a bot is served from path now.
func (c *claims) claim(name, path string) {
	c.owners[name] = path
	c.forget(name, path)
}

// wait keeps what a second file holds, and returns why it is not served. One that is
// removed, or that holds nothing good, does not wait.
func (c *claims) wait(name string, change reload.Change) error {
	if change.Removed || change.Err != nil {
		c.forget(name, change.Path)
		return change.Err
	}
	if c.waiting[name] == nil {
		c.waiting[name] = make(map[string]reload.Change)
	}
	c.waiting[name][change.Path] = change
	return fmt.Errorf("two files hold a bot called %s: %s is served, and %s is not "+
		"until that is removed", name, c.owners[name], change.Path)
}

func (c *claims) forget(name, path string) {
	if delete(c.waiting[name], path); len(c.waiting[name]) == 0 {
		delete(c.waiting, name)
	}
}

// release says that the file of a bot is removed, and returns those that waited for
// it, in the order of their paths.
func (c *claims) release(name string) (heirs []reload.Change) {
	delete(c.owners, name)
	waiting := c.waiting[name]
	for _, path := range slices.Sorted(maps.Keys(waiting)) {
		heirs = append(heirs, waiting[path])
	}
	return heirs
}
