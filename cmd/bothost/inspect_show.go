package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/bothost/bothost/host/diagram"
	"github.com/bothost/bothost/host/intent"
)

func showText(_ context.Context, w io.Writer, r *report) error {
	if r.info != nil {
		showInfo(w, r)
	}
	if r.definition != nil {
		if err := showDefinition(w, r); err != nil {
			return err
		}
	}
	if r.refused == nil {
		_, err := fmt.Fprintln(w, "accepted: a host serves this module")
		return err
	}
	fmt.Fprintln(w, "refused:")
	for _, reason := range r.reasons() {
		fmt.Fprintf(w, "  %s\n", reason)
	}
	return errRefused
}

func showInfo(w io.Writer, r *report) {
	info := r.info
	fmt.Fprintf(w, "%s\n", r.file.Path)
	if r.manifest != "" {
		fmt.Fprintf(w, "  manifest %s\n", r.manifest)
	}
	fmt.Fprintf(w, "  sha256   %x\n", r.file.Hash)
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

func showDefinition(w io.Writer, r *report) error {
	fmt.Fprintf(w, "fuel\n  start    %d units\n  describe %d units\n", r.cost.Start,
		r.cost.Describe)
	text, err := json.MarshalIndent(r.definition, "  ", "  ")
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(w, "definition\n  %s\n", text); err != nil {
		return err
	}
	if len(r.definition.States) > 0 {
		if err := diagram.New(r.definition, r.marks).Text(w); err != nil {
			return err
		}
	}
	return showIntents(w, r.opinions)
}

// showIntents shows how good the examples of the intents are.
func showIntents(w io.Writer, list []intent.Opinion) error {
	if len(list) == 0 {
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "intents: %d\n", len(list))
	for _, o := range list {
		mark, note := " ", ""
		if o.Few {
			mark, note = "!", fmt.Sprintf("  (few: %d are better)", intent.Enough)
		}
		examples := "examples"
		if o.Examples == 1 {
			examples = "example"
		}
		fmt.Fprintf(tw, "%s %s  %d %s%s\n", mark, inLine(o.Intent), o.Examples, examples, note)
		for _, d := range o.Doubts {
			taken := "no intent"
			if d.Taken != "" {
				taken = fmt.Sprintf("%s, %.2f", inLine(d.Taken), d.Score)
			}
			fmt.Fprintf(tw, "    %s\t-> %s\n", inLine(d.Example), taken)
		}
	}
	return tw.Flush()
}

// inLine makes one line of a text.
func inLine(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }

func showMermaid(_ context.Context, w io.Writer, r *report) error {
	if err := r.noDialog(); err != nil {
		return err
	}
	return diagram.New(r.definition, r.marks).Mermaid(w)
}

func showSVG(ctx context.Context, w io.Writer, r *report) error {
	if err := r.noDialog(); err != nil {
		return err
	}
	err := diagram.New(r.definition, r.marks).SVG(ctx, w)
	switch {
	case errors.Is(err, diagram.ErrTooLarge):
		return hintError{err, "--format text, mermaid and json draw dialogs of any size"}
	case errors.Is(err, diagram.ErrNoGraphviz):
		return hintError{err, "--format mermaid needs no Graphviz"}
	}
	return err
}

// noDialog is why there is nothing to draw; nil if there is.
func (r *report) noDialog() error {
	switch {
	case r.refused != nil:
		return fmt.Errorf("%w:\n%s", errRefused, strings.Join(r.reasons(), "\n"))
	case len(r.definition.States) == 0:
		return fmt.Errorf("%s: the bot declares no states, so that there is no dialog to draw",
			r.file.Path)
	}
	return nil
}
