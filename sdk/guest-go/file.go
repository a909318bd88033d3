package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
)

// File is what is known of a file without its content.
type File struct {
	// Name is for people: it is no path.
	Name string
	// Type is a MIME type such as text/plain.
	Type string
	// Size is in bytes.
	Size int64
}

// Files returns the files that came with the event, in [OnFile] and [OnVoice] and
// where a transition took them; none in events of other kinds.
func (*Session) Files() []File {
	doc, ok := Event{}.Get("files")
	if !ok {
		return nil
	}
	var files []File
	jsontext.Array(doc, func(element string) {
		var f File
		jsontext.Object(element, f.set)
		files = append(files, f)
	})
	return files
}

// HasFiles reports whether files came with the event.
func (*Session) HasFiles() bool {
	_, ok := Event{}.Get("files.0")
	return ok
}

// set reads the field called name.
func (f *File) set(name, value string) {
	switch name {
	case "name":
		f.Name = jsontext.Text(value)
	case "type":
		f.Type = jsontext.Text(value)
	case "size":
		f.Size, _ = strconv.ParseInt(value, 10, 64)
	}
}
