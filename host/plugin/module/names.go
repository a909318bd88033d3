package module

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/bothost/bothost/host/internal/clip"
)

// maxFuncName is where the name of a function is cut for stack traces, in bytes.
const maxFuncName = 256

var errNames = errors.New("names that cannot be read")

// functionNames returns a name section with the names of the functions in body,
// which begins behind the section's own name. All else in it the host does not
// need; a fault in it is no reason to refuse a module, and would be one for the
// engine.
func functionNames(body []byte) ([]byte, error) {
	r := &reader{data: body}
	for r.more() {
		id := r.byte()
		subsection := r.bytes(r.u32())
		if r.err == nil && id == 1 {
			return copyNames(&reader{data: subsection})
		}
	}
	return nil, errNames
}

// copyNames copies a map of names, each cut to maxFuncName and without characters
// that could look like something else in a log.
func copyNames(r *reader) ([]byte, error) {
	n := r.count(most[sectionFunc])
	names := appendU32(nil, n)
	for range n {
		names = appendU32(names, r.u32())
		name := r.bytes(r.u32())
		if !utf8.Valid(name) {
			return nil, errNames
		}
		name = clip.Text(bytes.Map(printable, name), maxFuncName)
		names = append(appendU32(names, uint32(len(name))), name...)
	}
	if r.err != nil {
		return nil, r.err
	}
	section := append(appendU32(nil, uint32(len(nameSection))), nameSection...)
	section = append(section, 1)
	section = appendU32(section, uint32(len(names)))
	return append(section, names...), nil
}

func printable(c rune) rune {
	if strconv.IsPrint(c) {
		return c
	}
	return utf8.RuneError
}

// Shown returns a name of a module as errors show it: what cannot be printed is
// escaped, since it is a stranger's and goes to terminals.
func Shown(name string) string {
	const longest = 128
	if len(name) > longest {
		return Shown(string(clip.Text([]byte(name), longest))) + "..."
	}
	for _, c := range name {
		if !strconv.IsPrint(c) {
			return strconv.Quote(name)
		}
	}
	return name
}
