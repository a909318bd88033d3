package toolchain

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// maxWords is how much of what a compiler says is kept, in bytes.
const maxWords = 64 << 10

// afterEnd is how long a program that was ended may take to let go of its
// outputs.
const afterEnd = 2 * time.Second

// command is a program that is run for a build.
type command struct {
	dir  string
	env  []string // besides the process' own
	path string
	args []string
}

// run runs the program and returns what it wrote, its words on stderr apart.
func (c command) run(ctx context.Context) (stdout, words string, err error) {
	var out, said bounded
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.WaitDelay = afterEnd
	endWithChildren(cmd)
	if err = cmd.Run(); err != nil {
		endChildren(cmd)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return out.String(), said.String(), err
}

// bounded keeps the first maxWords bytes that are written to it.
type bounded struct {
	kept strings.Builder
	more int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	fits := p[:min(len(p), maxWords-b.kept.Len())]
	b.kept.Write(fits)
	b.more += len(p) - len(fits)
	return len(p), nil
}

func (b *bounded) String() string {
	if b.more > 0 {
		return fmt.Sprintf("%s\n(and %d bytes more)", b.kept.String(), b.more)
	}
	return b.kept.String()
}

// work is one build.
type work struct {
	*Source
	// temp is a folder of the build's own.
	temp string
	// words gets what tools say that did their work.
	words io.Writer
}

// tool runs a tool in the folder of the source.
//
// # Errors
//
// An [*Error] with the tool's words.
func (w *work) tool(ctx context.Context, env []string, path string, args ...string) (
	string, error) {
	out, words, err := command{w.Dir, env, path, args}.run(ctx)
	if err != nil {
		if strings.TrimSpace(words) == "" {
			words = out // tsc and asc say there what is wrong
		}
		return "", &Error{Path: w.Path, Err: err, Words: strings.TrimSpace(words)}
	}
	if words = strings.TrimSpace(words); words != "" {
		fmt.Fprintln(w.words, words)
	}
	return out, nil
}

// asArgument returns a file's name so that no program takes it for a flag. Others
// stay as they are, since compilers put them into modules and messages.
func asArgument(name string) string {
	name = filepath.ToSlash(name)
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "@") {
		return "./" + name
	}
	return name
}

// Error is a source of which no module could be made.
type Error struct {
	Path string // of the source
	Err  error
	// Words are those of the compiler, with file and line; empty if it did not run.
	Words string
}

// Error implements error. The words of the compiler begin on a line of their own.
func (e *Error) Error() string {
	text := fmt.Sprintf("build %s: %v", e.Path, e.Err)
	if e.Words != "" {
		text += "\n" + e.Words
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// limitError is the cause of the end of a build that took too long.
type limitError time.Duration

func (e limitError) Error() string {
	return fmt.Sprintf("took longer than %v", time.Duration(e))
}

// Is makes it a deadline for errors.Is.
func (e limitError) Is(target error) bool { return target == context.DeadlineExceeded }
