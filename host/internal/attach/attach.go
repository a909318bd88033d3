package attach

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// Folder returns where the files of a session are, as a path of the host's: they
// are brought there, and what entries have is below it.
func Folder(bot, session string) string {
	return "/bots/" + url.PathEscape(bot) + "/sessions/" + url.PathEscape(session) + "/files"
}

// Append appends the field files of an entry, with a comma before it: what its files
// are called, and where they are. It appends nothing if there are none.
func Append(b []byte, e *abi.Entry, folder string) []byte {
	files := e.Files()
	if len(files) == 0 {
		return b
	}
	b = append(b, `,"files":[`...)
	for i := range files {
		if i > 0 {
			b = append(b, ',')
		}
		f := &files[i]
		b = jsontext.AppendString(append(b, `{"name":`...), f.Name)
		b = jsontext.AppendString(append(b, `,"type":`...), f.Type)
		b = strconv.AppendInt(append(b, `,"size":`...), f.Size, 10)
		b = append(b, `,"url":`...)
		b = append(jsontext.AppendString(b, URL(folder, e.Seq, i)), '}')
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
		return Fault{abi.CodeBadValue,
			"The content of this file is not of the type that it should have."}
	}
	return Fault{Code: abi.CodeStoreUnavailable}
}

// Check holds the files of an event to the limits: how many, and how much they are
// together. A sound must be one; its type becomes that of a sound.
func Check(kind abi.EventKind, files []abi.File, l *abi.Limits) Fault {
	var total int64
	for i := range files {
		total += files[i].Size
	}
	switch {
	case total > l.EventFileBytes:
		text := "The files of a message have at most " + Size(l.EventFileBytes) + " together."
		return Fault{abi.CodeTooLarge, text}
	case kind == abi.EventVoice:
		return checkSound(&files[0])
	}
	return CheckCount(len(files), l)
}

// CheckCount holds how many files an event has to the limit.
func CheckCount(n int, l *abi.Limits) Fault {
	if int64(n) > l.EventFiles {
		return Fault{abi.CodeTooManyFiles,
			fmt.Sprintf("A message has at most %d files.", l.EventFiles)}
	}
	return Fault{}
}

// containers are types that sound comes in, if nobody says that it is sound.
var containers = map[string]string{
	"application/ogg": "audio/ogg", "video/ogg": "audio/ogg", "video/webm": "audio/webm",
	"video/mp4": "audio/mp4",
}

func checkSound(f *abi.File) Fault {
	if sound := containers[f.Type]; sound != "" {
		f.Type = sound
	}
	if f.Kind() != abi.KindAudio {
		return Fault{abi.CodeBadValue, "A voice message must be a sound."}
	}
	return Fault{}
}

// About writes an amount of bytes for people, rounded.
func About(n int64) string {
	const kib, mib = 1 << 10, 1 << 20
	switch {
	case n < kib:
		return strconv.FormatInt(n, 10) + " B"
	case n < mib:
		return fmt.Sprintf("%.1f KiB", float64(n)/kib)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/mib)
}

// Size writes an amount of bytes for people, exactly.
func Size(n int64) string {
	for _, u := range []struct {
		name  string
		bytes int64
	}{{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"MB", 1e6}, {"kB", 1000}} {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
