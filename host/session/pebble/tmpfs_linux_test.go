package pebble_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bothost/bothost/host/internal/smalldisk"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// fill takes all the space of a disk but so many bytes.
func fill(t *testing.T, dir string, left int64) (ballast string) {
	t.Helper()
	ballast = filepath.Join(dir, "ballast")
	file, err := os.OpenFile(ballast, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 64<<10); err == nil; {
		_, err = file.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err == nil && left > 0 {
		err = file.Truncate(info.Size() - left)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return ballast
}

func TestFullDisk(t *testing.T) {
	dir := smalldisk.Mount(t, "size=96m")
	opts := pebble.Options{Dir: filepath.Join(dir, "data"), Entries: 16, Reserve: -1}
	s := open(t, opts)
	l := newLoad(t, s, 8, 4<<10)
	for range 2 {
		l.progress(t)
		var ballast string
		l.until(t, "the store fails", func() bool {
			ballast = fill(t, dir, 0) // again: the store itself frees some
			return pebble.Serves(s) != nil
		})
		if err := pebble.Serves(s); !strings.Contains(err.Error(), "no space") {
			t.Errorf("the full store says %v, want no space", err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		l.until(t, "the store serves", func() bool { return pebble.Serves(s) == nil })
	}
	l.progress(t)
	l.end(t)
	l.check(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l.check(t, open(t, opts))
}

// TestFullDisk_reserve refuses commits before the disk is full, and nothing else.
func TestFullDisk_reserve(t *testing.T) {
	dir := smalldisk.Mount(t, "size=96m")
	s := open(t, pebble.Options{Dir: filepath.Join(dir, "data"), Reserve: 8 << 20})
	head := commitTurns(t, s, "a", 10)
	ballast := fill(t, dir, 4<<20)
	pebble.CheckSpace(s)
	err := s.Commit(t.Context(), turnOf(key("a"), head, 10))
	if !errors.Is(err, session.ErrUnavailable) || !strings.Contains(err.Error(), "reserve") {
		t.Errorf("Commit() = %v, want ErrUnavailable for want of the reserve", err)
	}
	wantWhole(t, s, key("a"))
	if err := pebble.Serves(s); err != nil {
		t.Errorf("the store failed: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	l := &load{}
	l.until(t, "commits are taken", func() bool { // without being told to look
		return s.Commit(t.Context(), turnOf(key("a"), head, 10)) == nil
	})
}
