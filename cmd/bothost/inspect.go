package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/diagram"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/intent"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/plugin/module"
	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/toolchain"
)

func newInspect() *cobra.Command {
	var limits abi.Limits
	format := "text"
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a module is, draw its dialog, and say what a host would refuse",
		Long: `Show a module's exports, imports, sizes, definition and dialog, and everything
for which a host would refuse it. To read the definition, describe is run. Of an
Extism manifest it is the module that it names, within what the manifest says.

--format is one of
  text     all of it, for people
  json     all of it, as one object
  mermaid  the dialog, for Mermaid: a stateDiagram-v2
  svg      the dialog, as a picture

States to which no way leads are marked as unreachable, those from which none
leads on as dead ends; handlers may move there and from there all the same.

Intents that have too few examples are marked. Below an intent stand those of its
examples that are not recognised by the other ones, and after -> the intent that
competes with it in some state and for which such an example is taken, with a
score; or no intent. Such an example is recognised where it is said as it stands,
but texts that are like it may not be.

It exits with 1 if a host would refuse the module.

` + limitHelp(),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := inspectFormats[format]
			if !ok {
				return usageError{fmt.Errorf("--format must be text, mermaid, json or svg, not %q",
					format)}
			}
			r, err := inspect(cmd.Context(), args[0], limits)
			if err == nil && (format == "text" || format == "json") {
				err = r.review(cmd.Context())
			}
			if err != nil {
				return err
			}
			return write(cmd.Context(), cmd.OutOrStdout(), r)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "text, mermaid, json or svg")
	cmd.Flags().Var(limitFlag{&limits}, "limit", "a limit, see above; may be repeated")
	return cmd
}

// errRefused ends inspect after the reasons were shown.
var errRefused = errors.New("a host would refuse this module")

// report is what inspect finds out.
type report struct {
	file reload.Change
	// manifest is the path of the Extism manifest that named the module; empty if
	// none did.
	manifest string
	// info is nil if the file is no module.
	info *module.Info
	// definition is nil if the module did not come to declare one, or not a right one.
	definition *abi.Definition
	marks      diagram.Marks
	// opinions are about the examples of the intents.
	opinions []intent.Opinion
	cost     plugin.Cost
	// refused is why a host would refuse the module.
	refused error
}

// inspect looks at a file. Its error is that there is nothing to look at.
func inspect(ctx context.Context, path string, limits abi.Limits) (*report, error) {
	if s, err := toolchain.Find(path); err == nil {
		return nil, hintError{fmt.Errorf("%s: a source in %s, and no module", path, s.Language.Title),
			"bothost build makes its module"}
	}
	m, err := host.ReadModule(ctx, path, limits)
	if err != nil {
		if _, own := os.Lstat(path); errors.Is(own, fs.ErrNotExist) {
			err = fmt.Errorf("%s: there is no such file", path)
		}
		return nil, err
	}
	r := &report{file: m.File, manifest: m.Manifest}
	r.info, r.refused = plugin.Check(m.File.Data, m.Options.Limits)
	r.refused = errors.Join(m.Refused, r.refused)
	if r.refused == nil {
		r.refused = r.describe(ctx, m.Options)
	}
	return r, nil
}

// describe compiles the module, starts it and runs describe.
func (r *report) describe(ctx context.Context, opts plugin.Options) (err error) {
	m, err := plugin.Compile(ctx, r.file.Data, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close(ctx)) }()
	if err := m.Start(ctx); err != nil {
		return err
	}
	definition, err := m.Describe(ctx)
	if err != nil {
		return err
	}
	if err := host.CheckDefinition(definition, m.Handles); err != nil {
		return err
	}
	r.definition, r.cost = definition, m.Cost()
	r.marks = diagram.Marks{
		Unreachable: dialog.Unreachable(definition),
		DeadEnds:    dialog.DeadEnds(definition),
	}
	return nil
}

// review judges the examples of the intents, which takes longer than all the rest.
func (r *report) review(ctx context.Context) (err error) {
	if r.definition != nil {
		r.opinions, err = intent.Review(ctx, r.definition)
	}
	return err
}

// reasons are the lines of why a host would refuse the module.
func (r *report) reasons() []string {
	var list []string
	if r.refused != nil {
		for line := range strings.Lines(r.refused.Error()) {
			list = append(list, printable(strings.TrimRight(line, "\n")))
		}
	}
	return list
}

// inspectFormats are the values of --format.
var inspectFormats = map[string]func(context.Context, io.Writer, *report) error{
	"text": showText, "json": showJSON, "mermaid": showMermaid, "svg": showSVG,
}
