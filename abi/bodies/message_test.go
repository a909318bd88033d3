package bodies_test

import (
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

func TestJSONText(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{`{"message":"hi","order":7}`, "hi"},
		{`{"order":7}`, ""},
		{`{"message":7}`, ""},
		{`{"message":null}`, ""},
		{`{"Message":"hi"}`, ""},
		{`["message"]`, ""},
		{`"message"`, ""},
		{`null`, ""},
		{``, ""},
		{`{"message":"hi"`, ""},
	} {
		if got := bodies.JSONText(test.data); got != test.want {
			t.Errorf("JSONText(%s) = %q, want %q", test.data, got, test.want)
		}
	}
}
