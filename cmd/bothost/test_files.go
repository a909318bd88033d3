package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/plugin/module"
	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/toolchain"
)

// findChats returns the files that are meant: those of a folder are all below it,
// but for hidden ones.
func findChats(args []string) (paths []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: there is no such file or folder", arg)
		case err != nil:
			return nil, err
		case !info.IsDir():
			paths = append(paths, arg)
			continue
		}
		found, err := findBelow(arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: the folder has no files *%s", arg, conversation.Extension)
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

func findBelow(dir string) (paths []string, err error) {
	top := dir
	if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		top += string(filepath.Separator) // a link is not walked, what it leads to is
	}
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != top && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && filepath.Ext(path) == conversation.Extension:
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// readChats reads files. All that is wrong with them is told.
func readChats(paths []string) (files []*conversation.File, err error) {
	var errs []error
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		file, err := conversation.Parse(path, text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, file)
	}
	return files, errors.Join(errs...)
}

// updateChats writes what happened into the files. It returns those that changed.
func updateChats(files []*conversation.File, reports []conversation.Report) (
	paths []string, err error) {
	for _, file := range files {
		was, err := os.ReadFile(file.Name)
		if err != nil {
			return paths, err
		}
		text := conversation.Update(file, reports)
		switch {
		case bytes.Equal(was, text): // also one that was named twice
			continue
		case !bytes.Equal(was, file.Text):
			return paths, fmt.Errorf("%s: changed meanwhile, and is not updated", file.Name)
		}
		if err := rewrite(file.Name, text); err != nil {
			return paths, err
		}
		paths = append(paths, file.Name)
	}
	return paths, nil
}

// rewrite replaces a file by one of the same mode, whole or not at all.
func rewrite(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	err = writeWhole(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	return os.Chmod(path, info.Mode().Perm())
}

// readBot returns the module of a file, or of a source, which is built.
func readBot(
	ctx context.Context, path string, limits abi.Limits, words io.Writer,
) ([]byte, error) {
	found, err := findSource(path)
	switch {
	case errors.Is(err, toolchain.ErrNoSource) && !isFolder(path):
		return readModule(ctx, path, limits)
	case err != nil:
		return nil, withRemedy(err)
	}
	data, _, err := found.Build(ctx, toolchain.Options{Words: words})
	return data, withRemedy(err)
}

func readModule(ctx context.Context, path string, limits abi.Limits) ([]byte, error) {
	check := module.Whole
	if host.IsManifest(path) { // which the stage reads
		check = nil
	}
	c, err := reload.Read(ctx, path, reload.Options{Limit: limits.Defaults().ModuleBytes,
		Check: check})
	return c.Data, err
}
