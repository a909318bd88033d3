package reload

import (
	"crypto/sha256"
	"errors"
)

var (
	// ErrTooLarge is the cause of a [Change] whose file is over Options.Limit.
	ErrTooLarge = errors.New("reload: file too large")
	// ErrNotFile is the cause of a [Change] whose path is a folder, a device or
	// the like where a file is wanted.
	ErrNotFile = errors.New("reload: not a regular file")
	// ErrNotFolder is the cause of a [Change] whose path is no folder where one
	// is wanted.
	ErrNotFolder = errors.New("reload: not a folder")
	// ErrChanging is the cause of a [Change] whose file has not stood still for
	// half a minute.
	ErrChanging = errors.New("reload: file keeps changing")
	// ErrRunning is returned by a [Watcher] that already runs.
	ErrRunning = errors.New("reload: watcher is already running")
)

// Change says what a path now has: a content, an error, or nothing.
//
// # Errors
//
// Err is [ErrTooLarge], [ErrNotFile], [ErrNotFolder], [ErrChanging], the error of
// Options.Check, an error of the file system, or one that is fs.ErrNotExist where a path has
// been missing from the start. All can be told apart with errors.Is. A content
// reported before such an error is not withdrawn by it.
type Change struct {
	// Path is the path from Options, for a file in a folder with the file's
	// name joined to it.
	Path string
	// Data is the whole content. It is nil for a tree, with Removed and with
	// Err. It belongs to the receiver.
	Data []byte
	// Files are those that a bundle names, in that order.
	Files []Named
	// Hash is the SHA-256 of the content; of a tree or a bundle, that of the names and
	// contents in it. With Err it is zero unless the content itself is bad.
	Hash [sha256.Size]byte
	// Removed says that the path, reported before, has been missing for
	// Options.Grace.
	Removed bool
	// Err says why the path has no content that can be used.
	Err error
}
