package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/conversation"
)

// testFlags are the flags of test.
type testFlags struct {
	bot      string
	run      string
	fresh    bool
	fuel     bool
	update   bool
	verbose  bool
	junit    string
	parallel int
	config   pairs
	limits   abi.Limits
	cache    string
	// only is run, compiled.
	only *regexp.Regexp
}

func newTest() *cobra.Command {
	f := &testFlags{config: pairs{}}
	cmd := &cobra.Command{
		Use:   "test FILE|DIR...",
		Short: "Hold conversations with a bot, and show what it says otherwise",
		Long: `Hold the conversations that files (` + conversation.Extension +
			`) have written down, and show where the
bot says something else. Of a folder all such files count, in all folders below.

The bot is a module (FILE.wasm) or a source (see bothost build), which is built. A
file names it in a line "@bot FILE", seen from the file's folder; --bot goes
before that. Conversations run in memory, side by side, each in a time of its
own: no sockets, and nobody waits. Requests of the bot get what the file has for
them.

A conversation reads like this; the documentation has all of it:

  == a good day
  > hello
  Hi! How are you?
  [Good] [Bad]
  > [Good]
  ~ glad
  @state initial

It exits with 0 if all went as written, with 1 if anything did not, or a file or
a bot is not usable, and with 2 if it was called in a wrong way.

` + limitHelp(),
		Example: `  bothost test greetings.chat
  bothost test chats/ --bot bot.wasm --fresh
  bothost test chats/ --run weather --update`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(
			*cobra.Command, []string, string,
		) ([]string, cobra.ShellCompDirective) {
			return []string{strings.TrimPrefix(conversation.Extension, ".")},
				cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.test(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.bot, "bot", "",
		"the bot's module or source, in the place of those that `files` name")
	fs.StringVar(&f.run, "run", "",
		"only conversations whose name this `regexp` finds something in")
	fs.BoolVar(&f.fresh, "fresh", false,
		"use a new instance each turn: finds bots that keep state in memory")
	fs.BoolVar(&f.fuel, "fuel", false,
		"show what each step costs, each turn on a new instance, so that it repeats")
	fs.BoolVar(&f.update, "update", false, "write into the files what the bot says")
	fs.BoolVarP(&f.verbose, "verbose", "v", false,
		"show each conversation, also those that went well")
	fs.StringVar(&f.junit, "junit", "", "write the results to a `file`, as JUnit XML")
	fs.IntVar(&f.parallel, "parallel", runtime.GOMAXPROCS(0),
		"how many conversations are held at the same time")
	fs.Var(f.config, "config", "a value that the bot reads with config_get; may be repeated")
	fs.StringVar(&f.cache, "cache", defaultCache(),
		"folder for compiled code and learned intents; empty for none")
	fs.Var(limitFlag{&f.limits}, "limit", "a limit, see above; may be repeated")
	fs.Var(turnFuelFlag{&f.limits}, "turn-fuel", "the same as --limit turn-fuel=")
	return cmd
}

func (f *testFlags) test(
	ctx context.Context, args []string, stdout, stderr io.Writer,
) (err error) {
	if f.parallel < 1 {
		return usageError{fmt.Errorf("--parallel must be at least 1, is %d", f.parallel)}
	}
	if f.only, err = regexp.Compile(f.run); err != nil {
		return usageError{fmt.Errorf("--run: %w", err)}
	}
	paths, err := findChats(args)
	if err != nil {
		return err
	}
	stage := host.NewStage(host.StageOptions{
		Config: f.config, Limits: f.limits, CacheDir: f.cache,
		Read: func(ctx context.Context, path string) ([]byte, error) {
			return readBot(ctx, path, f.limits, stderr)
		},
	})
	defer func() { err = errors.Join(err, stage.Close()) }()
	s := summary{flags: f, out: stdout}
	if s.reports, err = f.hold(ctx, stage, paths, &s); err != nil {
		return err
	}
	return s.tell()
}

// hold reads the files and holds their conversations; where the files are to be
// updated, it does so, and holds the conversations again.
func (f *testFlags) hold(ctx context.Context, stage *host.Stage, paths []string, s *summary) (
	[]conversation.Report, error) {
	files, err := readChats(paths)
	if err != nil {
		return nil, err
	}
	parts, err := f.cast(files)
	if err != nil {
		return nil, err
	}
	if err := rehearse(ctx, stage, parts); err != nil {
		return nil, err
	}
	begun := time.Now()
	reports, err := f.holdAll(ctx, stage, parts)
	s.took += time.Since(begun)
	if err != nil || !f.update || len(s.updated) > 0 {
		return reports, err
	}
	if s.updated, err = updateChats(files, reports); err != nil || len(s.updated) == 0 {
		return reports, err
	}
	return f.hold(ctx, stage, paths, s)
}

// part is a conversation and its bot, and where the bot is named.
type part struct {
	*conversation.Conversation
	bot, named string
}

// cast finds the conversations that are to be held, and their bots.
func (f *testFlags) cast(files []*conversation.File) (parts []part, err error) {
	var errs []error
	for _, file := range files {
		bot, named, err := f.botOf(file)
		errs = append(errs, err)
		for _, c := range file.Conversations {
			if f.only.MatchString(c.Name) {
				parts = append(parts, part{c, bot, named})
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, hintError{err, "begin the file with a line @bot FILE, or say --bot FILE"}
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("--run %s: no conversation is called so", f.run)
	}
	return parts, nil
}

// botOf returns the bot of a file, and what names it.
func (f *testFlags) botOf(file *conversation.File) (bot, named string, err error) {
	if f.bot != "" {
		bot, err = withName(f.bot)
		return bot, "--bot", err
	}
	for i := range file.Head {
		if step := &file.Head[i]; step.Act.Verb == conversation.Bot {
			bot, err = withName(file.Path(step.Act.File))
			return bot, fmt.Sprintf("%s:%d", file.Name, step.Line), err
		}
	}
	return "", "", fmt.Errorf("%s:1: no bot is named", file.Name)
}

// withName returns a path whose last part is a name, which is the bot's.
func withName(path string) (string, error) {
	if base := filepath.Base(path); base == "." || base == ".." {
		return filepath.Abs(path)
	}
	return path, nil
}

// rehearse loads each bot once, so that one that cannot be served is told once.
func rehearse(ctx context.Context, stage *host.Stage, parts []part) error {
	seen := make(map[string]bool)
	var errs []error
	for _, p := range parts {
		if seen[p.bot] {
			continue
		}
		seen[p.bot] = true
		play, err := stage.Play(ctx, p.bot, host.PlayOptions{})
		if err == nil {
			err = play.Close()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.named, err))
		}
	}
	return errors.Join(errs...)
}

// holdAll holds conversations side by side. Their reports come in the order of the
// parts.
func (f *testFlags) holdAll(ctx context.Context, stage *host.Stage, parts []part) (
	[]conversation.Report, error) {
	reports := make([]conversation.Report, len(parts))
	var g errgroup.Group
	g.SetLimit(f.parallel)
	for i, p := range parts {
		g.Go(func() error {
			fresh := f.fresh || f.fuel || wantsFuel(p.Conversation)
			play, err := stage.Play(ctx, p.bot, host.PlayOptions{Fresh: fresh})
			if err != nil {
				return fmt.Errorf("%s: %w", p.named, err)
			}
			reports[i] = conversation.Run(ctx, p.Conversation, play, conversation.Options{})
			return play.Close()
		})
	}
	err := g.Wait()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	return reports, err
}

// wantsFuel reports whether a conversation looks at what turns cost. They cost the
// same each time on new instances only.
func wantsFuel(c *conversation.Conversation) bool {
	return slices.ContainsFunc(c.Steps, func(s conversation.Step) bool {
		return slices.ContainsFunc(s.Wants, func(w conversation.Want) bool {
			return w.Kind == conversation.Fuel
		})
	})
}
