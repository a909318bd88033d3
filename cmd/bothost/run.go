package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/platform/websocket/besser"
	"github.com/bothost/bothost/host/toolchain"
)

// runFlags are the flags of run.
type runFlags struct {
	opts      host.Options
	dialect   string
	config    pairs
	cache     string
	tokens    string
	data      string
	store     string
	durable   string
	logFormat string
	logLevel  string
	devSet    bool
}

func newRun() *cobra.Command {
	f := &runFlags{config: pairs{}}
	cmd := &cobra.Command{
		Use:   "run FILE|DIR...",
		Short: "Serve bots",
		Long: `Serve bots over WebSocket until interrupted, and the page on which people talk to
them at the same address.

Each argument is a module (FILE.wasm), a folder of modules, an Extism manifest
(FILE.json), or the source of a bot, a folder or a file (see bothost build), which
is built, and built again when it changes. A module that changes is swapped in while
people talk to the bot; one that cannot be built or served is refused, and the old
one goes on.

The first SIGINT or SIGTERM lets the turns that run end; a second one does not.
SIGHUP looks at the files now.

` + limitHelp(),
		Example: `  bothost run bot.wasm
  bothost run ./plugins/examples/greetings
  bothost run bot.ts
  bothost run bots/ --addr 127.0.0.1:9000 --config greeting=Hello`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.devSet = cmd.Flags().Changed("dev")
			return f.run(cmd.Context(), args, cmd.ErrOrStderr())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.opts.Addr, "addr", "127.0.0.1:8765", "address to listen on")
	fs.BoolVar(&f.opts.Open, "open", false,
		"allow an address that others can reach: anybody may then talk to the bots")
	fs.StringVar(&f.tokens, "token", "",
		"`file` of tokens that clients must have: one a line, or a user's name and a token")
	fs.StringVar(&f.dialect, "dialect", "agent",
		"what clients without a subprotocol speak: agent, agent-4.4 or bot (BESSER)")
	fs.StringVar(&f.data, "data", "bothost-data", "folder where sessions are kept")
	fs.StringVar(&f.store, "store", "disk",
		"where sessions are kept: disk, or memory, which ends with the host")
	fs.StringVar(&f.durable, "durability", "sync",
		"what an answered turn outlives: sync (a power cut), "+
			"interval (all but the last 0.1 s), none")
	fs.StringSliceVar(&f.opts.Allow, "allow-host", nil,
		"a host that bots may call, such as api.example.org, *.example.org or 127.0.0.1:9000")
	fs.StringSliceVar(&f.opts.UploadTypes, "upload-types", nil,
		"a MIME type of files that users may send, such as text/plain or image/*; "+
			"all, if none is named")
	fs.Var(f.config, "config", "a value that bots read with config_get; may be repeated")
	fs.BoolVar(&f.opts.TrustSessionIDs, "trust-session-ids", false,
		"take up the sessions that BESSER clients name, also on an address that is not loopback")
	fs.BoolVar(&f.opts.SessionsAPI, "sessions-api", false,
		"list and delete the sessions of BESSER clients at /api/sessions, for whoever may connect")
	fs.StringSliceVar(&f.opts.Hosts, "host", nil, "a Host header to allow besides loopback names")
	fs.StringSliceVar(&f.opts.Origins, "origin", nil,
		"a browser's origin to allow besides loopback ones, such as https://example.org")
	fs.BoolVar(&f.opts.Workshop, "dev", false,
		"show on the page what is inside: a session's state and variables, the dialog, reloads "+
			"(the default for source on a loopback address, without --token and --host)")
	fs.StringVar(&f.cache, "cache", defaultCache(),
		"folder for compiled code and learned intents; empty for none")
	fs.DurationVar(&f.opts.Grace, "grace", 10*time.Second,
		"how long turns may take to end at a swap and at the end")
	fs.Var(limitFlag{&f.opts.Limits}, "limit", "a limit, see above; may be repeated")
	fs.Var(turnFuelFlag{&f.opts.Limits}, "turn-fuel", "the same as --limit turn-fuel=")
	fs.StringVar(&f.logFormat, "log-format", "text", "text or json")
	fs.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	return cmd
}

// defaultCache is empty where the system names no folder for caches.
func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "bothost", "compiled")
}

func (f *runFlags) run(ctx context.Context, args []string, stderr io.Writer) error {
	if err := f.parse(stderr); err != nil {
		return err
	}
	sources, err := f.sort(args, stderr)
	defer func() {
		for _, s := range sources {
			s.remove()
		}
	}()
	if err != nil {
		return err
	}
	for _, s := range sources {
		if err := s.build(ctx); err != nil {
			return err
		}
	}
	if !f.devSet {
		f.opts.Workshop = len(sources) > 0 && f.alone()
	}
	h, err := host.New(f.opts)
	if err != nil {
		return withHint(err)
	}
	if err := h.Load(ctx); err != nil {
		if errors.Is(err, host.ErrNoBot) { // the reasons were told one by one
			err = hintError{errors.New("none of the modules can be served"),
				"bothost inspect FILE shows what is in a module"}
		}
		return errors.Join(err, h.Close())
	}
	announce(stderr, h)
	return serve(ctx, h, sources, stderr)
}

// alone reports whether nobody but the user of this machine is meant to come.
func (f *runFlags) alone() bool {
	name, _, err := net.SplitHostPort(f.opts.Addr)
	ip := net.ParseIP(name)
	loopback := name == "localhost" || ip != nil && ip.IsLoopback()
	return err == nil && loopback && f.tokens == "" && len(f.opts.Hosts) == 0
}

func withHint(err error) error {
	switch {
	case errors.Is(err, host.ErrNotLoopback):
		return hintError{err,
			"listen on 127.0.0.1, or add --token FILE, or --open to let anybody talk to the bots"}
	case errors.Is(err, host.ErrDataLocked):
		return hintError{err,
			"another host runs on this folder; end it, or name another folder with --data DIR"}
	case errors.Is(err, syscall.EADDRINUSE):
		return hintError{err,
			"another program listens there; choose an address with --addr 127.0.0.1:PORT"}
	}
	return err
}

// serve runs the host, and what feeds it, until ctx ends.
func serve(ctx context.Context, h *host.Host, sources []*source, stderr io.Writer) error {
	hangups := make(chan os.Signal, 1)
	notifyHangup(hangups)
	defer signal.Stop(hangups)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.Run(ctx) })
	g.Go(func() error {
		for {
			select {
			case <-hangups:
				h.Look()
			case <-ctx.Done():
				fmt.Fprintln(stderr,
					"bothost: ending the turns that run; once more to leave at once")
				return nil
			}
		}
	})
	for _, s := range sources {
		g.Go(func() error {
			return s.watch(ctx, h.Look, func(err error) { h.Refused(s.Bot, err) })
		})
	}
	return g.Wait()
}

// parse turns the flags that are texts into options.
func (f *runFlags) parse(stderr io.Writer) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return usageError{fmt.Errorf("--log-level must be debug, info, warn or error, not %q",
			f.logLevel)}
	}
	logger, err := newLogger(stderr, f.logFormat, level)
	if err != nil {
		return err
	}
	dialect, ok := besser.DialectByName(f.dialect)
	if !ok {
		return usageError{fmt.Errorf("--dialect must be agent, agent-4.4 or bot, not %q",
			f.dialect)}
	}
	if err := f.parseStore(); err != nil {
		return err
	}
	if f.tokens != "" {
		if f.opts.Token, err = host.ReadTokens(f.tokens); err != nil {
			return err
		}
	}
	limits := f.opts.Limits.Defaults()
	f.opts.Rates = &websocket.Rates{
		NewSessions: limits.AddressSessions, NewSessionBurst: limits.AddressSessionBurst,
		Messages: limits.SessionMessages, MessageBurst: limits.SessionMessageBurst,
	}
	f.opts.Dialect, f.opts.Logger = dialect, logger
	f.opts.Config, f.opts.CacheDir = f.config, f.cache
	if f.logFormat == "text" {
		f.opts.Reloaded = func(r host.Reload) { tell(stderr, r) }
	}
	return nil
}

// parseStore says where sessions are kept.
func (f *runFlags) parseStore() error {
	var ok bool
	if f.opts.Durability, ok = host.DurabilityByName(f.durable); !ok {
		return usageError{fmt.Errorf("--durability must be sync, interval or none, not %q",
			f.durable)}
	}
	switch {
	case f.store == "memory":
		return nil
	case f.store != "disk":
		return usageError{fmt.Errorf("--store must be disk or memory, not %q", f.store)}
	case f.data == "":
		return usageError{errors.New("--data must name a folder; --store memory keeps nothing")}
	}
	f.opts.Data = f.data
	return nil
}

// sort takes the arguments apart into modules, folders of modules, and sources, whose
// modules are built first.
func (f *runFlags) sort(args []string, stderr io.Writer) (sources []*source, err error) {
	bots := make(map[string]string)
	for _, path := range args {
		found, err := findSource(path)
		switch {
		case err == nil:
			if err := claim(bots, found.Bot, path); err != nil {
				return sources, err
			}
			s, err := newSource(found, stderr)
			if err != nil {
				return sources, err
			}
			sources = append(sources, s)
			f.opts.Files = append(f.opts.Files, s.module)
		case !errors.Is(err, toolchain.ErrNoSource):
			return sources, err
		case isFolder(path):
			f.opts.Folders = append(f.opts.Folders, path)
		default:
			if err := claim(bots, host.BotName(path), path); err != nil {
				return sources, err
			}
			f.opts.Files = append(f.opts.Files, path)
		}
	}
	return sources, nil
}

// claim notes which argument a bot is of. The host does so too, but it knows a source
// by the module only that is built of it.
func claim(bots map[string]string, name, path string) error {
	if other, ok := bots[name]; ok {
		return fmt.Errorf("two files hold a bot called %s: %s and %s", name, other, path)
	}
	bots[name] = path
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// announce says where to connect.
func announce(w io.Writer, h *host.Host) {
	bots := h.Bots()
	switch len(bots) {
	case 0:
		fmt.Fprintf(w, "bothost: no bot yet; listening on %s\n", h.Addr())
	case 1:
		fmt.Fprintf(w, "bothost: %s is served at ws://%s\n", bots[0], h.Addr())
	default:
		for _, name := range bots {
			fmt.Fprintf(w, "bothost: %s is served at ws://%s/bots/%s\n", name, h.Addr(), name)
		}
	}
	if len(bots) > 0 {
		fmt.Fprintf(w, "bothost: talk to it with: bothost chat, or at http://%s/\n", h.Addr())
	}
}

// tell writes one line a reload; why a module was refused may take more.
func tell(w io.Writer, r host.Reload) {
	var steps []string
	for _, s := range r.Steps {
		steps = append(steps, s.Name+" "+s.Took.Round(10*time.Microsecond).String())
	}
	took := ""
	if len(steps) > 0 {
		took = " (" + strings.Join(steps, ", ") + ")"
	}
	switch {
	case r.Err != nil && r.Old != "":
		fmt.Fprintf(w, "bothost: %s: %s refused, %s goes on%s: %v\n", r.Bot, r.Path,
			r.Old, took, r.Err)
	case r.Err != nil:
		fmt.Fprintf(w, "bothost: %s: %s refused%s: %v\n", r.Bot, r.Path, took, r.Err)
	case r.New == "":
		fmt.Fprintf(w, "bothost: %s: removed, was %s\n", r.Bot, r.Old)
	case r.Old == "":
		fmt.Fprintf(w, "bothost: %s: loaded %s%s\n", r.Bot, r.New, took)
	default:
		fmt.Fprintf(w, "bothost: %s: changed %s -> %s%s\n", r.Bot, r.Old, r.New, took)
	}
}
