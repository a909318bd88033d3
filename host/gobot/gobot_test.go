package gobot

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// However many want a bot, it is built once, whichever way its folder is written.
func TestBuild(t *testing.T) {
	dir := filepath.Join("..", "..", "plugins", "examples", "echo")
	whole, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	first := Must(t, dir)
	if !bytes.HasPrefix(first, []byte("\x00asm\x01\x00\x00\x00")) {
		t.Fatalf("Build() = %.20q, want a module", first)
	}
	var all sync.WaitGroup
	for _, folder := range []string{dir, whole, dir + "/.", dir} {
		all.Go(func() {
			if again, err := Build(folder); err != nil || &again[0] != &first[0] {
				t.Errorf("Build(%s) = other bytes, %v, want the first ones", folder, err)
			}
		})
	}
	all.Wait()
}

// What the compiler says is in the error, for everybody who asks.
func TestBuild_broken(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module broken\n", "main.go": "package main\n\nfunc main() { nobody() }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		_, err := Build(dir)
		if err == nil || !strings.Contains(err.Error(), "undefined: nobody") {
			t.Errorf("Build() = %v, want the compiler's words", err)
		}
	}
}
