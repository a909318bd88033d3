package conversation

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

var seeds = []string{
	"> a\nb", "a\n> [b](c)\n[d] [e](f)\n",
	"@bot x\n@stub GET http://* -> 200 a\n  b\n# c\n\n== d\n> e\n*\n",
	"== a\n>file \"b c\" d/e 3MB\n  f g/h = \"i\\nj\"\n  k l/m < n.txt\n@file f = i\n" +
		">voice a b/c\n",
	"> a\n\\# b\n  c\n\n   d\n\"e\\u0000\"\n{f} ~ g\n/h/\n",
	"a> b\nc>start\na< d\nc@state e\n... 1 day 2 hours\n-\n",
	">json [1]\n>event a {}\n>agent b\n>reset\n",
	"> a\n@var b = c\n@var \"\" -\n@param d /e/\n@intent -\n@score >= 0.5\n@fuel <= 7\n" +
		"@fails /x/\n",
	"... 1s\n-\na> b", "> a\n\t\nb\r\n  c\r\n",
	"@swap a\n@fails \\/\n> \\[\n> \"\"\n@stub * -> timeout",
}

// FuzzParse holds that a file is refused with errors, or is the same after Format
// and Parse.
func FuzzParse(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("a.chat", text)
		if err != nil {
			if errs, ok := err.(Errors); !ok || len(errs) == 0 || len(errs) > maxErrors {
				t.Fatalf("Parse(%q) = %v", text, err)
			}
			return
		}
		out := Format(file)
		again, err := Parse("a.chat", out)
		if err != nil {
			t.Fatalf("Parse(%q) after Format of %q = %v", out, text, err)
		}
		if got, want := bare(again), bare(file); !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) is not as Parse(%q)", out, text)
		}
		if twice := Format(again); !bytes.Equal(out, twice) {
			t.Errorf("Format = %q, and then %q", out, twice)
		}
	})
}

// random plays a bot that says the words of a text, whatever happens.
type random struct {
	words []string
	at    int
}

func (r *random) next() string {
	if len(r.words) == 0 {
		return ""
	}
	r.at++
	return r.words[(r.at-1)%len(r.words)]
}

func (r *random) turn(session string) Turn {
	t := Turn{Session: session, Fuel: int64(len(r.next()))}
	for range len(r.next()) % 4 {
		e := abi.Entry{From: abi.FromBot, Kind: abi.KindText, Body: r.next()}
		switch len(e.Body) % 4 {
		case 2:
			e.Kind = abi.KindMarkdown
		case 3:
			body := append(jsontext.AppendString([]byte(`[{"label":`), e.Body), `,"value":`...)
			e.Kind, e.Body = abi.KindOptions,
				string(append(jsontext.AppendString(body, e.Body), "}]"...))
		}
		t.Entries = append(t.Entries, e)
	}
	switch word := r.next(); len(word) % 5 {
	case 3:
		t.Failure = "x" + word
	case 4:
		t.Prediction = &abi.Prediction{Intent: word, Score: 0.5}
	}
	return t
}

func (r *random) Begin(_ context.Context, session string) (Turn, error) {
	return r.turn(session), nil
}
func (r *random) Send(_ context.Context, session string, _ abi.Event) (Turn, error) {
	return r.turn(session), nil
}
func (r *random) Advance(context.Context, time.Duration) ([]Turn, error) { return nil, nil }
func (r *random) Settle(context.Context) ([]Turn, error)                 { return nil, nil }
func (r *random) Swap(context.Context, string) error                     { return nil }
func (r *random) Stub(Stub)                                              {}
func (r *random) State(string) string {
	return strings.Join(r.words, "")
}
func (r *random) Content(_, name string) (string, bool) {
	return name, len(name)%3 == 0
}
func (r *random) Attach(_ context.Context, _ string, f abi.File, _ *string, _ string) (
	abi.File, error) {
	return f, nil
}
func (r *random) Var(_, name string) (string, bool) { return name, len(name)%2 == 0 }

// FuzzUpdate holds that a file is well-formed after Update, and that the bot which
// it was made from then does what it says, steps that cannot be done apart.
func FuzzUpdate(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), strings.Repeat("# a - b\n* \\ \"x\" ", i+1))
	}
	f.Fuzz(func(t *testing.T, text []byte, said string) {
		file, err := Parse("a.chat", text)
		if err != nil {
			return
		}
		if out := Update(file, nil); !bytes.Equal(out, text) {
			t.Fatalf("Update(%q) of nothing that happened = %q", text, out)
		}
		words := strings.Split(strings.ToValidUTF8(said, ""), " ")
		play := func(file *File) (reports []Report) {
			for _, c := range file.Conversations {
				reports = append(reports, Run(t.Context(), c, &random{words: words}, Options{}))
			}
			return reports
		}
		reports := play(file)
		out := Update(file, reports)
		again, err := Parse("a.chat", out)
		if err != nil {
			t.Fatalf("Update(%q) = %q: %v", text, out, err)
		}
		for _, r := range play(again) {
			for _, result := range r.Results {
				if result.Step.Act.Verb != Choose && len(result.Failures) > 0 {
					t.Fatalf("Update(%q) = %q, which fails: %q", text, out, result.Failures)
				}
			}
		}
	})
}
