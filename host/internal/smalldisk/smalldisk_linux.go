// Package smalldisk gives tests a disk that really gets full.
package smalldisk

import (
	"syscall"
	"testing"
)

// Mount returns a folder on a disk of its own, which goes with the test. options are
// those of tmpfs, such as size=1m. Where mounting is not permitted the test is
// skipped.
func Mount(tb testing.TB, options string) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		tb.Skipf("mounting is not permitted here, so no disk can be filled: %v", err)
	}
	tb.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			tb.Errorf("unmount: %v", err)
		}
	})
	return dir
}
