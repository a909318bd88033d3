package reload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Read reads one file whole, by the rules by which a [Watcher] reads: a file
// that changes meanwhile, a content that Options.Check refuses and a missing
// file are given a second chance after Options.Retry. What Options say about
// what is watched is ignored.
//
// # Errors
//
// Read returns the Err of the [Change], or the cause of ctx's end.
func Read(ctx context.Context, path string, o Options) (Change, error) {
	o.Files, o.Folders, o.Trees, o.Bundles = []string{path}, nil, nil, nil
	var got Change
	err := New(o).Load(ctx, func(_ context.Context, c Change) { got = c })
	if err == nil {
		err = got.Err
	}
	if err != nil {
		return Change{}, err
	}
	return got, nil
}

// kind is what reading a target came to.
type kind int

const (
	whole    kind = iota // a content
	bad                  // an error, perhaps with the content that is bad
	missing              // nothing there
	changing             // not to be had now: it changed while it was read
)

// sight is what was seen when a target was read.
type sight struct {
	kind kind
	data []byte
	// files are those that a bundle names.
	files []Named
	hash  [sha256.Size]byte
	err   error
}

// sightOf tells the kind of sight from an error.
func sightOf(err error) sight {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sight{kind: missing, err: err}
	case errors.Is(err, ErrChanging):
		return sight{kind: changing, err: err}
	}
	return sight{kind: bad, err: err}
}

// see reads the file of a survey. Check is not asked about a content that was
// reported already, whose hash is known.
func see(path string, s survey, known [sha256.Size]byte, o *Options) sight {
	if s.err != nil {
		return sightOf(s.err)
	}
	data, err := readFile(path, o.Limit)
	if err != nil {
		return sightOf(err)
	}
	got := sight{kind: whole, data: data, hash: sha256.Sum256(data)}
	if o.Check == nil || got.hash == known {
		return got
	}
	if err := o.Check(data); err != nil {
		return sight{kind: bad, hash: got.hash, err: fmt.Errorf("check %s: %w", path, err)}
	}
	return got
}

// readFile reads a regular file, at most limit bytes. It is [ErrChanging] if
// the path was written to, or came to mean another file, meanwhile.
func readFile(path string, limit int64) ([]byte, error) {
	// Before it is opened: a pipe to which nobody writes would be opened for ever.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: %w", path, ErrNotFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readOpen(f, path, limit)
}

// readOpen is readFile of a file that was opened by path.
func readOpen(f *os.File, path string, limit int64) ([]byte, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: %w", path, ErrNotFile)
	}
	if before.Size() > limit {
		return nil, fmt.Errorf("read %s: %d bytes, limit %d: %w",
			path, before.Size(), limit, ErrTooLarge)
	}
	data := make([]byte, before.Size())
	if _, err := io.ReadFull(f, data); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read %s: %w", path, ErrChanging) // it was cut
	} else if err != nil {
		return nil, err
	}
	after, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !unchanged(before, after) {
		return nil, fmt.Errorf("read %s: %w", path, ErrChanging)
	}
	return data, err
}
