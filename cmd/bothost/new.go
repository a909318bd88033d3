package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bothost/bothost/cmd/bothost/internal/starter"
	"github.com/bothost/bothost/host/toolchain"
)

func newNew() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "new NAME --lang LANGUAGE",
		Short: "Make the folder of a new bot",
		Long: `Make the folder of a new bot, with a bot that runs, a conversation that it passes,
the SDK of the language and a README with the commands. The last part of NAME is
the bot's name; the folder must be empty, or not there. The languages are
` + strings.Join(languageNames(), ", ") + `.

It exits with 0 if the folder was made, also if tools are missing to build what is
in it, which it tells; with 1 if it was not, and with 2 if it was called in a wrong
way.`,
		Example: `  bothost new tea --lang rust
  bothost test tea
  bothost run tea`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return makeBot(cmd.Context(), args[0], lang, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&lang, "lang", "", "the `language` of the bot")
	// The one error is that of a flag which is not there.
	_ = cmd.RegisterFlagCompletionFunc("lang",
		func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return languageNames(), cobra.ShellCompDirectiveNoFileComp
		})
	return cmd
}

func makeBot(ctx context.Context, dir, lang string, stdout, stderr io.Writer) error {
	if lang == "" {
		return usageError{fmt.Errorf("--lang must be one of %s",
			strings.Join(languageNames(), ", "))}
	}
	l := toolchain.Named(lang)
	if l == nil {
		return usageError{unknownLanguage(lang)}
	}
	if abs, err := filepath.Abs(dir); err == nil {
		if err := starter.CheckName(filepath.Base(abs)); err != nil {
			return usageError{err}
		}
	}
	err := starter.Make(starter.Bot{
		Dir: dir, Language: l.Name, Title: l.Title, Version: releasedVersion(buildVersion()),
	})
	if errors.Is(err, starter.ErrNotEmpty) {
		return hintError{err, "choose another name, or empty the folder"}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%[1]s: a bot in %[2]s; its README says more\n\n"+
		"  bothost test %[1]s\n  bothost run %[1]s\n", dir, l.Title)
	if _, err := l.Kit(ctx); err != nil {
		complain(stderr, withRemedy(fmt.Errorf("it cannot be built yet: %w", err)))
	}
	return nil
}

// released are versions that others can get; the go tool gives names of another form
// to what lies between them.
var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-(alpha|beta|rc)[.0-9]*)?$`)

// releasedVersion returns the version if it is a released one.
func releasedVersion(version string) string {
	if released.MatchString(version) {
		return version
	}
	return ""
}
