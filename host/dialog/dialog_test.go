package dialog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
)

func TestDialog_Target(t *testing.T) {
	if dialog.New(&abi.Definition{}, nil).Target() != nil {
		t.Error("without states there is a target")
	}
	target := dialog.New(define(t, "a:\nb (was old):\nc:"), nil).Target()
	for _, row := range []struct {
		name, asked string
		back        []string
		want        string
	}{
		{"a state", "b", []string{"a"}, "b"},
		{"back", abi.Previous, []string{"c", "b"}, "b"},
		{"back, nothing known", abi.Previous, nil, "a"},
		{"back by a former name", abi.Previous, []string{"c", "old"}, "b"},
		{"back past what is gone", abi.Previous, []string{"c", "gone", "gone"}, "c"},
		{"back, all gone", abi.Previous, []string{"gone"}, "a"},
		{"unknown", "d", nil, `there is no state "d"`},
		{"former name", "old", nil, `there is no state "old"`},
		{"case counts", "A", nil, `there is no state "A"`},
		{"empty", "", nil, `there is no state ""`},
		{"long", strings.Repeat("x", 50), nil,
			`there is no state "` + strings.Repeat("x", 40) + `"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := target(row.asked, row.back)
			if err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("Target()(%q, %q) = %q, want %q", row.asked, row.back, got, row.want)
			}
		})
	}
}

func TestDialog_Timing(t *testing.T) {
	d := dialog.New(define(t, `
		a (recheck 500): after 3000 -> b; after 1000 when x == 1 -> b; after 1000 -> c
		b (was old) (recheck 200):
		c: message -> a
		h (global intent help):`), nil)
	for _, row := range []struct {
		name    string
		state   string
		elapsed int64
		after   int64
		recheck int64
	}{
		{"the shortest first", "a", 0, 1000, 500},
		{"one below", "a", 999, 1000, 500},
		{"what passed is over", "a", 1000, 3000, 500},
		{"between two", "a", 1001, 3000, 500},
		{"nothing left", "a", 3000, 0, 500},
		{"recheck alone", "b", 0, 0, 200},
		{"neither", "c", 0, 0, 0},
		{"a former name", "old", 0, 0, 0},
		{"nowhere", "", 0, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			after, recheck := d.Timing(row.state, row.elapsed)
			if after != row.after || recheck != row.recheck {
				t.Errorf("Timing(%q, %d) = %d, %d, want %d, %d",
					row.state, row.elapsed, after, recheck, row.after, row.recheck)
			}
		})
	}
	after, recheck := dialog.New(&abi.Definition{}, nil).Timing("", 0)
	if after != 0 || recheck != 0 {
		t.Errorf("without states: %d, %d", after, recheck)
	}
}

func TestGraph(t *testing.T) {
	for _, row := range []struct {
		name, bot         string
		unreachable, ends []string
	}{
		{"one state", "a:", nil, []string{"a"}},
		{"to and fro", "a: message -> b\nb: message -> a", nil, nil},
		{"to itself only", "a: message -> b\nb: message -> b", nil, []string{"b"}},
		{"an island", "a: message -> a\nb: message -> c\nc: message -> b",
			[]string{"b", "c"}, []string{"a"}},
		{"a way out of an island does not lead in", "a: message -> b\nb:\nc: message -> a",
			[]string{"c"}, []string{"b"}},
		{"a global state is reached from others, and leads out of them",
			"a:\nb (global intent help):", nil, []string{"b"}},
		{"previous leads out", "a:\nb (global intent help): message -> @previous", nil, nil},
		{"a global state is not reached by itself", "a: auto -> a\nb (global intent help):",
			[]string{"b"}, []string{"a", "b"}},
		{"a global state is not reached past auto",
			"a: auto -> b\nb: auto -> a\nh (global intent help): message -> @previous",
			[]string{"h"}, nil},
		{"a global state that the only other one hides",
			"a: intent help -> a\nb (global intent help): message -> a",
			[]string{"b"}, []string{"a"}},
		{"what a global state leads to", "a:\nb (global intent help): message -> c\nc:", nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			def := define(t, row.bot)
			if got := dialog.Unreachable(def); !slices.Equal(got, row.unreachable) {
				t.Errorf("Unreachable() = %q, want %q", got, row.unreachable)
			}
			if got := dialog.DeadEnds(def); !slices.Equal(got, row.ends) {
				t.Errorf("DeadEnds() = %q, want %q", got, row.ends)
			}
		})
	}
	none := new(abi.Definition)
	if got := append(dialog.Unreachable(none), dialog.DeadEnds(none)...); len(got) > 0 {
		t.Errorf("without states: %q", got)
	}
}
