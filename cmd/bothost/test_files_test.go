package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFindChats_Link looks in a folder by a link to it.
func TestFindChats_Link(t *testing.T) {
	dir := t.TempDir()
	folder, link := filepath.Join(dir, "folder"), filepath.Join(dir, "link")
	if err := os.MkdirAll(filepath.Join(folder, "deeper"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, link); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
	put(t, filepath.Join(folder, "deeper", "tea.chat"), "> hi\n")
	want := []string{filepath.Join(link, "deeper", "tea.chat")}
	if got, err := findChats([]string{link}); err != nil || !slices.Equal(got, want) {
		t.Errorf("findChats of a link to a folder = %q, %v, want %q", got, err, want)
	}
}

// TestUpdateChats_Meanwhile changes a file after it was read: somebody goes on writing
// while its conversations are held.
func TestUpdateChats_Meanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tea.chat")
	put(t, path, "> hi\n")
	files, err := readChats([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	const more = "> hi\n> and more\n"
	put(t, path, more)
	updated, err := updateChats(files, nil)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("updateChats of a file that has changed: %v, want an error that names it", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != more || len(updated) > 0 {
		t.Errorf("the file is %q, %v, and %q were updated, want %q and none", got, err, updated, more)
	}
}

// TestWriteWhole_NoFolder names the file that was asked for, not one beside it.
func TestWriteWhole_NoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "bot.wasm")
	err := writeModule(path, []byte("module"))
	if err == nil || !strings.HasPrefix(err.Error(), "write "+path+": ") ||
		!errors.Is(err, fs.ErrNotExist) {
		t.Errorf("writeModule = %v, want an error about %s", err, path)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
