package jsontext_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/jsontext"
)

func TestAppendString(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", `""`},
		{"plain", "hi there", `"hi there"`},
		{"quotes", `a"b\c`, `"a\"b\\c"`},
		{"white space", "a\n\r\tb", `"a\n\r\tb"`},
		{"control characters", "\x00\x1f\x7f", `"\u0000\u001f\u007f"`},
		{"markup", "<b>&amp;</b>", `"<b>&amp;</b>"`},
		{"two to four bytes", "é€😀", `"é€😀"`},
		{"line ends of JavaScript", "a\u2028b\u2029c", `"a\u2028b\u2029c"`},
		{"U+FFFD itself", "\uFFFD", "\"\uFFFD\""},
		{"a lone byte", "a\xffb", `"a\ufffdb"`},
		{"a cut character", "a\xe2\x82", `"a\ufffd\ufffd"`},
		{"a surrogate", "\xed\xa0\x80", `"\ufffd\ufffd\ufffd"`},
		{"overlong", "\xc0\x80", `"\ufffd\ufffd"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(jsontext.AppendString([]byte("x"), tt.text)); got != "x"+tt.want {
				t.Errorf("AppendString(x, %q) = %s, want x%s", tt.text, got, tt.want)
			}
			if got := string(jsontext.AppendString(nil, []byte(tt.text))); got != tt.want {
				t.Errorf("AppendString(bytes %q) = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}

// The law: what is appended is one JSON string that decodes to the text, with
// U+FFFD for each byte that is not UTF-8, as encoding/json has it too.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{
		"", "hi", "\"\\\n\r\t", "\x00\x1f\x7f", "é€😀", "\u2028\u2029", "\xff",
		"a\xe2\x82", "\xed\xa0\x80",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := jsontext.AppendString(nil, text)
		if !utf8.Valid(b) {
			t.Errorf("AppendString(%q) = %q, want UTF-8", text, b)
		}
		var got, want string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("AppendString(%q) = %q, which does not decode: %v", text, b, err)
		}
		reference, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(reference, &want); err != nil {
			t.Fatal(err)
		}
		if got != want || utf8.ValidString(text) && got != text {
			t.Errorf("AppendString(%q) decodes to %q, want %q", text, got, want)
		}
	})
}
