// Package packed reads files that are part of the program, gzipped, if a target of
// make had brought them when it was built: Go alone builds a program without them.
package packed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// MaxBytes is how large a file may be when it is unpacked, in bytes.
const MaxBytes = 16 << 20

// File is such a file. It is safe for concurrent use.
type File struct {
	// FS has the file's folder, and at Path the file if it is there.
	FS   fs.FS
	Path string
	// What people call what is in it, and Target is what of make gets it.
	What, Target string
}

// MissingError is why nothing is read: the file was not there when the program was
// built. Those of one file are equal.
type MissingError struct{ What, Target string }

// Error implements error.
func (e MissingError) Error() string {
	return fmt.Sprintf("this program was built without %s: "+
		"run make %s in bothost's source, and build it again", e.What, e.Target)
}

// Missing returns the [MissingError] of the file, whether it is there or not.
func (f *File) Missing() error { return MissingError{f.What, f.Target} }

// There reports whether the file was there when the program was built.
func (f *File) There() bool {
	_, err := fs.Stat(f.FS, f.Path)
	return err == nil
}

// Packed returns the file as it is, gzipped.
//
// # Errors
//
// What [File.Missing] returns; an error of the file system.
func (f *File) Packed() ([]byte, error) {
	data, err := fs.ReadFile(f.FS, f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, f.Missing()
	}
	return data, err
}

// Unpacked returns what is in the file.
//
// # Errors
//
// Those of [File.Packed]; any other is a fault of what was built in: it is no gzip,
// cut off, or has more than [MaxBytes].
func (f *File) Unpacked() ([]byte, error) {
	data, err := f.Packed()
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(r, MaxBytes+1))
	}
	if err == nil && len(data) > MaxBytes {
		err = fmt.Errorf("has more than %d bytes", MaxBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("unpack %s (make -B %s): %w", f.Path, f.Target, err)
	}
	return data, nil
}
