package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// npmInstall fills node_modules, unless it is as package-lock.json says.
func (w *work) npmInstall(ctx context.Context, kit Kit) error {
	wanted, err := readLock(filepath.Join(w.Dir, "package-lock.json"))
	if err != nil {
		err = fmt.Errorf("%w; npm install --save-dev assemblyscript writes it", err)
		return &Error{Path: w.Path, Err: err}
	}
	// npm writes down here what it has installed.
	there, err := readLock(filepath.Join(w.Dir, "node_modules", ".package-lock.json"))
	if err == nil && there.has(wanted) {
		return nil
	}
	fmt.Fprintf(w.words, "%s: npm ci gets the compiler that package-lock.json names\n", w.Path)
	quiet := *w
	quiet.words = io.Discard
	_, err = quiet.tool(ctx, nil, kit.path("npm"), "ci",
		"--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	return err
}

// lock is what matters of a package-lock.json.
type lock struct {
	Packages map[string]struct {
		Version, Integrity string
		// Optional packages are for some systems only.
		Optional bool
	}
}

func readLock(path string) (l lock, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("read %s: %w", path, err)
	}
	if len(l.Packages) == 0 {
		return l, errors.New(path + " names no packages")
	}
	return l, nil
}

// has reports whether all packages are there that are wanted. The one without a name
// is the folder itself.
func (l lock) has(wanted lock) bool {
	for name, p := range wanted.Packages {
		if there, ok := l.Packages[name]; name != "" && !p.Optional &&
			(!ok || there.Version != p.Version || there.Integrity != p.Integrity) {
			return false
		}
	}
	return true
}
