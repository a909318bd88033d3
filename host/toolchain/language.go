package toolchain

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// moduleExtension ends the names of modules.
const moduleExtension = ".wasm"

// Language is a row of the table: what a source of it looks like, and what makes
// a module of it.
type Language struct {
	// Name is how commands call it, Title how people do.
	Name, Title string
	// Extensions are those of its sources, the usual one first.
	Extensions []string
	// Install says how to install its tools; empty if it needs none.
	Install string

	// entries are the files with which a folder's bot begins: the folder has one of
	// them.
	entries []string
	// whole says that a folder is always built as a whole, and that entries are
	// extensions.
	whole bool
	// watched are the extensions of what sources consist of, besides what a build
	// finds out itself.
	watched []string
	// mark is a file that alone says that the folder is of this language.
	mark string
	// find looks for the tools.
	//
	// Its errors are a *MissingError without Title and Install, or ctx's.
	find func(ctx context.Context) (Kit, error)
	// build makes the module. The Watch counts also if there is an error, unless it
	// is the zero one.
	build func(ctx context.Context, w *work, kit Kit) ([]byte, Watch, error)
}

// Kit finds the tools of the language.
//
// # Errors
//
// A [*MissingError], or the cause of ctx's end.
func (l *Language) Kit(ctx context.Context) (Kit, error) {
	kit, err := l.find(ctx)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if missing, ok := errors.AsType[*MissingError](err); ok {
		missing.Title, missing.Install = l.Title, l.Install
	}
	return kit, err
}

// Looks says what a folder or file of the language looks like.
func (l *Language) Looks() string {
	files := strings.Join(l.Extensions, " *")
	switch {
	case l.whole:
		return "a folder with files *" + files
	case l.mark != "":
		return fmt.Sprintf("a folder with %s and one of %s", l.mark, strings.Join(l.entries, " "))
	}
	return fmt.Sprintf("a file *%s, or a folder with one of %s", files,
		strings.Join(l.entries, " "))
}

// missing is the error of a row's find.
func missing(what ...string) error { return &MissingError{What: what} }

// Languages returns the table.
func Languages() []*Language {
	return []*Language{
		golang(), rust(), clang(), clangPlus(), assemblyScript(), javaScript(),
		typeScript(), text(),
	}
}

// Named returns the language of a name, or nil.
func Named(name string) *Language {
	for _, l := range Languages() {
		if l.Name == name {
			return l
		}
	}
	return nil
}
