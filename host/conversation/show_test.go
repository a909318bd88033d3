package conversation_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bothost/bothost/host/conversation"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// show writes reports as people see them.
func show(tb testing.TB, reports []conversation.Report, o conversation.Options) string {
	tb.Helper()
	var b bytes.Buffer
	for i := range reports {
		if err := conversation.WriteText(&b, &reports[i], o); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}

// TestGolden holds what people see of conversations that fail, and what Update
// makes of their files. Each file of testdata has the conversations in talk.chat;
// options of the report stand in its first lines.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			head := string(archive.Comment)
			o := conversation.Options{
				Color: strings.Contains(head, "color"), ShowFuel: strings.Contains(head, "fuel"),
			}
			f := parse(t, "talk.chat", string(archive.Files[0].Data))
			reports := play(t, f, "Welcome!")
			got := []txtar.File{
				archive.Files[0],
				{Name: "shown", Data: []byte(show(t, reports, o))},
				{Name: "updated", Data: conversation.Update(f, reports)},
			}
			want := string(txtar.Format(archive))
			archive.Files = got
			text := string(txtar.Format(archive))
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if text != want {
				t.Errorf("%s is\n%s\nwant\n%s", path, text, want)
			}
			if strings.Contains(head, "never passes") {
				return
			}
			again := parse(t, "talk.chat", string(got[2].Data))
			if left := failures(play(t, again, "Welcome!")); left != nil {
				t.Errorf("the updated file fails: %q", left)
			}
		})
	}
}

// TestUpdate_Ends holds how a file begins and ends: as it did, unless lines come.
func TestUpdate_Ends(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing is otherwise", "> say a\na", "> say a\na"},
		{"a byte order mark", "\ufeff> say a\na\n", "\ufeff> say a\na\n"},
		{"the last line goes", "> say a\nb", "> say a\na\n"},
		{"a line comes", "> say a", "> say a\na\n"},
		{"a line comes in a file of Windows", "# x\r\n> say a", "# x\r\n> say a\r\na\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, "talk.chat", tt.text)
			if got := string(conversation.Update(f, play(t, f, ""))); got != tt.want {
				t.Errorf("Update(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestUpdate_KeepsBytes(t *testing.T) {
	text := "# \u00e9 \r\n\r\n== a  \r\n*\r\n> say a \r\nb\r\n\r\n# end"
	f := parse(t, "talk.chat", text)
	want := "# \u00e9 \r\n\r\n== a  \r\n*\r\n> say a \r\na\r\n\r\n# end"
	if got := string(conversation.Update(f, play(t, f, ""))); got != want {
		t.Errorf("Update = %q, want %q", got, want)
	}
	other := parse(t, "talk.chat", text)
	if got := conversation.Update(f, play(t, other, "")); !bytes.Contains(got,
		[]byte("\r\nb\r\n")) {
		t.Errorf("Update with the report of another file = %q", got)
	}
}
