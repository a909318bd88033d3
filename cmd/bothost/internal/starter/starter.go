package starter

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// files has a folder for each language, and common.
//
//go:embed all:files
var files embed.FS

// ErrNotEmpty is why no bot is made in a folder: something is there.
var ErrNotEmpty = errors.New("the folder is there already, and not empty")

// Bot says what is to be made.
type Bot struct {
	// Dir is the folder, which must be empty if it is there. The last part of its
	// absolute path is the bot's name.
	Dir string
	// Language is its name in the package toolchain, Title what people call it.
	Language, Title string
	// Version is that of the Go module of the SDK, such as v1.2.3. If empty, the SDK
	// for Go is written beside the bot.
	Version string
}

// Make writes the folder, whole or not at all.
//
// # Errors
//
// [ErrNotEmpty]; what [CheckName] says; an error of the file system.
func Make(b Bot) (err error) {
	l := named(b.Language)
	if l == nil {
		return fmt.Errorf("there is no starter for %q", b.Language)
	}
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return err
	}
	name := filepath.Base(dir)
	if err := CheckName(name); err != nil {
		return err
	}
	if err := mustBeEmpty(dir); err != nil {
		return fmt.Errorf("%s: %w", b.Dir, err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	next, err := os.MkdirTemp(filepath.Dir(dir), ".bothost-new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(next))
		}
	}()
	all, err := b.contents(l, name)
	if err != nil {
		return err
	}
	if err := all.write(next); err != nil {
		return err
	}
	return put(next, dir)
}

// mustBeEmpty wants a folder that is empty, or nothing.
func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) > 0:
		return ErrNotEmpty
	}
	return nil
}

// put gives the folder its name. One that is there is kept, since somebody may stand
// in it, and filled.
func put(next, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Chmod(next, 0o755); err != nil {
			return err
		}
		return os.Rename(next, dir)
	}
	entries, err := os.ReadDir(next)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(next, e.Name()),
			filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return os.Remove(next)
}
