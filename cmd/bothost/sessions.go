package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	store "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/spf13/cobra"

	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// sessionsFlags say which sessions are meant.
type sessionsFlags struct {
	data      string
	bot       string
	namespace string
	// kind is the namespace that was named; 0 if none was.
	kind session.Namespace
}

func newSessions() *cobra.Command {
	f := &sessionsFlags{}
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List, show, delete and export the sessions of a data folder",
		Long: `List, show, delete and export the sessions of a data folder, whether a host
runs on it or not: where one does, it is asked; where none does, the folder is
opened, and nobody else can open it meanwhile. Both need the rights of the user
that the host runs as, and are best done as that user.

An id that begins with - comes after --, as in: show -- -OaUqT7ZfQ`,
		Example: `  bothost sessions list
  bothost sessions show --data /var/lib/bothost ID
  bothost sessions export --all --output sessions.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	cmd.PersistentFlags().StringVar(&f.data, "data", "./bothost-data",
		"the folder that holds the sessions")
	cmd.AddCommand(f.newList(), f.newShow(), f.newDelete(), f.newExport())
	return cmd
}

func (f *sessionsFlags) newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List sessions, in order of bot and id",
		Long: `List sessions, in order of bot, kind of id, and id; shorter ones come first.

IDS says who gave the id: the host, or the client. ENTRIES are those that were
made since the beginning or the last reset; of many, only the newest are kept.
Nothing that anybody said is shown.

--json prints an object a line, whose times are in milliseconds since 1970:

  {"bot":…,"namespace":"host"|"client","id":…,"head":{"epoch":…,"seq":…,"turn":…,
   "state":…,"var_bytes":…,"created":…,"updated":…,"keep":…,"expires":…}}`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.open(cmd.Context(), func(s admin.Sessions) error {
				return listSessions(cmd.Context(), s, f.bot, asJSON,
					cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	f.addBot(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an object a line")
	return cmd
}

func (f *sessionsFlags) newShow() *cobra.Command {
	var asJSON bool
	var last int
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a session: its variables, timers, requests and newest entries",
		Long: `Show a session: what it is, its variables, the timers and requests that wait,
the events that no state took yet, and its newest entries. Long values are cut;
--json shows all of them, in the shape that export writes.

An id that begins with - comes after --.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if last < 0 {
				return usageError{fmt.Errorf("--last must not be negative, is %d", last)}
			}
			return f.open(cmd.Context(), func(s admin.Sessions) error {
				return f.show(cmd.Context(), s, args[0], last, asJSON, cmd.OutOrStdout())
			})
		},
	}
	f.addBot(cmd)
	f.addNamespace(cmd)
	cmd.Flags().IntVar(&last, "last", 20, "how many entries to show")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one object")
	return cmd
}

func (f *sessionsFlags) newDelete() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delete ID...",
		Short: "Delete sessions, without asking",
		Long: `Delete sessions with all that they hold, and say which; there is no way back.
All ids are looked up first: if one is unknown, or of several sessions, nothing
is deleted. A client that is connected to the session may stay connected, and
is told that the session is gone when it says something.

An id that begins with - comes after --.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.open(cmd.Context(), func(s admin.Sessions) error {
				return f.delete(cmd.Context(), s, args, cmd.OutOrStdout())
			})
		},
	}
	f.addBot(cmd)
	f.addNamespace(cmd)
	return cmd
}

func (f *sessionsFlags) newExport() *cobra.Command {
	var all bool
	var output string
	cmd := &cobra.Command{
		Use:   "export ID...|--all",
		Short: "Write sessions as lines of JSON",
		Long: `Write sessions with all that they hold, an object a line:

  {"version":1,"bot":…,"namespace":"host"|"client","id":…,"head":{…},
   "vars":{name:value},"jobs":[…],"entries":[…]}

The head is as list --json shows it, a job is a timer, a request or an event
that waits, an entry is as clients get it. Each session is as it was at one
moment. Resume tokens are not exported.

A file is written whole or not at all, in the place of what was there, and can
be read by nobody else.

An id that begins with - comes after --.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return hintError{usageError{errors.New("either ids or --all must be given")},
					cmd.CommandPath() + " --help"}
			}
			return f.open(cmd.Context(), func(s admin.Sessions) error {
				return f.export(cmd.Context(), s, args, output,
					cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	f.addBot(cmd)
	f.addNamespace(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "export all sessions, or with --bot all of that bot")
	cmd.Flags().StringVarP(&output, "output", "o", "", "the file to write; stdout if empty")
	return cmd
}

func (f *sessionsFlags) addBot(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.bot, "bot", "", "only sessions of this bot")
}

func (f *sessionsFlags) addNamespace(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.namespace, "namespace", "",
		"only ids that the host gave (host), or clients (client)")
}

// open calls do with the sessions of the folder.
func (f *sessionsFlags) open(ctx context.Context, do func(admin.Sessions) error) (err error) {
	if f.namespace != "" {
		if f.kind, err = admin.ParseNamespace(f.namespace); err != nil {
			return usageError{fmt.Errorf("--namespace: %w", err)}
		}
	}
	if err := holdsSessions(f.data); err != nil {
		return err
	}
	// What else a store needs to know is of use to one that commits.
	s, err := pebble.Open(pebble.Options{Dir: f.data})
	if errors.Is(err, pebble.ErrLocked) {
		remote, err := askHost(ctx, f.data, err)
		if err != nil {
			return err
		}
		return do(remote)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(admin.Local(s))
}

// holdsSessions makes sure that there is a store: opening one makes it.
func holdsSessions(dir string) error {
	desc, err := store.Peek(dir, vfs.Default)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%s: there is no such folder", dir)
	case err != nil:
	case !desc.Exists:
		err = fmt.Errorf("%s: the folder holds no sessions", dir)
	default:
		return nil
	}
	return hintError{err, "--data DIR names the folder in which a host keeps its sessions"}
}

// askHost returns the sessions of a folder that another process has.
func askHost(ctx context.Context, dir string, locked error) (admin.Sessions, error) {
	s, err := admin.Remote(dir)
	if err == nil {
		_, err = s.List(ctx, "", session.Key{}, 1)
	}
	if err != nil {
		return nil, hintError{fmt.Errorf("%w\n%w", locked, err),
			"wait until the process that has the folder ends, or end it"}
	}
	return s, nil
}

// find returns the one session that an id means.
func (f *sessionsFlags) find(ctx context.Context, s admin.Sessions, id string) (
	session.Key, error) {
	keys, err := admin.Find(ctx, s, id, f.bot, f.kind)
	if err != nil {
		return session.Key{}, err
	}
	switch len(keys) {
	case 0:
		return session.Key{}, hintError{
			fmt.Errorf("there is no session %s%s", shown(id), f.where()),
			"bothost sessions list shows those that there are",
		}
	case 1:
		return keys[0], nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "several sessions have the id %s:", shown(id))
	for _, k := range keys {
		fmt.Fprintf(&b, "\n  --bot %s --namespace %s", shown(k.Bot),
			admin.NamespaceName(k.Namespace))
	}
	return session.Key{}, hintError{errors.New(b.String()),
		"say which, with --bot and --namespace"}
}

// where says of what sessions only those count that are looked for.
func (f *sessionsFlags) where() string {
	var s string
	if f.bot != "" {
		s += " of " + shown(f.bot)
	}
	if f.namespace != "" {
		s += " whose id is of the " + f.namespace
	}
	return s
}

// findAll looks up ids before anything is done. An id that is named twice counts
// once.
func (f *sessionsFlags) findAll(ctx context.Context, s admin.Sessions, ids []string) (
	[]session.Key, error) {
	var keys []session.Key
	seen := make(map[string]bool)
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		key, err := f.find(ctx, s, id)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (f *sessionsFlags) delete(ctx context.Context, s admin.Sessions, ids []string,
	w io.Writer) error {
	keys, err := f.findAll(ctx, s, ids)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := s.Delete(ctx, key); err != nil {
			return fmt.Errorf("delete %s: %w", shown(key.ID), err)
		}
		fmt.Fprintf(w, "deleted %s of %s\n", shown(key.ID), shown(key.Bot))
	}
	return nil
}

func (f *sessionsFlags) show(ctx context.Context, s admin.Sessions, id string, last int,
	asJSON bool, w io.Writer) error {
	key, err := f.find(ctx, s, id)
	if err != nil {
		return err
	}
	found, err := admin.Read(ctx, s, key, last)
	if err != nil {
		return err
	}
	if !asJSON {
		out := bufio.NewWriter(w)
		showSession(out, &found)
		return out.Flush()
	}
	line, err := found.JSON()
	if err != nil {
		return err
	}
	_, err = w.Write(line)
	return err
}
