package toolchain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrNoSource is why a folder or file is not built: it is no source of a bot.
var ErrNoSource = errors.New("not the source of a bot")

// Source is a bot that was found as source.
type Source struct {
	*Language
	// Path is the folder or file, as it was named.
	Path string
	// Bot is the bot's name: the folder's, or the file's without its extension.
	Bot string
	// Dir is the folder, absolute.
	Dir string
	// Entry is the file with which the bot begins, in Dir; empty for a folder whose
	// language has none.
	Entry string
	// Alone says that the file was named, not its folder: other sources beside it
	// count only if it names them.
	Alone bool

	kit Kit
}

// Options say how a build is done.
type Options struct {
	// Limit is how long it may take. If zero, 10 minutes: npm may have to fetch
	// something.
	Limit time.Duration
	// Words gets what tools say though all went well, and what is fetched. If nil,
	// nobody does.
	Words io.Writer
}

// Find recognises a folder or a file.
//
// # Errors
//
// [ErrNoSource]; an error of the file system; and for a folder that could be of
// several languages, one that names them.
func Find(path string) (*Source, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(abs)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return findFolder(path, abs)
	}
	return findFile(path, abs)
}

// findFile recognises a file by its extension. A file of AssemblyScript differs
// from one of TypeScript only by what stands beside it.
func findFile(path, abs string) (*Source, error) {
	dir, file := filepath.Dir(abs), filepath.Base(abs)
	extension := filepath.Ext(file)
	for _, l := range Languages() {
		if !slices.Contains(l.Extensions, extension) ||
			l.mark != "" && !exists(filepath.Join(dir, l.mark)) {
			continue
		}
		if l.whole {
			return &Source{Language: l, Path: path, Bot: filepath.Base(dir), Dir: dir}, nil
		}
		bot := strings.TrimSuffix(file, extension)
		return &Source{Language: l, Path: path, Bot: bot, Dir: dir, Entry: file, Alone: true}, nil
	}
	return nil, fmt.Errorf("%s: %w", path, ErrNoSource)
}

// findFolder recognises a folder by its mark, else by its entry. A Go package may
// hold anything else beside, which it embeds.
func findFolder(path, dir string) (*Source, error) {
	var found []*Source
	for _, l := range Languages() {
		entry := l.entryIn(dir)
		if entry == "" {
			continue
		}
		if l.whole {
			entry = ""
		}
		s := &Source{Language: l, Path: path, Bot: filepath.Base(dir), Dir: dir, Entry: entry}
		if l.whole || l.mark != "" {
			return s, nil
		}
		found = append(found, s)
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s: %w", path, ErrNoSource)
	case len(found) > 1:
		return nil, fmt.Errorf("%s: the folder has %s and %s: name one of the files",
			path, found[0].Entry, found[1].Entry)
	}
	return found[0], nil
}

// entryIn returns the file of a folder with which a bot of the language begins;
// empty if there is none.
func (l *Language) entryIn(dir string) string {
	if l.mark != "" && !exists(filepath.Join(dir, l.mark)) {
		return ""
	}
	for _, entry := range l.entries {
		if l.whole {
			files, _ := ending(dir, entry) // a folder that cannot be read has none
			if len(files) > 0 {
				return files[0]
			}
			continue
		}
		if isFile(filepath.Join(dir, filepath.FromSlash(entry))) {
			return filepath.FromSlash(entry)
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// ending returns the names of the files of a folder that end so, hidden ones apart.
func ending(dir string, extensions ...string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") &&
			slices.Contains(extensions, filepath.Ext(e.Name())) &&
			isFile(filepath.Join(dir, e.Name())) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// Build makes the module, and says what it is made of: also if it could not be made
// and that is known, else it returns the zero Watch.
//
// # Errors
//
// A [*MissingError] if tools are missing; an [*Error] with the compiler's words,
// for which errors.Is finds context.DeadlineExceeded if it took too long; the cause
// of ctx's end; an error of the file system.
func (s *Source) Build(ctx context.Context, o Options) (module []byte, watch Watch, err error) {
	if o.Words == nil {
		o.Words = io.Discard
	}
	limit := cmp.Or(o.Limit, 10*time.Minute)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, limitError(limit))
	defer cancel()
	if s.kit == nil {
		if s.kit, err = s.Kit(ctx); err != nil {
			return nil, Watch{}, err
		}
	}
	temp, err := os.MkdirTemp("", "bothost-build-")
	if err != nil {
		return nil, Watch{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	module, watch, err = s.build(ctx, &work{s, temp, o.Words}, s.kit)
	if err != nil {
		s.kit = nil // a tool may have been replaced
	}
	return module, watch, err
}
