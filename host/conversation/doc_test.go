package conversation_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
)

// examples returns the files that stand in doc.go.
func examples(tb testing.TB) (texts []string) {
	tb.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		tb.Fatal(err)
	}
	var block strings.Builder
	for line := range strings.Lines(string(doc)) {
		text, ok := strings.CutPrefix(line, "//\t")
		switch {
		case ok:
			block.WriteString(text)
		case line == "//\n" && block.Len() > 0:
			block.WriteString("\n")
		default:
			text := block.String()
			if strings.Contains(text, "\n== ") && !strings.Contains(text, "NAME") ||
				strings.HasPrefix(text, "== ") {
				texts = append(texts, text)
			}
			block.Reset()
		}
	}
	return texts
}

// documented plays the bots of the examples.
type documented struct{ *actor }

func (d documented) Begin(ctx context.Context, session string) (conversation.Turn, error) {
	t, err := d.actor.Begin(ctx, session)
	if session == "bob" {
		t.Entries = texts("Anna is here.")
		d.states[session] = "room"
	}
	return t, err
}

func (d documented) Settle(context.Context) (turns []conversation.Turn, err error) {
	if len(d.sessions) == 2 {
		d.sessions = d.sessions[:1]
		turns = []conversation.Turn{{Session: "anna", Entries: texts("Bob came.")}}
	}
	return turns, nil
}

func (d documented) Send(_ context.Context, session string, ev abi.Event) (
	conversation.Turn, error) {
	t := conversation.Turn{Session: session, Event: ev}
	switch {
	case session == "anna":
		t.Entries = texts("Hello, you!")
	case strings.HasPrefix(ev.Text, "remind"):
		d.timers = append(d.timers, timer{5 * 60e9, "", "It is time!"})
		t.Entries = texts("I will tell you in 5 minutes.")
	case ev.Kind == abi.EventOption:
		d.states[session], d.vars["/mood"] = "initial", "good"
		t.Entries = texts("I am glad to hear that!")
	default:
		t.Entries = append(texts("Hi! How are you?"), says(abi.KindOptions, `["Good","Bad"]`))
		t.Entries[1].Body = `[{"label":"Good","value":"Good"},{"label":"Bad","value":"Bad"}]`
	}
	return t, nil
}

// TestDoc plays the examples of the package's documentation.
func TestDoc(t *testing.T) {
	files := examples(t)
	if len(files) != 2 {
		t.Fatalf("doc.go has %d examples, want 2: %q", len(files), files)
	}
	for i, text := range files {
		f := parse(t, "doc.chat", text)
		if got := string(conversation.Format(f)); got != text {
			t.Errorf("Format of example %d = %s, want it as it stands:\n%s", i, got, text)
		}
		for _, c := range f.Conversations {
			player := documented{newActor()}
			if i == 0 {
				player.welcome = "Welcome!"
			}
			r := conversation.Run(t.Context(), c, player, conversation.Options{})
			if c.Name == "a room of two" && len(r.Results) != 3 {
				t.Errorf("%s has %d results, want 3", c.Name, len(r.Results))
			}
			if got := failures([]conversation.Report{r}); got != nil {
				t.Errorf("%s: %q", c.Name, got)
			}
		}
	}
}
