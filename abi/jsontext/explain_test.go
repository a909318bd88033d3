package jsontext_test

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/jsontext"
)

func TestExplain(t *testing.T) {
	var into struct {
		Text   string
		Number float64
		Whole  int64
		Flag   bool
		List   []string
		Map    map[string]string
	}
	for _, tt := range []struct{ doc, want string }{
		{`{"Text":1}`, "Text: must be a string, is number"},
		{`{"Number":"1"}`, "Number: must be a number, is string"},
		{`{"Whole":1.5}`, "Whole: must be a whole number, is number 1.5"},
		{`{"Flag":null,"List":{}}`, "List: must be an array, is object"},
		{`{"Flag":0}`, "Flag: must be true or false, is number"},
		{`{"Map":[]}`, "Map: must be an object, is array"},
		{`[]`, "must be an object, is array"},
		{`{"Text":}`, "not JSON at byte 9: "},
		{``, "not JSON at byte 0: "},
	} {
		err := jsontext.Explain(json.Unmarshal([]byte(tt.doc), &into))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Explain(error of %s) = %v, want %s", tt.doc, err, tt.want)
		}
	}
	if err := jsontext.Explain(io.EOF); !errors.Is(err, io.EOF) {
		t.Errorf("Explain(%v) = %v, want the same", io.EOF, err)
	}
}

func TestTypeName(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{"", "a string"}, {int64(0), "a whole number"}, {0.5, "a number"},
		{true, "true or false"}, {[]int{}, "an array"}, {struct{}{}, "an object"},
		{map[string]int{}, "an object"},
	} {
		if got := jsontext.TypeName(reflect.TypeOf(tt.value)); got != tt.want {
			t.Errorf("TypeName(%T) = %s, want %s", tt.value, got, tt.want)
		}
	}
}
