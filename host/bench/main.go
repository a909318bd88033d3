package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// settings are the flags of the command.
type settings struct {
	serve       string
	module      string
	rounds      int
	duration    time.Duration
	connections string
	parts       string
	grant       int64
	profile     string
	turns       int
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.serve, "serve", "",
		"run as the server `native` or `bothost` (used by the command itself)")
	flags.StringVar(&s.module, "module", "", "with -serve bothost, the module")
	flags.IntVar(&s.rounds, "rounds", 5, "rounds of each measurement; their median is printed")
	flags.DurationVar(&s.duration, "duration", 2*time.Second, "length of a round")
	flags.StringVar(&s.connections, "connections", "1,64,1000", "numbers of connections")
	flags.StringVar(&s.parts, "parts",
		"parts,echo,meter,extism,store,files,dialog,intents,languages",
		"what to measure, of these, and soak")
	flags.Int64Var(&s.grant, "grant", 150_000, "fuel that a metered guest gets at a time")
	flags.StringVar(&s.profile, "profile", "",
		"with -serve, write a processor profile to this `file`")
	flags.IntVar(&s.turns, "turns", 1_000_000, "turns of the part soak")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx := context.Background()
	var err error
	if s.serve != "" {
		err = serve(ctx, s, bufio.NewReader(stdin), stdout)
	} else {
		err = measure(ctx, s, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return 1
	}
	return 0
}

// measure runs what was asked for and prints it.
func measure(ctx context.Context, s settings, w io.Writer) error {
	for part := range strings.SplitSeq(s.parts, ",") {
		var err error
		switch part {
		case "parts":
			err = small(ctx, w)
		case "meter":
			err = metering(ctx, s, w)
		case "extism":
			err = extismPlugins(ctx, s, w)
		case "echo":
			err = echo(ctx, s, w)
		case "store":
			err = stores(ctx, s, w)
		case "files":
			err = carried(ctx, s, w)
		case "dialog":
			err = dialogs(ctx, s, w)
		case "intents":
			err = learning(ctx, s, w)
		case "languages":
			err = spokenLanguages(ctx, s, w)
		case "soak":
			err = soak(ctx, s, w)
		default:
			err = fmt.Errorf("unknown part %q", part)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}
