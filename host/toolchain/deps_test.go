package toolchain

import (
	"slices"
	"strings"
	"testing"
)

func TestPrerequisites(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"clang's", "/tmp/0.o: bot.c bothost.h \\\n  /usr/include/stdio.h\n",
			[]string{"bot.c", "bothost.h", "/usr/include/stdio.h"}},
		{"rustc's", "/tmp/bot.wasm: src/lib.rs data.txt\n\n/tmp/bot.d: src/lib.rs\n\nsrc/lib.rs:\ndata.txt:\n" +
			"\n# env-dep:X=a: b\n", []string{"src/lib.rs", "data.txt", "src/lib.rs"}},
		{"spaces in names", `x.o: my\ bot.c a\#b.h`, []string{"my bot.c", "a#b.h"}},
		{"a dollar", "x.o: a$$b.h", []string{"a$b.h"}},
		{"a path of Windows", "C:\\t\\0.o: C:\\src\\bot.c D:/x.h\r\n",
			[]string{`C:\src\bot.c`, "D:/x.h"}},
		{"lines of Windows", "x.o: a.c \\\r\n b.h\r\n", []string{"a.c", "b.h"}},
		{"no rule", "something else", nil},
		{"cut off", "x.o: a.c b\\", []string{"a.c", `b\`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := prerequisites(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("prerequisites(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// FuzzPrerequisites writes names as compilers do, and wants them back.
func FuzzPrerequisites(f *testing.F) {
	f.Add("bot.c", "a b.h", "x")
	f.Add("$x", "#y", "/usr/include/c++/v1")
	f.Add("", ":", "a:b")
	f.Fuzz(func(t *testing.T, a, b, raw string) {
		prerequisites(raw)
		var want []string
		rule := "out.o:"
		for _, name := range []string{a, b} {
			// Nobody names files like this, and compilers do not agree what to write.
			if name == "" || strings.ContainsAny(name, "\\\r\n\t") {
				continue
			}
			want = append(want, name)
			rule += " " + strings.NewReplacer(" ", "\\ ", "#", "\\#", "$", "$$").Replace(name) +
				" \\\n"
		}
		if got := prerequisites(rule + "\n"); !slices.Equal(got, want) {
			t.Errorf("prerequisites(%q) = %q, want %q", rule, got, want)
		}
	})
}
