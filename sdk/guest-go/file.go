package guest

import (
	"errors"
	"io"
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// File is a file of the event. Its content is the host's: what is not read does
// not come here.
type File struct {
	// Name is for people: it is no path.
	Name string
	// Type is a MIME type such as text/plain.
	Type string
	// Size is in bytes.
	Size int64

	// index is its place among the event's files.
	index int
}

var (
	errFileGone   = errors.New("the event of this turn has no such file")
	errFileOffset = errors.New("the offset is below 0")
)

// ReadAt implements [io.ReaderAt]. It works in the turn whose event has the file.
func (f File) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errFileOffset
	}
	n = wire.FileRead(f.index, offset, p)
	switch {
	case n == wire.Absent:
		return 0, errFileGone
	case n < len(p):
		return n, io.EOF
	}
	return n, nil
}

// Open returns a reader of the file, from its beginning on, that can also seek. It
// need not be closed.
func (f File) Open() *io.SectionReader { return io.NewSectionReader(f, 0, f.Size) }

// Content reads the whole file into memory, of which a bot has 64 MiB unless the
// operator chose another limit.
func (f File) Content() ([]byte, error) {
	content := make([]byte, f.Size)
	if _, err := f.ReadAt(content, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return content, nil
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
		f := File{index: len(files)}
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
