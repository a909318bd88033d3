package files

import (
	"errors"
	"io"
)

// folder is where files are: on disk or in memory. Tests put failures between.
// Names of temporary files are made by the store.
type folder interface {
	// create makes a temporary file that is not there.
	create(temp string) (file, error)
	// publish gives a temporary file its name, in the place of one that has it.
	publish(temp string, r Ref) error
	// sync makes names durable.
	sync() error
	// open fails with an error that wraps fs.ErrNotExist if there is no such file.
	open(r Ref) (reader, error)
	// size fails as open does.
	size(r Ref) (int64, error)
	// drop and remove return nil if there is no such file.
	drop(temp string) error
	remove(r Ref) error
	// temps and refs say what there is, in no order.
	temps(each func(temp string) error) error
	refs(each func(r Ref) error) error
}

// file is what is written to.
type file interface {
	io.WriteCloser
	Sync() error
}

// reader is what is read from.
type reader interface {
	io.ReaderAt
	io.ReadSeekCloser
}

var (
	// ErrTooLarge: there is more than the limit.
	ErrTooLarge = errors.New("files: too large")
	// ErrType: the type is not allowed, or the content is of another one.
	ErrType = errors.New("files: wrong type")
	// ErrBusy: too much is brought at once. The same may work later.
	ErrBusy = errors.New("files: busy")
	// ErrNotFound: there is no such file, or not for this session.
	ErrNotFound = errors.New("files: not found")
	// ErrUnavailable: the disk failed, or is full.
	ErrUnavailable = errors.New("files: store unavailable")
)
