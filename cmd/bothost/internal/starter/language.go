package starter

// language is what a new bot consists of.
type language struct {
	name string
	// source is the file with the bot.
	source string
	// sdk are the parts of the SDKs that come along, and where they go.
	sdk map[string]string
	// parts are rows of the README's table, note is the end of the README.
	parts [][2]string
	note  string
}

// languages have the names of the package toolchain.
var languages = []language{
	{
		name: "go", source: "main.go",
		note: "What a bot can do: `go doc github.com/bothost/bothost/sdk/guest-go`.",
	}, {
		name: "rust", source: "src/lib.rs",
		sdk: map[string]string{"guest-rust": "bothost"},
		parts: [][2]string{
			{"bothost", "the SDK, a crate"},
			{"Cargo.toml", "for editors and cargo, which can build it too"},
		},
		note: "What a bot can do is written in [bothost/src](bothost/src).",
	}, {
		name: "c", source: "bot.c",
		sdk: map[string]string{"guest-c": "."},
		parts: [][2]string{
			{"bothost.h", "the SDK"}, {"bothost_text.h", "of the SDK: texts and numbers without a libc"},
			{"bothost_libc.h", "of the SDK: what a libc makes easier"},
		},
		note: "What a bot can do is written in [bothost.h](bothost.h). All files `*.c` of the folder are\n" +
			"built. wasi-libc is used where it is installed; the bot does without.",
	}, {
		name: "cpp", source: "bot.cpp",
		sdk: map[string]string{"guest-cpp": ".", "guest-c/bothost.h": "bothost.h"},
		parts: [][2]string{
			{"bothost.hpp", "the SDK, over [bothost.h](bothost.h)"},
			{"bothost_dialog.hpp", "of the SDK: dialogs"},
			{"bothost_kinds.hpp", "of the SDK: more kinds of replies and events"},
		},
		note: "What a bot can do is written in [bothost.hpp](bothost.hpp). All files `*.cpp` of the folder\n" +
			"are built, as C++20 without exceptions.",
	}, {
		name: "assemblyscript", source: "bot.ts",
		sdk: map[string]string{"guest-assemblyscript": "bothost"},
		parts: [][2]string{
			{"bothost", "the SDK; a bot without a dialog does without its `dialog.ts`"},
			{"asconfig.json", "options of the compiler"},
			{"package-lock.json", "the compiler's version; the first build has npm get it"},
			{"tsconfig.json", "for editors"},
		},
		note: "What a bot can do is written in [bothost](bothost).",
	}, {
		name: "javascript", source: "bot.js",
		sdk: map[string]string{"guest-javascript": "bothost"},
		parts: [][2]string{
			{"bothost", "what a bot can do, for editors"}, {"jsconfig.json", "for editors"},
		},
		note: "No other tools are needed. Other files are imported by their path, npm's packages by their\n" +
			"name after `npm install`.",
	}, {
		name: "typescript", source: "bot.ts",
		sdk:   map[string]string{"guest-javascript": "bothost"},
		parts: [][2]string{{"bothost", "what a bot can do"}, {"tsconfig.json", "for editors"}},
		note: "No other tools are needed: types are left out and not checked, which editors and `npx tsc`\n" +
			"do. Other files are imported by their path, npm's packages by their name after `npm install`.",
	}, {
		name: "wat", source: "bot.wat",
		note: "No other tools are needed. The functions of the host are those of `abi/README.md` in the\n" +
			"source of bothost.",
	},
}

func named(name string) *language {
	for i := range languages {
		if languages[i].name == name {
			return &languages[i]
		}
	}
	return nil
}
