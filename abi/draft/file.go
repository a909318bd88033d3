package draft

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// Staged is the content of a reply that is a file. It is in memory until the turn
// is committed.
type Staged struct {
	// Entry is the place of the reply among [Draft.Entries].
	Entry int
	Data  []byte
}

// Room is what several turns have for the contents of replies.
type Room interface {
	// Take takes some bytes, and reports whether they were there.
	Take(bytes int64) bool
	// Give gives back what was taken.
	Give(bytes int64)
}

// ErrRoom is wrapped by errors of [Draft.ReplyFile]: the turns together have no room
// for the file. This one may have it later.
var ErrRoom = errors.New("there is no room for it among the files that turns reply with")

// Files returns the contents of the replies that are files, in their order. The
// slice is valid until DropFiles, or the next Begin.
func (d *Draft) Files() []Staged { return d.files }

// Refer says where the content of file i is kept now.
func (d *Draft) Refer(i int, ref string) {
	d.entries[d.files[i].Entry].Refs = []string{ref}
}

// DropFiles lets go of the contents of files: they take more memory than all else.
func (d *Draft) DropFiles() { d.dropFiles(0) }

// dropFiles lets go of the contents of files, but for the first ones.
func (d *Draft) dropFiles(keep int) {
	if len(d.files) <= keep {
		return
	}
	bytes := int64(0)
	for i := range d.files[keep:] {
		bytes += int64(len(d.files[keep+i].Data))
	}
	clear(d.files[keep:])
	d.files = d.files[:keep]
	if d.base.Room != nil {
		d.base.Room.Give(bytes)
	}
}

// ReplyFile implements [abi.Host].
func (d *Draft) ReplyFile(name, mime, data []byte) error {
	bad := func(argument string, err error) error {
		return &abi.ArgumentError{Function: abi.FuncReplyFile, Argument: argument, Err: err}
	}
	f := abi.File{Name: string(name), Size: int64(len(data))}
	if err := checkFileName(name); err != nil {
		return bad("name", err)
	}
	var err error
	if f.Type, err = bodies.ParseFileType(string(mime)); err != nil {
		return bad("mime", err)
	}
	if err := d.checkFileSize(f.Size); err != nil {
		return bad("data", err)
	}
	body := f.Body()
	if err := d.checkReply(len(body)); err != nil {
		return bad("", err)
	}
	if d.base.Room != nil && !d.base.Room.Take(f.Size) {
		return bad("data", ErrRoom)
	}
	d.ReplyEnd()
	d.fileBytes += f.Size
	d.files = append(d.files, Staged{Entry: len(d.entries), Data: slices.Clone(data)})
	d.addReply(f.Kind(), body, len(body))
	return nil
}

func checkFileName(name []byte) error {
	if !utf8.Valid(name) {
		return abi.ErrNotUTF8
	}
	return bodies.CheckFileName(string(name))
}

// checkFileSize checks the size of one more file.
func (d *Draft) checkFileSize(size int64) error {
	switch {
	case size > d.limits.FileBytes:
		return fmt.Errorf("a file has at most %d bytes, this one has %d", d.limits.FileBytes, size)
	case d.fileBytes+size > d.limits.EventFileBytes:
		return fmt.Errorf("files of more than %d bytes in a turn", d.limits.EventFileBytes)
	}
	return nil
}

// ReadFile implements [abi.Host].
func (d *Draft) ReadFile(index int, offset int64, dst []byte) (n int, ok bool, err error) {
	bad := func(argument string, err error) error {
		return &abi.ArgumentError{Function: abi.FuncFileRead, Argument: argument, Err: err}
	}
	if index < 0 || index >= len(d.event.Files) {
		return 0, false, nil
	}
	if offset < 0 {
		return 0, false, bad("offset", fmt.Errorf("must not be below 0, is %d", offset))
	}
	f := &d.event.Files[index]
	if offset >= f.Size || len(dst) == 0 {
		return 0, true, nil
	}
	if d.base.ReadFile == nil {
		return 0, false, bad("", errors.New("files cannot be read here"))
	}
	dst = dst[:min(int64(len(dst)), f.Size-offset)]
	n, err = d.base.ReadFile(f.Ref, dst, offset)
	switch {
	case n == len(dst):
		return n, true, nil
	case err == nil || errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF // it was longer
	}
	return 0, false, bad("", err)
}
