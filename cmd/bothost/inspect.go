package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/reload"
)

func newInspect() *cobra.Command {
	var limits abi.Limits
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a module is, and what a host would refuse",
		Long: `Show a module's exports, imports, sizes and definition, and everything for
which a host would refuse it. To read the definition, describe is run.

It exits with 1 if a host would refuse the module.

` + limitHelp(),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inspect(cmd.Context(), cmd.OutOrStdout(), args[0], limits)
		},
	}
	cmd.Flags().Var(limitFlag{&limits}, "limit", "a limit, see above; may be repeated")
	return cmd
}

// errRefused ends inspect after the reasons were shown.
var errRefused = errors.New("a host would refuse this module")

func inspect(ctx context.Context, w io.Writer, path string, limits abi.Limits) error {
	change, err := reload.Read(ctx, path, reload.Options{Limit: limits.Defaults().ModuleBytes})
	if err != nil {
		return err
	}
	info, err := plugin.Check(change.Data, limits)
	if info != nil {
		showInfo(w, change, info)
	}
	if err == nil {
		err = showDefinition(ctx, w, change.Data, limits)
	}
	if err == nil {
		_, err = fmt.Fprintln(w, "accepted: a host serves this module")
		return err
	}
	fmt.Fprintln(w, "refused:")
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(w, "  %s\n", printable(strings.TrimRight(line, "\n")))
	}
	return errRefused
}

func showInfo(w io.Writer, c reload.Change, info *plugin.Info) {
	fmt.Fprintf(w, "%s\n", c.Path)
	fmt.Fprintf(w, "  sha256   %x\n", c.Hash)
	fmt.Fprintf(w, "  size     %d bytes\n", info.Size)
	fmt.Fprintf(w, "  memory   %d KiB at the start\n", info.Pages*64)
	if info.Asset != nil {
		fmt.Fprintf(w, "  asset    %d bytes\n", len(info.Asset))
	}
	fmt.Fprintln(w, "exports")
	for _, e := range info.Exports {
		mark := " "
		if e.Called {
			mark = "*"
		}
		fmt.Fprintf(w, "%s %-24s %s\n", mark, printable(e.Name), e.Type)
	}
	fmt.Fprintln(w, "imports")
	for _, i := range info.Imports {
		fmt.Fprintf(w, "  %-24s %s\n", printable(i.Module+" "+i.Name), i.Type)
	}
	if len(info.Sections) > 0 {
		fmt.Fprintln(w, "custom sections")
	}
	for _, s := range info.Sections {
		fmt.Fprintf(w, "  %-24s %d bytes\n", printable(s.Name), s.Size)
	}
}

// showDefinition compiles the module, starts it and runs describe.
func showDefinition(ctx context.Context, w io.Writer, data []byte, limits abi.Limits) (err error) {
	m, err := plugin.Compile(ctx, data, plugin.Options{Limits: limits})
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
	cost := m.Cost()
	fmt.Fprintf(w, "fuel\n  start    %d units\n  describe %d units\n", cost.Start, cost.Describe)
	text, err := json.MarshalIndent(definition, "  ", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "definition\n  %s\n", text)
	return err
}
