package bodies

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"unicode"

	"github.com/bothost/bothost/abi/jsontext"
)

// Rules of files.
const (
	// MaxFileName and MaxFileType are in bytes.
	MaxFileName = 128
	MaxFileType = 127
)

// maxFiles bounds the files of one entry, whatever the operator's limit is.
const maxFiles = 1 << 16

// maxFileSize is the largest size that a body may name; all programs read it.
const maxFileSize = 1<<53 - 1

// fileOf is a file whose type begins so. Of what a kind says of it, nothing is
// checked here but what any client could be led astray with.
func fileOf(prefix string) rule {
	return object(
		field{name: "name", rule: checked(CheckFileName)},
		field{name: "type",
			rule: checked(func(text string) error { return checkFileType(text, prefix) })},
		field{name: "size", rule: wholeIn(0, maxFileSize)})
}

// checkFileType takes a type in the one form in which it is kept.
func checkFileType(text, prefix string) error {
	typ, err := ParseFileType(text)
	switch {
	case err != nil:
		return err
	case typ != text:
		return fmt.Errorf("must be written as %s", typ)
	case !strings.HasPrefix(typ, prefix):
		return fmt.Errorf("must begin with %s, is %.60s", prefix, typ)
	}
	return nil
}

// checked is a string that breaks no rule of check.
func checked(check func(text string) error) rule {
	return func(b *bodyReader) error {
		text, err := b.str()
		if err != nil {
			return err
		}
		if err := check(string(text)); err != nil {
			return b.fail("%v", err)
		}
		b.out = jsontext.AppendString(b.out, text)
		return nil
	}
}

// CheckFileName says which rule the name of a file breaks, which is valid UTF-8.
func CheckFileName(name string) error {
	switch {
	case name == "":
		return errors.New("must not be empty")
	case len(name) > MaxFileName:
		return fmt.Errorf("must have at most %d bytes, has %d", MaxFileName, len(name))
	case name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		return fmt.Errorf("must be a name without a path, is %.40q", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("must not have control characters")
	}
	return nil
}

// ParseFileType reads a MIME type, and returns it in lower case and without
// parameters.
//
// # Errors
//
// It is none. The error does not show more of it than people read.
func ParseFileType(text string) (string, error) {
	typ, _, err := mime.ParseMediaType(text)
	major, minor, ok := strings.Cut(typ, "/")
	switch {
	case err != nil || !ok || !isTypeName(major) || !isTypeName(minor):
		return "", fmt.Errorf("must be a MIME type such as text/plain, is %.60q", text)
	case len(typ) > MaxFileType:
		return "", fmt.Errorf("must have at most %d bytes, has %d", MaxFileType, len(typ))
	}
	return typ, nil
}

// isTypeName reports whether text is a part of a MIME type (RFC 6838).
func isTypeName(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && !isDigit(c) && strings.IndexByte("!#$&-^_.+", c) < 0 {
			return false
		}
	}
	return text != ""
}

// file is what a body says of one.
type file struct {
	Name, Type string
	Size       int64
}

func fileText(body string) string { return "File: " + oneFile(body) }

func voiceText(body string) string { return "Voice: " + oneFile(body) }

func oneFile(body string) string {
	var f file
	if json.Unmarshal([]byte(body), &f) != nil {
		return body
	}
	return f.line()
}

func filesText(body string) string {
	var files []file
	if json.Unmarshal([]byte(body), &files) != nil {
		return body
	}
	lines := make([]string, len(files))
	for i := range files {
		lines[i] = "File: " + files[i].line()
	}
	return strings.Join(lines, "\n")
}

// line describes the file to people.
func (f *file) line() string {
	return oneLine(f.Name, MaxFileName) + " (" + f.Type + ", " + byteCount(f.Size) + ")"
}

// units are those that sizes are shown in, largest first.
var units = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// byteCount writes a number of bytes as people read it, rounded down.
func byteCount(n int64) string {
	for _, u := range units {
		if n >= u.bytes {
			tenths := n % u.bytes * 10 / u.bytes
			return strconv.FormatInt(n/u.bytes, 10) + "." + strconv.FormatInt(tenths, 10) + " " +
				u.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}
