package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bothost/bothost/host/internal/smalldisk"
)

func TestFullDisk(t *testing.T) {
	s := openTest(t, Options{Dir: filepath.Join(smalldisk.Mount(t, "size=1m"), "files")})
	first := random(700<<10, 1)
	kept(t, s, first)
	for range 3 {
		_, err := s.Put(t.Context(), strings.NewReader(random(700<<10, 2)), PutOptions{})
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("Put(full) = %v, want ErrUnavailable for want of space", err)
		}
		wantFiles(t, s, first)
	}
	put(t, s, random(200<<10, 2)).Release() // there is room for a smaller one
	if err := s.Remove(refOf(first)); err != nil {
		t.Fatal(err)
	}
	put(t, s, random(700<<10, 2)).Keep()
	wantFiles(t, s, random(700<<10, 2))
}

// TestFullDisk_names: there is space for bytes, and none for files.
func TestFullDisk_names(t *testing.T) {
	dir := smalldisk.Mount(t, "size=1m,nr_inodes=6") // the root, files, sha256, tmp: two are left
	s := openTest(t, Options{Dir: filepath.Join(dir, "files")})
	a, b := put(t, s, "a"), put(t, s, "b")
	if _, err := s.Put(t.Context(), strings.NewReader("c"), PutOptions{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Put(full) = %v, want no space", err)
	}
	wantFiles(t, s, "a", "b")
	a.Release()
	put(t, s, "c").Release()
	b.Release()
	wantFiles(t, s)
	wantIdle(t, s)
}

// TestReadOnlyDisk: what cannot be written is told, and what is there is read.
func TestReadOnlyDisk(t *testing.T) {
	dir := smalldisk.Mount(t, "size=1m")
	s := openTest(t, Options{Dir: dir})
	r := kept(t, s, "a")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader("b"), PutOptions{}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Put(read-only) = %v, want ErrUnavailable", err)
	}
	wantContent(t, s, r, "a")
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); !errors.Is(err, syscall.EROFS) {
		t.Errorf("the disk takes files: %v", err)
	}
}
