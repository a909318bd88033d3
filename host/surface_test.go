package host

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/bothost/bothost/abi"
)

// surfaces are the bots of testdata/surface, which call all that an SDK offers, and the
// file of each.
var surfaces = []struct{ language, file string }{
	{"rust", "src/lib.rs"},
	{"c", "bot.c"},
	{"cpp", "bot.cpp"},
	{"assemblyscript", "bot.ts"},
	{"javascript", "bot.js"},
}

// buildSurface builds the bot of a language that calls all that its SDK offers.
func buildSurface(tb testing.TB, language, file string) []byte {
	tb.Helper()
	dir := filepath.Join("testdata", "surface", language)
	if language != "assemblyscript" {
		return buildSource(tb, dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		tb.Fatal(err)
	}
	return buildText(tb, language, file, string(text))
}

// Each SDK has all functions of the contract, they do the same everywhere, and so does
// what builds a definition.
func TestSurfaces(t *testing.T) {
	skipWithRace(t)
	files, err := filepath.Glob("testdata/surface/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatalf("conversations = %q, %v", files, err)
	}
	var first string
	for _, s := range surfaces {
		t.Run(s.language, func(t *testing.T) {
			stage := onStage(t, buildSurface(t, s.language, s.file))
			g, err := stage.load(t.Context(), "bot", "bot.wasm")
			if err != nil {
				t.Fatal(err)
			}
			importsAll(t, g)
			text, err := json.Marshal(g.definition)
			if err != nil {
				t.Fatal(err)
			}
			first = cmp.Or(first, string(text))
			if string(text) != first {
				t.Errorf("definition = %s, want that of the others: %s", text, first)
			}
			holdFiles(t, stage, files)
		})
	}
}

// An instance lives for many turns: what they allocate is freed, or found again.
func TestSurfaces_Last(t *testing.T) {
	skipWithRace(t)
	const turns = 3000 // of which each takes more than 10 kB
	for _, s := range surfaces {
		t.Run(s.language, func(t *testing.T) {
			module := buildSurface(t, s.language, s.file)
			stage := newStage(t, StageOptions{Limits: abi.Limits{MemoryBytes: 2 << 20}},
				map[string][]byte{"bot.wasm": module})
			play := newPlay(t, stage, "bot.wasm")
			begins(t, play, "")
			large := abi.Event{Kind: abi.EventMessage, Text: "large", Human: true}
			for i := range turns {
				turn, err := play.Send(t.Context(), "", large)
				if err != nil || turn.Failure != "" {
					t.Fatalf("turn %d: %v %s", i, err, turn.Failure)
				}
			}
		})
	}
}

// twice is a bot whose transitions begin with the same trigger.
const twice = `import { anyFile, anyText, dialog, variable } from "./bothost/dialog";
export * from "./bothost/exports";

dialog((d) => {
  const said = anyText(), file = anyFile();
  d.initial("a")
    .when(said).and(variable("x").isSet()).guard("never").goTo("b")
    .when(said).goTo("b")
    .when(file.types(["image/*"])).goTo("b")
    .when(file).goTo("b");
  d.state("b");
  d.guard("never", () => false);
});
`

// A trigger in a variable is the same each time: what one transition adds is its own.
func TestAssemblyScript_TriggerTwice(t *testing.T) {
	skipWithRace(t)
	stage := onStage(t, buildText(t, "assemblyscript", "bot.ts", twice))
	g, err := stage.load(t.Context(), "bot", "bot.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ conditions, guards, types int }{
		{1, 1, 0}, {0, 0, 0}, {0, 0, 1}, {0, 0, 0},
	} {
		got := g.definition.States[0].Transitions[i]
		if len(got.When) != want.conditions || len(got.Guard) != want.guards ||
			len(got.FileTypes) != want.types {
			t.Errorf("transition %d = %+v, want %+v", i, got, want)
		}
	}
}

// A text that was cut within a character is one all the same: in UTF-16 that happens, and
// what users say must not fail a turn by its length.
func TestAssemblyScript_CutText(t *testing.T) {
	skipWithRace(t)
	stage := onStage(t, buildText(t, "assemblyscript", "bot.ts", "import { bot } from \"./bothost\";\n"+
		"export * from \"./bothost/exports\";\nbot.onMessage((s) => s.reply(s.text.slice(0, 2)));\n"))
	play := newPlay(t, stage, "bot.wasm")
	begins(t, play, "")
	turn, err := play.Send(t.Context(), "", abi.Event{
		Kind: abi.EventMessage, Text: "a\U0001F600", Human: true,
	})
	if err != nil || turn.Failure != "" {
		t.Fatalf("the turn fails: %v %s", err, turn.Failure)
	}
	if got := turn.Entries[len(turn.Entries)-1].Body; got != "a\uFFFD" {
		t.Errorf("the bot says %q, want %q", got, "a\uFFFD")
	}
}

// importsAll wants a module to import every function of the contract. The host has
// checked their types.
func importsAll(t *testing.T, g *generation) {
	t.Helper()
	imported := make(map[string]bool)
	for _, i := range g.module.Info().Imports {
		imported[i.Module+"."+i.Name] = true
	}
	for f := range abi.FunctionCount {
		if !imported[abi.ModuleCore+"."+f.String()] {
			t.Errorf("the SDK has no %s", f)
		}
	}
}
