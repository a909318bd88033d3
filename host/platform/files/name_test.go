package files_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/bothost/bothost/host/platform/files"
)

func TestCleanName(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a.txt", "a.txt"}, {"Grüße 你好 👍🏽.pdf", "Grüße 你好 👍🏽.pdf"},
		{"a b  c\t\nd.txt", "a b c d.txt"},
		{"../../x", "x"}, {`..\..\x`, "x"}, {"/etc/passwd", "passwd"},
		{`C:\a\b.txt`, "b.txt"}, {"a/b\\c", "c"},
		{"", "file"}, {".", "file"}, {"..", "file"}, {"../", "file"}, {" . ", "file"},
		{"\u200b", "file"}, {"///", "file"},
		{".bashrc", "bashrc"}, {"-rf", "rf"}, {"~root", "root"},
		{"a.txt. . ", "a.txt"}, {"...a", "a"},
		{"a\x00b\r\nc\x7f\x1b[31m", "ab c[31m"}, {"\u202eexe.gpj", "exe.gpj"},
		{"a\u2066b\u2069\u200fc\ufeff", "abc"},
		{"a\u2028b\u0085c\u00a0d", "a b c d"}, {"\xff\xfea\xc3", "a"}, {"\ufffda", "a"},
		{"\u3164\u2800.txt", "txt"},
		{`<img src=x onerror="alert(1)">`, "_img src=x onerror=_alert(1)__"},
		{"a:b|c?d*e`f", "a_b_c_d_e_f"},
		{"CON", "_CON"}, {"con.txt", "_con.txt"}, {"nul .txt", "_nul .txt"}, {"COM1", "_COM1"},
		{"lpt¹.x", "_lpt¹.x"},
		{"COM", "COM"}, {"COM10", "COM10"}, {"CONFIG", "CONFIG"}, {"-CON", "_CON"},
		{strings.Repeat("a", 128), strings.Repeat("a", 128)},
		{strings.Repeat("a", 129), strings.Repeat("a", 127)},
		{strings.Repeat("ä", 100) + ".txt", strings.Repeat("ä", 61) + ".txt"},
		{strings.Repeat("a", 200) + "." + strings.Repeat("b", 200), strings.Repeat("a", 127)},
		{"CON." + strings.Repeat("b", 200), "_CON." + strings.Repeat("b", 123)},
	} {
		if got := files.CleanName(tt.in); got != tt.want {
			t.Errorf("CleanName(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// FuzzCleanName: whatever a name was, it is safe, and stays as it is.
func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"a.txt", "../../x", "\u202e.gpj", "CON.txt", "\xff",
		strings.Repeat("ä.", 200), " .-~", "a \u200b b", "nul .x"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, in string) {
		name := files.CleanName(in)
		if again := files.CleanName(name); again != name {
			t.Errorf("CleanName(%q) = %q, but once more %q", in, name, again)
		}
		if name == "" || len(name) > 128 || !utf8.ValidString(name) || name == "." || name == ".." {
			t.Errorf("CleanName(%q) = %q", in, name)
		}
		if strings.ContainsAny(name, "/\\<>:\"|?*`\ufffd") || strings.ContainsAny(name[:1],
			". -~") || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
			t.Errorf("CleanName(%q) = %q", in, name)
		}
		for _, r := range name {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("CleanName(%q) = %q, with %U", in, name, r)
			}
		}
	})
}
