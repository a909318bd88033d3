package script_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/toolchain/script"
)

func TestBuild_Errors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		want  []string // in the error; DIR is the bot's folder
	}{
		{"syntax", []string{"bot.js", "let a = 1;\nlet b = ;\n"}, []string{`DIR/bot.js:2:9: Unexpected ";"`}},
		{"types", []string{"bot.ts", "const a: number = = 1;\n"}, []string{`DIR/bot.ts:1:19: Unexpected "="`}},
		{"types in JavaScript", []string{"bot.js", "const a: number = 1;\n"}, []string{"DIR/bot.js:1:8: "}},
		{"in what is imported", []string{"bot.ts", "import './lib/a'", "lib/a.ts", "\n\n  }"},
			[]string{`DIR/lib/a.ts:3:3: Unexpected "}"`}},
		{"two faults", []string{"bot.js", "import './a.js'; import './b.js'", "a.js", "(", "b.js", ")"},
			[]string{"DIR/a.js:1:2: ", "\nDIR/b.js:1:1: "}},
		{"no file", []string{"bot.js", "import './nowhere.js'"},
			[]string{`DIR/bot.js:1:8: Could not resolve "./nowhere.js"`}},
		{"no package", []string{"bot.js", "import x from 'left-pad'; x()"},
			[]string{`DIR/bot.js:1:15: Could not resolve "left-pad"; npm install left-pad beside the bot`}},
		{"no such export", []string{"bot.js", "import { x } from './a.js'; x()", "a.js", "export const y = 1"},
			[]string{`DIR/bot.js:1:10: No matching export in "a.js" for import "x"`}},
		{"no such word", []string{"bot.js", "import { bot, setTimer } from 'bothost'; setTimer()"},
			[]string{`DIR/bot.js:1:15: No matching export in "bothost:bothost" for import "setTimer"`}},
		{"Node's", []string{"bot.js", "import fs from 'node:fs'; fs.x"},
			[]string{"DIR/bot.js:1:16: node:fs: Node's own modules are not there for bots: a bot has no files"}},
		{"Node's by its old name", []string{"bot.js", "const fs = require('fs')"},
			[]string{`DIR/bot.js:1:20: Could not resolve "fs"; a bot has no files`}},
		{"another kind of file", []string{"bot.js", "import './a.png'", "a.png", "x"}, []string{"DIR/bot.js:1:8: No loader"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, tt.files...)
			_, watch, err := script.Build(t.Context(), filepath.Join(dir, tt.files[0]))
			if _, ok := errors.AsType[*script.SyntaxError](err); !ok {
				t.Fatalf("Build = %v, want a *SyntaxError", err)
			}
			for _, want := range tt.want {
				if got := strings.ReplaceAll(filepath.ToSlash(err.Error()), filepath.ToSlash(dir), "DIR"); !strings.Contains(got, want) {
					t.Errorf("Build = %s, want in it %s", got, want)
				}
			}
			if len(watch) == 0 || watch[0] != filepath.Join(dir, tt.files[0]) {
				t.Errorf("Build watches %v, want the entry", watch)
			}
		})
	}
}

// What is imported and not there is watched too: it may come.
func TestBuild_WatchesMissing(t *testing.T) {
	dir := write(t, "bot.js", "import './lib/a.js'; import '../b'; import './lib/c'", "lib/a.js", "")
	_, watch, err := script.Build(t.Context(), filepath.Join(dir, "bot.js"))
	if err == nil {
		t.Fatal("Build has no error")
	}
	for _, want := range []string{"bot.js", "lib/a.js", "../b.ts", "lib/c", "lib/c.js"} {
		if !slices.Contains(watch, filepath.Join(dir, want)) {
			t.Errorf("Build watches %v, want %s", watch, want)
		}
	}
}

func TestBuild_Refused(t *testing.T) {
	dir := write(t, "bot.js", "", "bot.py", "")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := script.Build(ended, filepath.Join(dir, "bot.js")); !errors.Is(err, context.Canceled) {
		t.Errorf("Build = %v, want the context's", err)
	}
	_, _, err := script.Build(t.Context(), filepath.Join(dir, "bot.py"))
	if err == nil || !strings.Contains(err.Error(), "a script's name ends in one of .ts .js .mts .mjs") {
		t.Errorf("Build = %v, want words of names", err)
	}
	if _, _, err = script.Build(t.Context(), filepath.Join(dir, "none.js")); err == nil {
		t.Error("Build of no file has no error")
	}
}

// A bot may be of many files: scripts of both kinds, packages, JSON and texts.
var manyFiles = []string{
	"bot.ts", `import { bot, type Session } from "bothost";
import { say } from "./lib/say";
import data from "./data.json";
import words from "./words.txt";
import pad from "pad";

bot.onMessage((session: Session): void => {
  if (session.text === "fail") say(undefined as unknown as string);
  session.reply(say(data.name) + words + pad("x"));
});
`,
	"lib/say.ts", `interface Sayable { length: number }

export function say(s: string & Sayable): string {
  return s.toUpperCase();
}
`,
	"data.json", `{"name": "ada"}`,
	"words.txt", " says ",
	"node_modules/pad/package.json", `{"name": "pad", "main": "main.js"}`,
	"node_modules/pad/main.js", `module.exports = (s) => process.env.NODE_ENV + s;`,
}

func TestBuild_ManyFiles(t *testing.T) {
	needEngine(t)
	dir := write(t, manyFiles...)
	module, watch, err := script.Build(t.Context(), filepath.Join(dir, "bot.ts"))
	if err != nil {
		t.Fatal(err)
	}
	b := load(t, module, plugin.Options{})
	if got := b.says("hi"); got != "ADA says productionx" {
		t.Errorf("the bot says %q", got)
	}
	turn := b.play(text("fail"))
	for _, want := range []string{"at say (lib/say.ts:4:", "(bot.ts:8:"} {
		if !strings.Contains(turn.said, want) {
			t.Errorf("the bot fails with\n%s\nwant in it %s", turn.said, want)
		}
	}
	var names []string
	for _, file := range watch {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	want := []string{"bot.ts", "data.json", "lib/say.ts", "node_modules/pad/main.js", "words.txt"}
	if !slices.Equal(names, want) {
		t.Errorf("Build watches %v, want %v", names, want)
	}
	// The same files in another folder are the same module.
	again := build(t, manyFiles...)
	if !bytes.Equal(module, again) {
		t.Error("the module depends on the folder")
	}
}

// Builds may run side by side.
func TestBuild_Hammer(t *testing.T) {
	want := build(t, manyFiles...)
	dir := write(t, manyFiles...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				got, _, err := script.Build(t.Context(), filepath.Join(dir, "bot.ts"))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("Build = %d bytes, %v, want what it was alone", len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

// The section is the one that hosts read, and cut out.
func TestPack(t *testing.T) {
	engine := []byte("\x00asm\x01\x00\x00\x00")
	for _, size := range []int{0, 1, 113, 114, 127, 128, 16384, 1 << 20} {
		asset := bytes.Repeat([]byte("x"), size)
		module := script.Pack(engine, asset)
		if !bytes.HasPrefix(module, engine) || !bytes.HasSuffix(module, asset) {
			t.Fatalf("Pack of %d bytes lost something", size)
		}
		info, err := plugin.Check(module, abi.Limits{}.Defaults())
		if info == nil || !bytes.Equal(info.Asset, asset) {
			t.Errorf("a host reads %v of %d bytes", err, size)
		}
	}
}

// sdk is where the engine's sources are, and what bots are told.
const sdk = "../../../sdk/guest-javascript"

// sources are all that the engine is made of.
func sources(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.js", "engine/*.*", "package-lock.json"} {
		found, err := filepath.Glob(filepath.Join(sdk, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return files
}

// What was built in may be of older sources than those that lie here, or not of all.
func TestEngine_IsCurrent(t *testing.T) {
	needEngine(t)
	hash := sha256.New()
	for _, name := range sources(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hash.Write(append(data, 0))
	}
	want := "bothost.sources" + hex.EncodeToString(hash.Sum(nil))
	if !bytes.HasSuffix(must(t), []byte(want)) {
		t.Error("the engine is of other sources: make -B js-engine")
	}
}

// The modules of the SDK import each other's names, and are joined without imports: so
// no two may have a name in common, and all that one has of another it must import.
// Both shows where a bundler has to give names that differ.
func TestSDK_Joins(t *testing.T) {
	var all strings.Builder
	for _, name := range sources(t) {
		if filepath.Ext(name) == ".js" {
			fmt.Fprintf(&all, "import %q;\n", "./"+filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name))
		}
	}
	code := strings.ReplaceAll(all.String(), "./guest-javascript/", "./")
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: code, ResolveDir: sdk},
		Bundle: true, Format: api.FormatESModule, TreeShaking: api.TreeShakingFalse,
	})
	if len(result.Errors) > 0 {
		t.Fatal(result.Errors[0])
	}
	renamed := regexp.MustCompile(`(?m)^(?:var|let|const|class|function) (\w+\d)\b`)
	for _, found := range renamed.FindAllSubmatch(result.OutputFiles[0].Contents, -1) {
		t.Errorf("a bundler needs the name %s: one is there twice, or used and not imported", found[1])
	}
}
