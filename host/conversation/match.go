package conversation

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// matches reports whether a text is as wanted; ok is false if there is none.
func (t *Text) matches(text string, ok bool) bool {
	switch t.How {
	case Unset:
		return !ok
	case Exactly:
		return ok && text == t.Value
	case Contains:
		return ok && strings.Contains(text, t.Value)
	case Matches:
		return ok && t.re.MatchString(text)
	}
	return ok
}

// matches reports whether a reply is as wanted.
func (n *Want) matches(s *said) bool {
	e := &s.entry
	switch {
	case s.session != n.Session, n.Entry != "" && e.Kind != n.Entry:
		return false
	case n.Options != nil:
		options, err := bodies.ParseOptions(e.Body)
		return err == nil && slices.EqualFunc(n.Options, options, func(a, b bodies.Option) bool {
			own := a.Value == "" && b.Label == b.Value
			return a.Label == b.Label && (a.Value == b.Value || own)
		})
	case n.Text.How == Exactly:
		return e.Body == n.Text.Value || isJSON(e.Kind) && equalJSON(e.Body, n.Text.Value)
	}
	return n.Text.matches(e.Text(), true)
}

func isJSON(kind abi.Kind) bool {
	return slices.ContainsFunc(abi.Kinds(), func(row abi.KindInfo) bool {
		return row.Kind == kind && row.JSON
	})
}

func equalJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil &&
		reflect.DeepEqual(x, y)
}

// wantOf returns the line that a reply is exactly.
func wantOf(s *said) Want {
	w := Want{Kind: Reply, Session: s.session, Entry: s.entry.Kind}
	w.Text = Text{How: Exactly, Value: s.entry.Body}
	options, err := bodies.ParseOptions(s.entry.Body)
	if s.entry.Kind != abi.KindOptions || err != nil {
		return w
	}
	for _, o := range options {
		if strings.ContainsFunc(o.Label+o.Value, isHidden) {
			return w
		}
	}
	w.Options = written(options)
	return w
}

// written returns options as they are written, without a value that is the label.
func written(options []bodies.Option) (out []bodies.Option) {
	for _, o := range options {
		if o.Value == o.Label {
			o.Value = ""
		}
		out = append(out, o)
	}
	return out
}

// maxPairs bounds the work of pair: above, only what is in its place is paired.
const maxPairs = 1 << 20

// pair finds which reply each want is for, so that as many as possible are as
// wanted, in order; -1 if none is.
func pair(wants []*Want, replies []said) []int {
	n, m := len(wants), len(replies)
	pairs := make([]int, n)
	for i := range pairs {
		pairs[i] = -1
	}
	from := 0
	for from < n && from < m && wants[from].matches(&replies[from]) {
		pairs[from] = from
		from++
	}
	if from == n || (n-from)*(m-from) > maxPairs {
		return pairs
	}
	longest(wants[from:], replies[from:], pairs[from:], from)
	return pairs
}

// longest finds the longest common subsequence, the usual way.
func longest(wants []*Want, replies []said, pairs []int, from int) {
	n, m := len(wants), len(replies)
	length := make([][]int, n+1)
	for i := range length {
		length[i] = make([]int, m+1)
	}
	fits := make([][]bool, n)
	for i := n - 1; i >= 0; i-- {
		fits[i] = make([]bool, m)
		for j := m - 1; j >= 0; j-- {
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if fits[i][j] = wants[i].matches(&replies[j]); fits[i][j] {
				length[i][j] = max(length[i][j], length[i+1][j+1]+1)
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case fits[i][j] && length[i][j] == length[i+1][j+1]+1:
			pairs[i] = from + j
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
}
