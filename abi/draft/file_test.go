package draft_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/draft"
)

// argument returns the argument that an error blames, and the rule.
func argument(tb testing.TB, err error) (name, rule string) {
	tb.Helper()
	if err == nil {
		return "", ""
	}
	bad, ok := errors.AsType[*abi.ArgumentError](err)
	if !ok {
		tb.Fatalf("%v is no *abi.ArgumentError", err)
	}
	return bad.Argument, bad.Err.Error()
}

// Each limit of replies that are files, one below, at and one above.
func TestDraft_ReplyFile_limits(t *testing.T) {
	limits := abi.Limits{FileBytes: 10, EventFileBytes: 25, Replies: 4, ReplyBytes: 400}.Defaults()
	type reply struct {
		name, mime string
		size       int
	}
	file := func(size int) reply { return reply{"a", "b/c", size} }
	long := strings.Repeat("x", bodies.MaxFileName)
	body := (&abi.File{Name: long, Type: "b/c"}).Body()
	rest := 400 - 2*len(body) - (len(body) - len(long)) // of a name, after two long ones
	for _, tt := range []struct {
		name           string
		replies        []reply
		argument, rule string // of the last one; empty if it is legal
	}{
		{"a file, below", []reply{file(9)}, "", ""},
		{"a file, at", []reply{file(10)}, "", ""},
		{"a file, above", []reply{file(11)}, "data",
			"a file has at most 10 bytes, this one has 11"},
		{"files, below", []reply{file(10), file(10), file(4)}, "", ""},
		{"files, at", []reply{file(10), file(10), file(5)}, "", ""},
		{"files, above", []reply{file(10), file(10), file(6)}, "data",
			"files of more than 25 bytes in a turn"},
		{"replies, at", []reply{file(0), file(0), file(0), file(0)}, "", ""},
		{"replies, above", []reply{file(0), file(0), file(0), file(0), file(0)}, "",
			"more than 4 replies in a turn"},
		{"bodies, at",
			[]reply{{long, "b/c", 0}, {long, "b/c", 0}, {long[:rest], "b/c", 0}}, "", ""},
		{"bodies, above",
			[]reply{{long, "b/c", 0}, {long, "b/c", 0}, {long[:rest+1], "b/c", 0}}, "",
			"replies of more than 400 bytes in a turn"},
		{"a name, at", []reply{{long, "b/c", 0}}, "", ""},
		{"a name, above", []reply{{long + "x", "b/c", 0}}, "name",
			"must have at most 128 bytes, has 129"},
		{"no name", []reply{{"", "b/c", 0}}, "name", "must not be empty"},
		{"a name, no text", []reply{{"\xff", "b/c", 0}}, "name", "must be UTF-8"},
		{"a path", []reply{{"../x", "b/c", 0}}, "name", `must be a name without a path, is "../x"`},
		{"no type", []reply{{"a", "", 0}}, "mime", `must be a MIME type such as text/plain, is ""`},
		{"half a type", []reply{{"a", "text/", 0}}, "mime",
			`must be a MIME type such as text/plain, is "text/"`},
		{"two types", []reply{{"a", "a/b\nc/d", 0}}, "mime",
			"must be a MIME type such as text/plain, is \"a/b\\nc/d\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d draft.Draft
			d.Begin(&abi.Event{Kind: abi.EventStart, Time: 5}, draft.Base{}, &limits)
			var err error
			for i, r := range tt.replies {
				if err != nil {
					t.Fatalf("reply %d = %v", i, err)
				}
				err = d.ReplyFile([]byte(r.name), []byte(r.mime), make([]byte, r.size))
			}
			name, rule := argument(t, err)
			if name != tt.argument || rule != tt.rule {
				t.Errorf("ReplyFile() = %s: %s, want %s: %s", name, rule, tt.argument, tt.rule)
			}
			want := len(tt.replies)
			if err != nil {
				want--
			}
			if len(d.Files()) != want || len(d.Entries()) != want {
				t.Errorf("%d files and %d entries, want %d", len(d.Files()), len(d.Entries()), want)
			}
		})
	}
}

// A reply that is a file is one in the log, in its place; Rollback takes it back with
// what it counted.
func TestDraft_ReplyFile(t *testing.T) {
	limits := abi.Limits{EventFileBytes: 5}.Defaults()
	var d draft.Draft
	d.Begin(&abi.Event{Kind: abi.EventMessage, Text: "hi", Time: 5}, draft.Base{}, &limits)
	reply := func(name, mime, data string) {
		t.Helper()
		content := []byte(data)
		if err := d.ReplyFile([]byte(name), []byte(mime), content); err != nil {
			t.Fatal(err)
		}
		clear(content) // it is the guest's
	}
	reply("a", "Image/PNG; q=1", "xy")
	d.Mark()
	reply("b", "audio/wav", "xyz")
	d.Rollback()
	if err := d.Reply([]byte(abi.KindText), []byte("between")); err != nil {
		t.Fatal(err)
	}
	reply("c", "text/plain", "123")
	var got []string
	for i, f := range d.Files() {
		got = append(got, fmt.Sprintf("%d %s", f.Entry, f.Data))
		d.Refer(i, "ref "+string(f.Data))
	}
	if want := "[1 xy 3 123]"; fmt.Sprint(got) != want {
		t.Errorf("Files() = %v, want %s", got, want)
	}
	wants := []abi.Entry{
		{From: abi.FromUser, Kind: abi.KindText, Body: "hi", Time: 5},
		{From: abi.FromBot, Kind: abi.KindImage,
			Body: `{"name":"a","type":"image/png","size":2}`, Time: 5,
			Refs: []string{"ref xy"}},
		{From: abi.FromBot, Kind: abi.KindText, Body: "between", Time: 5},
		{From: abi.FromBot, Kind: abi.KindFile,
			Body: `{"name":"c","type":"text/plain","size":3}`, Time: 5,
			Refs: []string{"ref 123"}},
	}
	for i, e := range d.Entries() {
		if !e.Equal(&wants[i]) {
			t.Errorf("entry %d = %+v, want %+v", i, e, wants[i])
		}
	}
	d.DropFiles()
	d.Begin(&abi.Event{Kind: abi.EventStart}, draft.Base{}, &limits)
	if len(d.Files()) != 0 {
		t.Errorf("Files() = %v after Begin, want none", d.Files())
	}
	reply("d", "a/b", "12345") // what was before does not count
}

// room has some bytes.
type room struct{ free int64 }

func (r *room) Take(bytes int64) bool {
	if bytes > r.free {
		return false
	}
	r.free -= bytes
	return true
}

func (r *room) Give(bytes int64) { r.free += bytes }

// Contents take room as long as the draft has them.
func TestDraft_ReplyFile_room(t *testing.T) {
	limits := abi.Limits{FileBytes: 8}.Defaults()
	r := &room{free: 10}
	var d draft.Draft
	begin := func() {
		d.Begin(&abi.Event{Kind: abi.EventStart}, draft.Base{Room: r}, &limits)
	}
	reply := func(size int, fits bool, free int64) {
		t.Helper()
		err := d.ReplyFile([]byte("a"), []byte("b/c"), make([]byte, size))
		name, _ := argument(t, err)
		if (err == nil) != fits || !fits && (!errors.Is(err, draft.ErrRoom) || name != "data") {
			t.Errorf("ReplyFile() of %d bytes = %v, want it to fit: %t", size, err, fits)
		}
		if r.free != free {
			t.Errorf("%d bytes are free, want %d", r.free, free)
		}
	}
	begin()
	reply(4, true, 6)
	d.Mark()
	reply(5, true, 1)
	reply(2, false, 1)
	reply(1, true, 0)
	reply(0, true, 0)
	d.Rollback()
	reply(7, false, 6)
	reply(6, true, 0)
	d.DropFiles()
	reply(8, true, 2)
	begin()
	if err := d.ReplyFile([]byte("a"), []byte("b/c"), make([]byte, 9)); err == nil || r.free != 10 {
		t.Errorf("ReplyFile() above another limit = %v, %d bytes are free, want 10", err, r.free)
	}
}

// No other function makes a reply of a file.
func TestDraft_Reply_file(t *testing.T) {
	limits := abi.Limits{}.Defaults()
	var d draft.Draft
	d.Begin(&abi.Event{Kind: abi.EventStart}, draft.Base{}, &limits)
	for _, row := range abi.Kinds() {
		if !row.Reply || !row.File {
			continue
		}
		err := d.Reply([]byte(row.Kind), []byte(`{"name":"a","type":"image/b","size":0}`))
		if want := fmt.Sprintf("a reply of the kind %s is made by reply_file",
			row.Kind); err == nil ||
			err.Error() != want {
			t.Errorf("Reply(%s) = %v, want %s", row.Kind, err, want)
		}
	}
}

// The event's entry refers to its files.
func TestDraft_eventRefs(t *testing.T) {
	limits := abi.Limits{}.Defaults()
	files := []abi.File{{Name: "a", Type: "b/c", Size: 1, Ref: "r1"},
		{Name: "d", Type: "audio/f", Ref: "r2"}}
	var d draft.Draft
	d.Begin(&abi.Event{Kind: abi.EventFile, Files: files}, draft.Base{}, &limits)
	e := &d.Entries()[0]
	if got := e.Files(); e.Kind != abi.KindFiles || len(got) != 2 || got[0] != files[0] ||
		got[1] != files[1] {
		t.Errorf("Files() = %+v, want %+v", got, files)
	}
	d.Begin(&abi.Event{Kind: abi.EventVoice, Files: files[1:]}, draft.Base{}, &limits)
	e = &d.Entries()[0]
	if got := e.Files(); e.Kind != abi.KindVoice || len(got) != 1 || got[0] != files[1] {
		t.Errorf("Files() = %+v, want %+v", got, files[1:])
	}
	if text := string(e.AppendJSON(nil)); strings.Contains(text, "r2") {
		t.Errorf("AppendJSON() = %s: the ref left the host", text)
	}
}

func TestDraft_ReadFile(t *testing.T) {
	limits := abi.Limits{}.Defaults()
	broken := errors.New("broken")
	contents := map[string]string{"r1": "hello", "cut": "he", "long": "hello, world"}
	base := draft.Base{ReadFile: func(ref string, dst []byte, offset int64) (int, error) {
		if ref == "broken" {
			return 0, broken
		}
		return strings.NewReader(contents[ref]).ReadAt(dst, offset)
	}}
	var files []abi.File
	for _, ref := range []string{"r1", "cut", "long", "broken"} {
		files = append(files, abi.File{Size: 5, Ref: ref})
	}
	ev := &abi.Event{Kind: abi.EventFile, Files: append(files, abi.File{Ref: "empty"})}
	for _, tt := range []struct {
		name   string
		index  int
		offset int64
		size   int
		want   string
		ok     bool
		err    error
	}{
		{"all", 0, 0, 5, "hello", true, nil},
		{"more", 0, 0, 9, "hello", true, nil},
		{"less", 0, 1, 3, "ell", true, nil},
		{"nothing", 0, 1, 0, "", true, nil},
		{"the end", 0, 4, 9, "o", true, nil},
		{"at the end", 0, 5, 9, "", true, nil},
		{"beyond", 0, 1<<63 - 1, 9, "", true, nil},
		{"an empty one", 4, 0, 9, "", true, nil},
		{"one that is shorter", 1, 0, 9, "", false, io.ErrUnexpectedEOF},
		{"one that is longer", 2, 0, 99, "hello", true, nil},
		{"one that cannot be read", 3, 0, 9, "", false, broken},
		{"none", 5, 0, 9, "", false, nil},
		{"none before", -1, 0, 9, "", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d draft.Draft
			d.Begin(ev, base, &limits)
			dst := make([]byte, tt.size)
			n, ok, err := d.ReadFile(tt.index, tt.offset, dst)
			if string(dst[:n]) != tt.want || ok != tt.ok || !errors.Is(err, tt.err) {
				t.Errorf("ReadFile() = %q, %t, %v, want %q, %t, %v", dst[:n], ok, err,
					tt.want, tt.ok, tt.err)
			}
		})
	}
	var d draft.Draft
	d.Begin(ev, base, &limits)
	_, _, err := d.ReadFile(0, -1, make([]byte, 1))
	if name, rule := argument(t, err); name != "offset" || rule != "must not be below 0, is -1" {
		t.Errorf("ReadFile(-1) = %s: %s", name, rule)
	}
	// An event that waited is read while handlers see it.
	d.Begin(&abi.Event{Kind: abi.EventMessage}, base, &limits)
	if _, ok, _ := d.ReadFile(0, 0, nil); ok {
		t.Error("ReadFile() of an event without files = true, want false")
	}
	d.Use(ev)
	if n, _, _ := d.ReadFile(0, 0, make([]byte, 5)); n != 5 {
		t.Errorf("ReadFile() = %d, want 5", n)
	}
}
