package abi

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
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
	b = jsontext.AppendString(b, f.Name)
	b = append(b, `,"type":`...)
	b = jsontext.AppendString(b, f.Type)
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
