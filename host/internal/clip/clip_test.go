package clip

import "testing"

func TestText(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		n          int
		want       string
	}{
		{"nothing", "", 0, ""},
		{"one below", "abc", 4, "abc"},
		{"at the limit", "abc", 3, "abc"},
		{"one above", "abc", 2, "ab"},
		{"to nothing", "abc", 0, ""},
		{"behind a character", "é🍪", 2, "é"},
		{"within a character", "é🍪", 5, "é"},
		{"within the first", "🍪", 3, ""},
		{"no characters", "\xff\xff\xff", 2, "\xff\xff"},
		{"no beginning", "\x80\x80\x80", 2, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(Text([]byte(tc.text), tc.n)); got != tc.want {
				t.Errorf("Text(%q, %d) = %q, want %q", tc.text, tc.n, got, tc.want)
			}
		})
	}
}
