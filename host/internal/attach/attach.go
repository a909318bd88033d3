// Package attach is how platforms speak of the files of entries: where they are
// over HTTP, and what can be wrong with those of an event.
package attach

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/bothost/bothost/abi"
)

// MaxFiles is how many files an event has at most.
const MaxFiles = 16

// Folder returns where the files of a session are, as a path of the host's: they
// are brought there, and what entries have is below it.
func Folder(bot, session string) string {
	return "/bots/" + url.PathEscape(bot) + "/sessions/" + url.PathEscape(session) + "/files"
}

// Files returns what an entry's files are called, in order; nil if it has none.
func Files(e *abi.Entry) []abi.File {
	var files []abi.File
	switch e.Kind {
	case "files":
		if json.Unmarshal([]byte(e.Body), &files) != nil {
			return nil
		}
	case "file", "image", "audio", "voice":
		files = make([]abi.File, 1)
		if json.Unmarshal([]byte(e.Body), &files[0]) != nil {
			return nil
		}
	}
	return files
}

// Append appends the field files of an entry, with a comma before it: what its files
// are called, and where they are. It appends nothing if there are none.
func Append(b []byte, e *abi.Entry, folder string) []byte {
	files := Files(e)
	if len(files) == 0 {
		return b
	}
	b = append(b, `,"files":[`...)
	for i := range files {
		if i > 0 {
			b = append(b, ',')
		}
		f := &files[i]
		b = abi.AppendString(append(b, `{"name":`...), f.Name)
		b = abi.AppendString(append(b, `,"type":`...), f.Type)
		b = strconv.AppendInt(append(b, `,"size":`...), f.Size, 10)
		b = append(b, `,"url":`...)
		b = append(abi.AppendString(b, URL(folder, e.Seq, i)), '}')
	}
	return append(b, ']')
}

// URL returns where one file of an entry is, as a path of the host's.
func URL(folder string, seq uint64, index int) string {
	return folder + "/" + strconv.FormatUint(seq, 10) + "/" + strconv.Itoa(index)
}

// What can be wrong with files. Whoever keeps them returns these, maybe wrapped; all
// other errors mean that the store failed.
var (
	// ErrUnknown: there is no such upload, not any more, or it is another session's.
	ErrUnknown = errors.New("attach: unknown upload")
	// ErrTooMany: as many files of the session wait for their event as may.
	ErrTooMany = errors.New("attach: too many uploads")
	// ErrBusy: too much is brought at once. The same may work later.
	ErrBusy = errors.New("attach: busy")
	// ErrTooLarge: the file is larger than files may be.
	ErrTooLarge = errors.New("attach: too large")
	// ErrType: the content is not of the type that it is said to be of.
	ErrType = errors.New("attach: wrong type")
)

// Fault is why files are not taken. Code is 0 if they are.
type Fault struct {
	Code abi.Code
	// Text is for users; if empty, the code's.
	Text string
}

// FaultOf says what an error means to whoever sent files.
func FaultOf(err error) Fault {
	switch {
	case errors.Is(err, ErrUnknown):
		return Fault{Code: abi.CodeUnknownUpload}
	case errors.Is(err, ErrTooMany):
		return Fault{Code: abi.CodeTooManyUploads}
	case errors.Is(err, ErrBusy):
		return Fault{Code: abi.CodeBusy}
	case errors.Is(err, ErrTooLarge):
		return Fault{abi.CodeTooLarge, "This file is larger than files may be here."}
	case errors.Is(err, ErrType):
		return Fault{abi.CodeBadValue, "The content of this file is not of the type that it should have."}
	}
	return Fault{Code: abi.CodeStoreUnavailable}
}

// Check holds the files of an event to the rules: how many, how much they are
// together at most, and that what is said is sound.
func Check(kind abi.EventKind, files []abi.File, most int64) Fault {
	var total int64
	for i := range files {
		total += files[i].Size
	}
	switch {
	case len(files) > MaxFiles:
		return TooManyFiles()
	case total > most:
		return Fault{abi.CodeTooLarge, "The files of a message have at most " + Size(most) + " together."}
	case kind == abi.EventVoice && !IsSound(files[0].Type):
		return Fault{abi.CodeBadValue, "A voice message must be a sound."}
	}
	return Fault{}
}

// TooManyFiles is the fault of an event with too many files.
func TooManyFiles() Fault {
	return Fault{abi.CodeTooManyFiles, fmt.Sprintf("A message has at most %d files.", MaxFiles)}
}

// IsSound reports whether a MIME type is one of sounds. Browsers record sound in
// containers that they call video.
func IsSound(typ string) bool {
	const sound = "audio/"
	switch typ {
	case "application/ogg", "video/webm", "video/mp4", "video/ogg":
		return true
	}
	return len(typ) > len(sound) && typ[:len(sound)] == sound
}

// Size writes an amount of bytes for people.
func Size(n int64) string {
	const kib, mib = 1 << 10, 1 << 20
	switch {
	case n < kib:
		return strconv.FormatInt(n, 10) + " B"
	case n < mib:
		return strconv.FormatFloat(float64(n*10/kib)/10, 'f', -1, 64) + " KiB"
	}
	return strconv.FormatFloat(float64(n*10/mib)/10, 'f', -1, 64) + " MiB"
}
