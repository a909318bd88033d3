package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
)

// listSessions prints a line a session, as they come.
func listSessions(ctx context.Context, s admin.Sessions, bot string, asJSON bool,
	stdout, stderr io.Writer) error {
	t := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
	n := 0
	err := admin.Each(ctx, s, bot, func(summary *session.Summary) error {
		if asJSON {
			line, err := admin.SummaryJSON(summary)
			if err != nil {
				return err
			}
			_, err = stdout.Write(line)
			return err
		}
		if n == 0 {
			fmt.Fprintln(t, "BOT\tIDS\tID\tCREATED\tLAST TURN\tTURNS\tENTRIES\tSTATE\tEXPIRES")
		}
		// The table is as wide as each thousand lines need it.
		if n++; n%admin.MaxList == 0 {
			if err := t.Flush(); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(t, row(summary))
		return err
	})
	if err != nil {
		return err
	}
	if n == 0 && !asJSON {
		fmt.Fprintln(stderr, "bothost: there are no sessions")
	}
	return t.Flush()
}

func row(s *session.Summary) string {
	h := &s.Head
	return strings.Join([]string{
		shown(s.Key.Bot), admin.NamespaceName(s.Key.Namespace), shown(s.Key.ID),
		at(h.Created), at(h.Updated),
		strconv.FormatUint(h.Turn, 10), strconv.FormatUint(h.Seq, 10),
		shown(h.State), at(h.Ends(session.DefaultKeep)),
	}, "\t")
}

// showSession prints a session for people.
func showSession(w io.Writer, s *admin.Session) {
	h := &s.Head
	fmt.Fprintf(w, "session    %s (given by the %s)\n",
		shown(s.Key.ID), admin.NamespaceName(s.Key.Namespace))
	fmt.Fprintf(w, "bot        %s\n", shown(s.Key.Bot))
	fmt.Fprintf(w, "state      %s\n", shown(h.State))
	if len(h.Back) > 0 {
		fmt.Fprintf(w, "back to    %s\n", shown(strings.Join(h.Back, ", ")))
	}
	fmt.Fprintf(w, "created    %s\n", at(h.Created))
	fmt.Fprintf(w, "last turn  %s\n", at(h.Updated))
	fmt.Fprintf(w, "expires    %s\n", at(h.Ends(session.DefaultKeep)))
	fmt.Fprintf(w, "turns      %d\n", h.Turn)
	fmt.Fprintf(w, "entries    %d (epoch %d)\n", h.Seq, h.Epoch)
	if len(s.Vars) > 0 {
		fmt.Fprintf(w, "\nvariables (%d bytes)\n", h.VarBytes)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Vars)) {
		fmt.Fprintf(w, "  %s = %s\n", shown(name), brief(s.Vars[name]))
	}
	showJobs(w, "timers and requests", s.Jobs, true)
	showJobs(w, "events that wait", s.Jobs, false)
	if len(s.Entries) > 0 {
		fmt.Fprintf(w, "\nentries %d to %d\n", s.Entries[0].Seq, s.Entries[len(s.Entries)-1].Seq)
	}
	for i := range s.Entries {
		showLogEntry(w, &s.Entries[i])
	}
}

// showJobs prints the jobs that have a time, or those that have none.
func showJobs(w io.Writer, title string, jobs []session.Job, timed bool) {
	begun := false
	for _, j := range jobs {
		if j.Kind.Rings() != timed {
			continue
		}
		if !begun {
			fmt.Fprintf(w, "\n%s\n", title)
			begun = true
		}
		what := admin.JobName(j.Kind)
		if timed {
			what = at(j.Due) + "  " + what
		}
		if j.Name != "" {
			what += " " + shown(j.Name)
		}
		if j.Data != "" {
			what += "  " + brief(j.Data)
		}
		fmt.Fprintf(w, "  %s\n", what)
	}
}

// showLogEntry prints an entry; lines that follow the first one stand below it.
func showLogEntry(w io.Writer, e *abi.Entry) {
	head := fmt.Sprintf("  %s  %-5s", at(e.Time), shown(string(e.From)))
	for line := range strings.Lines(e.Text() + "\n") {
		fmt.Fprintf(w, "%s %s\n", head, shown(strings.TrimSuffix(line, "\n")))
		head = strings.Repeat(" ", utf8.RuneCountInString(head))
	}
}

// at shows a time, which is in milliseconds.
func at(ms int64) string { return time.UnixMilli(ms).Format(time.RFC3339) }

// brief shows a value in a line of bearable length.
func brief(s string) string {
	const most = 200
	n := len(s)
	if n <= most {
		return shown(s)
	}
	s = s[:most]
	for !utf8.ValidString(s) && len(s) > most-utf8.UTFMax {
		s = s[:len(s)-1]
	}
	return fmt.Sprintf("%s... (%d bytes)", shown(s), n)
}

// shown is [printable] for a text that stands in a line with others: also of what
// would end the line, turn its direction or hide, only the escape is shown.
func shown(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case strconv.IsPrint(r) || r == '\u200D': // which joins emoji
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}
