package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// text is what doctor prints without --json.
func (f *findings) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, l := range f.Languages {
		l.write(w)
	}
	for _, p := range f.BuiltIn {
		if p.There {
			fmt.Fprintf(w, "%s\tbuilt in\tfor %s\n", p.Name, p.Gives)
		} else {
			fmt.Fprintf(w, "%s\tmissing: no %s\n\tinstall: %s\n", p.Name, p.Gives, p.Hint)
		}
	}
	for _, d := range f.Folders {
		if d.Problem == "" {
			fmt.Fprintf(w, "%s\tcan be used\t%s\n", d.Name, d.Path)
		} else {
			fmt.Fprintf(w, "%s\tproblem: %s\n", d.Name, d.Problem)
		}
	}
	// A strings.Builder takes everything.
	_ = w.Flush()
	return b.String()
}

// write writes a language: a line for each tool, or what is missing.
func (l languageFinding) write(w *tabwriter.Writer) {
	switch {
	case !l.Builds:
		fmt.Fprintf(w, "%s\tmissing: %s\n\tinstall: %s\n", l.Name,
			strings.Join(l.Missing, ", and "), l.Install)
		return
	case len(l.Tools) == 0:
		fmt.Fprintf(w, "%s\tbuilt in\n", l.Name)
	}
	name := l.Name
	for _, t := range l.Tools {
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, strings.TrimSpace(t.Name+" "+t.Version), t.Path)
		name = ""
	}
}
