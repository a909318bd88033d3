package jsontext_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/jsontext"
)

func TestElements(t *testing.T) {
	for _, tt := range []struct {
		name, array string
		want        []string
	}{
		{"none", "[]", nil},
		{"none, with white space", " [ \n] ", nil},
		{"scalars", `[1,"a,]",null,true]`, []string{"1", `"a,]"`, "null", "true"}},
		{"nested", `[[1,2],{"a":[3]},[]]`, []string{"[1,2]", `{"a":[3]}`, "[]"}},
		{"white space", "\t[ 1 , [ 2 ] ,\r\n{ } ]", []string{"1", "[ 2 ]", "{ }"}},
		{"no array", `{"a":1}`, nil},
		{"a string", `"[1]"`, nil},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := elements(tt.array); !slices.Equal(got, tt.want) {
				t.Errorf("Elements(%s) = %q, want %q", tt.array, got, tt.want)
			}
		})
	}
	for range jsontext.Elements([]byte("[1,2]")) {
		break // nobody has to take all of them
	}
}

func elements(array string) (list []string) {
	for part := range jsontext.Elements([]byte(array)) {
		list = append(list, string(part))
	}
	return list
}

// The law: Elements never panics and comes to an end; of valid JSON it yields the
// elements that encoding/json finds.
func FuzzElements(f *testing.F) {
	for _, seed := range []string{
		"", "[", "[,", "[1", "[1,", `["\"]`, "[]", " [ 1 ,[ 2,\"]\" ] ] ", `{"a":[1]}`, "null",
		`["\ud83d\ude00",{"a":"[\\\""}]`, strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got := elements(doc)
		if !json.Valid([]byte(doc)) || !utf8.ValidString(doc) {
			return
		}
		var list []json.RawMessage
		if json.Unmarshal([]byte(doc), &list) != nil {
			list = nil
		}
		want := make([]string, len(list))
		for i, part := range list {
			want[i] = string(part)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Elements(%q) = %q, want %q", doc, got, want)
		}
	})
}
