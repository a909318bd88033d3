package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/host/toolchain"
)

func newBuild() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "build DIR|FILE",
		Short: "Make the module of a bot",
		Long: `Make the module of a bot from its source, a folder or a file in any of the
languages below. The module is replaced as a whole, or not at all.

` + languageHelp() + `
Of a folder with a Go package, and of one with C or C++, all files of the language
are built; of others, the file that is named above, and what it names.

What the compiler says comes as it is. Tools are looked for on PATH; bothost doctor
shows what was found. Nothing is fetched from a network but what go build fetches
for a bot that uses the modules of others, and what npm ci fetches for
AssemblyScript; both say so.

It exits with 0 if the module was written, with 1 if the source does not build, a
tool is missing or the path is no source, and with 2 if it was called in a wrong
way.`,
		Example: `  bothost build ./greetings
  bothost build bot.ts -o public/bot.wasm`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return build(cmd.Context(), args[0], output, cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "",
		"the module's `file` (default NAME.wasm in the current folder)")
	return cmd
}

// languageHelp lists the languages, and what a source of each looks like.
func languageHelp() string {
	var b strings.Builder
	for _, l := range toolchain.Languages() {
		fmt.Fprintf(&b, "  %-15s %s\n", l.Name, l.Looks())
	}
	return b.String()
}

func build(ctx context.Context, path, output string, stderr io.Writer) error {
	found, err := findSource(path)
	if err != nil {
		return withRemedy(err)
	}
	begun := time.Now()
	module, _, err := found.Build(ctx, toolchain.Options{Words: stderr})
	if err != nil {
		return withRemedy(err)
	}
	output = cmp.Or(output, found.Bot+".wasm")
	if err := writeModule(output, module); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "bothost: %s: %s from %s in %v\n", output, kilobytes(len(module)),
		found.Title, time.Since(begun).Round(10*time.Millisecond))
	return nil
}

// writeModule writes a module as compilers do: others may read it.
func writeModule(path string, module []byte) error {
	err := writeWhole(path, func(w io.Writer) error {
		_, err := w.Write(module)
		return err
	})
	if err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) }
