package abi

import (
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rules of files.
const (
	// MaxFileName and MaxFileType are in bytes.
	MaxFileName = 128
	MaxFileType = 127
)

// File is what is known of a file without its content.
type File struct {
	// Name is for people: it is no path.
	Name string `json:"name"`
	// Type is a MIME type such as text/plain, without parameters.
	Type string `json:"type"`
	// Size is in bytes.
	Size int64 `json:"size"`
	// Ref says where the content is. Only the host knows it: no guest and no client
	// does.
	Ref string `json:"-"`
}

// CheckFileName says which rule the name of a file breaks.
func CheckFileName(name string) error {
	switch {
	case name == "":
		return errors.New("must not be empty")
	case len(name) > MaxFileName:
		return fmt.Errorf("must have at most %d bytes, has %d", MaxFileName, len(name))
	case !utf8.ValidString(name):
		return ErrNotUTF8
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

// Kind returns the kind of the reply that holds the file alone.
func (f *File) Kind() Kind {
	switch major, _, _ := strings.Cut(f.Type, "/"); major {
	case "image":
		return KindImage
	case "audio":
		return KindAudio
	}
	return KindFile
}

// Body returns the body of an entry that holds the file alone.
func (f *File) Body() string { return string(f.appendJSON(nil)) }

// FilesBody returns the body of an entry of the kind [KindFiles].
func FilesBody(files []File) string { return string(appendFiles(nil, files)) }

func (f *File) appendJSON(b []byte) []byte {
	b = append(b, `{"name":`...)
	b = AppendString(b, f.Name)
	b = append(b, `,"type":`...)
	b = AppendString(b, f.Type)
	b = append(b, `,"size":`...)
	b = strconv.AppendInt(b, f.Size, 10)
	return append(b, '}')
}

func appendFiles(b []byte, files []File) []byte {
	b = append(b, '[')
	for i := range files {
		if i > 0 {
			b = append(b, ',')
		}
		b = files[i].appendJSON(b)
	}
	return append(b, ']')
}

// Refs returns where the contents of files are; nil if there are none.
func Refs(files []File) []string {
	if len(files) == 0 {
		return nil
	}
	refs := make([]string, len(files))
	for i := range files {
		refs[i] = files[i].Ref
	}
	return refs
}
