package draft_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// audience writes down what it is shown.
type audience []string

func (a *audience) Show(part int, text []byte) {
	*a = append(*a, fmt.Sprintf("%d %s", part, text))
}

func (a *audience) Withdraw() { *a = append(*a, "withdrawn") }

// TestDraft_Stream has what ends a reply in progress, and what the audience sees of
// it.
func TestDraft_Stream(t *testing.T) {
	delta := func(d *draft.Draft, texts ...string) {
		for _, text := range texts {
			if err := d.ReplyDelta([]byte(text)); err != nil {
				t.Errorf("ReplyDelta(%q) = %v", text, err)
			}
		}
	}
	reply := func(d *draft.Draft, text string) {
		if err := d.Reply([]byte(abi.KindText), []byte(text)); err != nil {
			t.Errorf("Reply(%q) = %v", text, err)
		}
	}
	for _, tc := range []struct {
		name  string
		do    func(d *draft.Draft)
		shown []string
		want  []string
	}{
		{"none", func(d *draft.Draft) { d.ReplyEnd() }, nil, nil},
		{"an empty text begins none", func(d *draft.Draft) { delta(d, "") }, nil, nil},
		{"ended by the end", func(d *draft.Draft) { delta(d, "a", "b") },
			[]string{"0 a", "0 b"}, []string{"ab"}},
		{"ended by ReplyEnd",
			func(d *draft.Draft) { delta(d, "a"); d.ReplyEnd(); d.ReplyEnd(); delta(d, "b") },
			[]string{"0 a", "1 b"}, []string{"a", "b"}},
		{"ended by a reply", func(d *draft.Draft) { delta(d, "a"); reply(d, "x"); delta(d, "b") },
			[]string{"0 a", "1 b"}, []string{"a", "x", "b"}},
		{"ended by the host", func(d *draft.Draft) {
			delta(d, "a")
			d.Add(abi.FromHost, abi.KindNotice, "n")
		}, []string{"0 a"}, []string{"a", "n"}},
		{"ended by a file", func(d *draft.Draft) {
			delta(d, "a")
			if err := d.ReplyFile([]byte("f"), []byte("a/b"), nil); err != nil {
				t.Error(err)
			}
		}, []string{"0 a"}, []string{"a", `{"name":"f","type":"a/b","size":0}`}},
		{"ended by the next handler",
			func(d *draft.Draft) { delta(d, "a"); d.Mark(); delta(d, "b") },
			[]string{"0 a", "1 b"}, []string{"a", "b"}},
		{"rolled back", func(d *draft.Draft) { delta(d, "a"); d.Rollback(); delta(d, "b") },
			[]string{"0 a", "withdrawn", "0 b"}, []string{"b"}},
		{"rolled back after its end",
			func(d *draft.Draft) { delta(d, "a"); d.ReplyEnd(); d.Rollback() },
			[]string{"0 a", "withdrawn"}, nil},
		{"rolled back to before nothing",
			func(d *draft.Draft) { delta(d, "a"); d.Mark(); d.Rollback() },
			[]string{"0 a"}, []string{"a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var seen audience
			d := begin(start(), draft.Base{Audience: &seen}, abi.Limits{}.Defaults())
			tc.do(d)
			if got := bodiesOf(d.Entries()); !slices.Equal(got, tc.want) {
				t.Errorf("entries = %q, want %q", got, tc.want)
			}
			if !slices.Equal(seen, tc.shown) {
				t.Errorf("shown = %q, want %q", seen, tc.shown)
			}
		})
	}
}

// A reply in progress counts as one, and its text as that of any other.
func TestDraft_StreamLimits(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(d *draft.Draft) error
		want string
	}{
		{"as many bytes as there may be", func(d *draft.Draft) error {
			return errors.Join(d.ReplyDelta(make([]byte, 19)), d.ReplyDelta([]byte("x")))
		}, ""},
		{"one byte more", func(d *draft.Draft) error {
			return errors.Join(d.ReplyDelta(make([]byte, 20)), d.ReplyDelta([]byte("x")))
		}, "replies of more than 20 bytes in a turn"},
		{"as many replies as there may be", func(d *draft.Draft) error {
			var errs []error
			for range 3 {
				errs = append(errs, d.ReplyDelta([]byte("x")), d.ReplyDelta([]byte("y")))
				d.ReplyEnd()
			}
			return errors.Join(errs...)
		}, ""},
		{"one reply more", func(d *draft.Draft) error {
			for range 3 {
				_ = d.ReplyDelta([]byte("x"))
				d.ReplyEnd()
			}
			return d.ReplyDelta([]byte("x"))
		}, "more than 3 replies in a turn"},
		{"not UTF-8", func(d *draft.Draft) error { return d.ReplyDelta(notUTF8) },
			abi.ErrNotUTF8.Error()},
		{"a character in two", func(d *draft.Draft) error {
			return d.ReplyDelta([]byte("é")[:1])
		}, abi.ErrNotUTF8.Error()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.do(begin(start(), draft.Base{}, small))
			if tc.want == "" && err != nil ||
				tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
}
