package pebble

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrLocked: another store has the folder open.
var ErrLocked = errors.New("pebble: the folder is in use")

// ownerFile says which process has the folder. It only makes a message clearer;
// the lock is pebble's, and the system's.
const ownerFile = "OWNER"

// lockFolder makes the folder if it is not there, and locks it.
func lockFolder(fs vfs.FS, dir string) (*pebble.Lock, error) {
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := pebble.LockDirectory(dir, fs)
	if err != nil {
		return nil, fmt.Errorf("%w: %s%s: %v", ErrLocked, dir, owner(fs, dir), err)
	}
	// Without this file the folder can be used as well.
	_ = writeFile(fs, fs.PathJoin(dir, ownerFile), strconv.Itoa(os.Getpid())+"\n")
	return lock, nil
}

// owner says who has the folder, as far as that is known.
func owner(fs vfs.FS, dir string) string {
	file, err := fs.Open(fs.PathJoin(dir, ownerFile))
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, 32))
	pid, err2 := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || err2 != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

func writeFile(fs vfs.FS, name, text string) error {
	file, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write([]byte(text))
	return errors.Join(err, file.Sync(), file.Close())
}
