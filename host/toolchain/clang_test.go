package toolchain

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/bothost/bothost/sdk"
)

// TestClang_Headers includes each header of the SDKs alone, in C and in C++, with and
// without a libc, and wants no warning.
func TestClang_Headers(t *testing.T) {
	headers, err := fs.Glob(sdk.Files, "guest-c*/*.h*")
	if err != nil || len(headers) < 2 {
		t.Fatalf("headers = %q, %v", headers, err)
	}
	for _, header := range headers {
		name := path.Base(header)
		text := "#pragma clang diagnostic error \"-Wall\"\n" +
			"#pragma clang diagnostic error \"-Wextra\"\n" +
			"#include \"" + name + "\"\n"
		for _, file := range []string{"bot.c", "bot.cc"} {
			if file == "bot.c" && path.Ext(name) != ".h" {
				continue
			}
			t.Run(name+" in "+file, func(t *testing.T) { buildQuietly(t, file, text, false) })
		}
		if path.Ext(name) == ".h" && name != "bothost_libc.h" {
			t.Run(name+" without libc", func(t *testing.T) { buildQuietly(t, "bot.c", text, true) })
		}
	}
}

// TestClang_Plain has the same bot in C and in C++: the header of C is both.
func TestClang_Plain(t *testing.T) {
	const text = "#include \"bothost.h\"\n" +
		"BOTHOST_DEFINE({\"name\": \"tea\", \"states\": []})\n" +
		"static int ask(void) { bothost_reply(\"Tea?\"); return BOTHOST_DONE; }\n" +
		"static bool open(void) { return true; }\n" +
		"BOTHOST_ENTER({\"asked\", ask})\n" +
		"BOTHOST_GUARDS({\"open\", open})\n" +
		"BOTHOST_EXPORT(on_message) { BOTHOST_CHECK(open()); BOTHOST_PANIC(\"no tea is left\"); }\n"
	for _, file := range []string{"bot.c", "bot.cc"} {
		t.Run(file, func(t *testing.T) {
			module := buildQuietly(t, file, text, false)
			for _, export := range []string{"describe", "on_enter", "check", "on_message"} {
				// As it stands among the exports: its length, its name, and that it is a function.
				entry := string(rune(len(export))) + export + "\x00"
				if !bytes.Contains(module, []byte(entry)) {
					t.Errorf("the module has no %s", export)
				}
			}
			if !bytes.Contains(module, []byte(" at bot.c")) {
				t.Error("the module does not know the place of its panic")
			}
		})
	}
}

// buildQuietly builds a bot of one file, of which the compiler has nothing to say.
func buildQuietly(t *testing.T, file, text string, bare bool) []byte {
	t.Helper()
	needs(t, languageOf(t, file))
	s, err := Find(folder(t, file, text))
	if err != nil {
		t.Fatal(err)
	}
	if bare {
		s.kit = bareKit(t, s)
	}
	var words strings.Builder
	module, _, err := s.Build(t.Context(), Options{Words: &words})
	if err != nil || words.Len() > 0 {
		t.Fatalf("Build = %v, and says %s", err, words.String())
	}
	return module
}

// bareKit is the kit of a machine that has no libc for WebAssembly.
func bareKit(t *testing.T, s *Source) (bare Kit) {
	t.Helper()
	kit, err := s.Kit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range kit {
		if tool.Name == toolClang || tool.Name == toolLinker {
			bare = append(bare, tool)
		}
	}
	return bare
}
