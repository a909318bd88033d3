package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/host/diagram/graphviz"
	"github.com/bothost/bothost/host/toolchain"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	json        bool
	cache, data string
}

func newDoctor() *cobra.Command {
	f := &doctorFlags{}
	cmd := &cobra.Command{
		Use:   "doctor [LANGUAGE...]",
		Short: "Say what this machine can build",
		Long: `Say in which languages this machine can build bots, with the tools that were
found, and how to install those that were not; what was built into this program;
and whether the folders of bothost run can be used.

It exits with 0 if all languages that were named can be built, and the folders be
used; a language that was not named may be missing. It exits with 1 otherwise, and
with 2 if it was called in a wrong way.`,
		Example: `  bothost doctor
  bothost doctor rust c
  bothost doctor --json`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(
			*cobra.Command, []string, string,
		) ([]string, cobra.ShellCompDirective) {
			return languageNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args, cmd.OutOrStdout())
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&f.json, "json", false, "print JSON")
	fs.StringVar(&f.data, "data", "bothost-data", "the `folder` where sessions are kept")
	fs.StringVar(&f.cache, "cache", defaultCache(), "the `folder` for compiled code")
	return cmd
}

func languageNames() (names []string) {
	for _, l := range toolchain.Languages() {
		names = append(names, l.Name)
	}
	return names
}

// findings are what doctor found; their JSON is what --json prints.
type findings struct {
	Languages []languageFinding `json:"languages"`
	BuiltIn   []builtInFinding  `json:"built_in"`
	Folders   []folderFinding   `json:"folders"`
}

type languageFinding struct {
	Name    string        `json:"name"`
	Builds  bool          `json:"builds"`
	Tools   toolchain.Kit `json:"tools"`
	Missing []string      `json:"missing,omitempty"`
	Install string        `json:"install,omitempty"`

	wanted bool
}

type builtInFinding struct {
	Name  string `json:"name"`
	There bool   `json:"there"`
	Gives string `json:"gives"`
	Hint  string `json:"hint,omitempty"`
}

type folderFinding struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	Problem string `json:"problem,omitempty"`
}

func (f *doctorFlags) run(ctx context.Context, wanted []string, stdout io.Writer) error {
	for _, name := range wanted {
		if toolchain.Named(name) == nil {
			return usageError{unknownLanguage(name)}
		}
	}
	found, err := f.look(ctx, wanted)
	if err != nil {
		return err
	}
	if f.json {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(found)
	} else {
		_, err = io.WriteString(stdout, found.text())
	}
	return errors.Join(err, found.verdict())
}

func unknownLanguage(name string) error {
	return fmt.Errorf("language %q is unknown; known are %s", name,
		strings.Join(languageNames(), ", "))
}

// look finds out everything, side by side: tools take their time to answer.
func (f *doctorFlags) look(ctx context.Context, wanted []string) (*findings, error) {
	languages := toolchain.Languages()
	found := &findings{Languages: make([]languageFinding, len(languages))}
	g, ctx := errgroup.WithContext(ctx)
	for i, l := range languages {
		g.Go(func() (err error) {
			found.Languages[i], err = lookAtLanguage(ctx, l)
			found.Languages[i].wanted = slices.Contains(wanted, l.Name)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	found.BuiltIn = []builtInFinding{
		lookAtBuiltIn("graphviz", graphviz.There(), "inspect --format svg"),
		lookAtBuiltIn("quickjs", toolchain.HasEngine(), "bots in JavaScript and TypeScript"),
	}
	// What was said is nobody else's to read, and compiled code nobody else's to
	// write, because it is executed.
	found.Folders = []folderFinding{{"data", f.data, folderProblem(f.data, 0o077)}}
	if f.cache != "" {
		found.Folders = append(found.Folders,
			folderFinding{"cache", f.cache, folderProblem(f.cache, 0o022)})
	}
	return found, nil
}

func lookAtLanguage(ctx context.Context, l *toolchain.Language) (languageFinding, error) {
	kit, err := l.Kit(ctx)
	found := languageFinding{Name: l.Name, Builds: err == nil, Tools: kit}
	if missing, ok := errors.AsType[*toolchain.MissingError](err); ok {
		found.Missing, found.Install, err = missing.What, missing.Install, nil
	}
	if found.Tools == nil {
		found.Tools = toolchain.Kit{}
	}
	return found, err
}

func lookAtBuiltIn(name string, there bool, gives string) builtInFinding {
	found := builtInFinding{Name: name, There: there, Gives: gives}
	if !there {
		found.Hint = toolchain.InstallBuiltIn
	}
	return found
}

// verdict is the error of findings that are bad enough.
func (f *findings) verdict() error {
	var bad []string
	for _, l := range f.Languages {
		if l.wanted && !l.Builds {
			bad = append(bad, l.Name+" cannot be built")
		}
	}
	for _, d := range f.Folders {
		if d.Problem != "" {
			bad = append(bad, "the "+d.Name+" folder has a problem")
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return errors.New(strings.Join(bad, "; "))
}
