package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	text := "# who may talk\n\n0123456789abcdef\nann  fedcba9876543210 \r\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, err := ReadTokens(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		token, user string
		ok          bool
	}{
		{"0123456789abcdef", "", true}, {"fedcba9876543210", "ann", true},
		{"", "", false}, {"0123456789abcde", "", false}, {"0123456789abcdef ", "", false},
		{"# who may talk", "", false}, {"ann fedcba9876543210", "", false},
	} {
		if user, ok := tokens(tc.token); user != tc.user || ok != tc.ok {
			t.Errorf("token %q = %q, %v, want %q, %v", tc.token, user, ok, tc.user, tc.ok)
		}
	}
}

func TestReadTokens_refuses(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", "no token in it"},
		{"# nobody\n", "no token in it"},
		{"0123456789abcde", "line 1: a token has at least 16 bytes, this one has 15"},
		{"\nann secret\n", "line 2: a token has at least 16 bytes, this one has 6"},
		{"ann b 0123456789abcdef", "line 1: must be a token, or a user and a token"},
		{strings.Repeat("x", 70_000), "token too long"},
	} {
		_, err := parseTokens([]byte(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("parseTokens(%.20q) = %v, want %q", tc.text, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("error = %v, shows the token", err)
		}
	}
	if _, err := ReadTokens(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("ReadTokens(no file) = nil")
	}
}
