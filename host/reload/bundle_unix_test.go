//go:build unix

package reload

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestBundle_pipe: a bundle that names what is no file is bad, and holds up nothing: a
// pipe that nobody writes to would be opened for ever.
func TestBundle_pipe(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "list"), filepath.Join(dir, "other")
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	write(t, path, "pipe")
	write(t, other, "1.")
	r := start(t, Options{
		Bundles: []Bundle{{Path: path, Names: namesIn(dir)}}, Files: []string{other},
		Retry: 50 * time.Millisecond,
	})
	r.want(other, "1.")
	r.wantErr(path, ErrNotFile)
}
