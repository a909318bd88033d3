package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/toolchain"
)

// source is a bot given as source. Its module is built into a private folder, which
// the host watches like any other module's.
type source struct {
	*toolchain.Source
	module string // the built file
	temp   string
	words  io.Writer // gets what compilers say
	// made is what the module is made of, as it was known last.
	made toolchain.Watch
}

// findSource recognises the source of a bot.
//
// # Errors
//
// [toolchain.ErrNoSource], also for modules, and what is said of a path that is not
// there.
func findSource(path string) (*toolchain.Source, error) {
	s, err := toolchain.Find(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file or folder", path)
	}
	return s, err
}

func newSource(s *toolchain.Source, words io.Writer) (*source, error) {
	temp, err := os.MkdirTemp("", "bothost-")
	if err != nil {
		return nil, err
	}
	module := filepath.Join(temp, s.Bot+".wasm")
	return &source{Source: s, temp: temp, module: module, words: words}, nil
}

// remove deletes what was built.
func (s *source) remove() { _ = os.RemoveAll(s.temp) }

// build builds the module and puts it in its place in one step, so that nobody sees
// half of it.
func (s *source) build(ctx context.Context) error {
	module, made, err := s.Build(ctx, toolchain.Options{Words: s.words})
	if made.Root != "" {
		s.made = made
	}
	if err != nil {
		return withRemedy(err)
	}
	next := s.module + ".next"
	if err := os.WriteFile(next, module, 0o600); err != nil {
		return err
	}
	return os.Rename(next, s.module)
}

// withRemedy adds what to do: how to install what is missing, or what a source is.
func withRemedy(err error) error {
	if errors.Is(err, context.Canceled) { // by a signal, which ended the compiler
		return errors.New("interrupted")
	}
	if missing, ok := errors.AsType[*toolchain.MissingError](err); ok {
		return hintError{err, missing.Install}
	}
	if errors.Is(err, toolchain.ErrNoSource) {
		return hintError{err,
			"bothost build --help shows what a source looks like; bothost new makes one"}
	}
	return err
}

// watch builds the module again whenever its source changes, and calls built
// after each success, until ctx ends. A source that does not build is reported
// and changes nothing.
func (s *source) watch(ctx context.Context, built func(), refused func(error)) error {
	for ctx.Err() == nil {
		watched := s.made
		run, otherFiles := context.WithCancel(ctx)
		tree := reload.Tree{Dir: watched.Root, Keep: watched.Keep}
		w := reload.New(reload.Options{Trees: []reload.Tree{tree}})
		// The first delivery is what is there now, which may be newer than what was
		// built; if it is not, the module comes out the same and nothing follows.
		err := w.Run(run, func(ctx context.Context, c reload.Change) {
			s.rebuild(ctx, c, built, refused)
			if !s.made.Equal(watched) {
				otherFiles()
			}
		})
		otherFiles()
		if err != nil {
			return err
		}
	}
	return nil
}

// rebuild builds after a change, and tells what came of it.
func (s *source) rebuild(ctx context.Context, c reload.Change, built func(), refused func(error)) {
	err := c.Err
	if err == nil {
		err = s.build(ctx)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		complain(s.words, err)
		refused(err)
	default:
		built()
	}
}

// complain says what went wrong. The words of compilers come as they are, so that
// editors find the places that they name.
func complain(w io.Writer, err error) {
	text := err.Error()
	for _, words := range wordsIn(err) {
		if before, after, found := strings.Cut(text, words); found {
			sayLines(w, before)
			fmt.Fprintln(w, words)
			text = after
		}
	}
	sayLines(w, text)
	if hint, ok := errors.AsType[hintError](err); ok {
		fmt.Fprintf(w, "hint: %s\n", hint.hint)
	}
}

// wordsIn returns the words of all compilers in an error, in their order.
func wordsIn(err error) (words []string) {
	switch e := err.(type) {
	case *toolchain.Error:
		if e.Words != "" {
			words = append(words, e.Words)
		}
	case interface{ Unwrap() error }:
		return wordsIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			words = append(words, wordsIn(one)...)
		}
	}
	return words
}

// sayLines writes each line with the program's name in front.
func sayLines(w io.Writer, text string) {
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		fmt.Fprintf(w, "bothost: %s\n", strings.TrimRight(line, "\n"))
	}
}
