package files

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxName bounds names, in bytes.
	maxName = 128
	// maxExtension is how much of a name's end is kept when it is too long.
	maxExtension = 16
	// blanks are letters and symbols that nobody sees.
	blanks = "\u115f\u1160\u2800\u3164\uffa0"
	// noName is what a file is called that has no name.
	noName = "file"
)

// CleanName returns a name for people, for a file that somebody else gave a name
// to: what is before the last slash or backslash is not part of it, and no
// character in it is invisible, turns the direction of text, or means something to
// a shell of any system or to HTML. It is UTF-8, at most 128 bytes long, and never
// empty. A name that is clean stays as it is.
func CleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsSpace(r):
			r = ' '
			if n := b.Len(); n == 0 || b.String()[n-1] == ' ' {
				continue
			}
		case r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune(blanks, r):
			continue
		case strings.ContainsRune(`<>:"|?*`+"`", r):
			r = '_'
		}
		b.WriteRune(r)
	}
	name = trimName(b.String())
	if len(name) > maxName {
		name = shorten(name)
	}
	if name == "" {
		return noName
	}
	if isDevice(name) {
		name = "_" + name
	}
	return name
}

// trimName takes away what hides a file, or what Windows does.
func trimName(name string) string {
	return strings.TrimRight(strings.TrimLeft(name, " .~-"), " .")
}

// shorten cuts a name, but leaves its extension. One byte is left for the name of
// a device.
func shorten(name string) string {
	ext := ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= maxExtension {
		ext = name[dot:]
	}
	stem := name[:maxName-1-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return trimName(stem) + ext
}

// isDevice reports whether Windows takes a name to be that of a device.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	digits, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		digits, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && strings.Contains("0123456789¹²³", digits) && utf8.RuneCountInString(digits) == 1
}
