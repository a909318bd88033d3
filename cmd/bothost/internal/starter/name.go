package starter

import (
	"fmt"
	"regexp"
)

// maxName is the length of the longest name, in bytes.
const maxName = 64

// The name becomes that of a Go module, a crate, a package of npm, and a part of
// URLs: this is good everywhere.
var goodName = regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`)

// CheckName says what is wrong with the name of a new bot.
func CheckName(name string) error {
	if len(name) > maxName {
		return fmt.Errorf("the name of a bot has at most %d characters, this one has %d",
			maxName, len(name))
	}
	if !goodName.MatchString(name) {
		return fmt.Errorf("%q is no name for a bot: it begins with a small letter and consists of small letters "+
			"and digits, with - or _ between them", name)
	}
	return nil
}
