package abi

import (
	"encoding/json"
	"strconv"
	"strings"
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
		return wrongShape("", "must be written as %s", typ)
	case !strings.HasPrefix(typ, prefix):
		return wrongShape("", "must begin with %s, is %.60s", prefix, typ)
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
		b.out = AppendString(b.out, text)
		return nil
	}
}

// Files returns what is known of the entry's files; nil if it holds none.
func (e *Entry) Files() []File {
	if !e.Kind.HasFiles() {
		return nil
	}
	var files []File
	if json.Unmarshal([]byte(e.Body), &files) != nil {
		var one File
		if json.Unmarshal([]byte(e.Body), &one) != nil {
			return nil
		}
		files = []File{one}
	}
	for i := range min(len(files), len(e.Refs)) {
		files[i].Ref = e.Refs[i]
	}
	return files
}

func fileText(body string) string { return "File: " + oneFile(body) }

func voiceText(body string) string { return "Voice: " + oneFile(body) }

func oneFile(body string) string {
	var f File
	if json.Unmarshal([]byte(body), &f) != nil {
		return body
	}
	return f.line()
}

func filesText(body string) string {
	var files []File
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
func (f *File) line() string {
	return oneLine(f.Name, MaxFileName) + " (" + f.Type + ", " + byteCount(f.Size) + ")"
}

// byteCount writes a number of bytes as people read it, rounded down.
func byteCount(n int64) string {
	for _, u := range units {
		if n >= u.bytes && u.bytes > 1 {
			tenths := n / (u.bytes / 10)
			return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + " " +
				u.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}
