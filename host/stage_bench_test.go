package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/gobot"
)

const (
	manyConversations = 200
	turnsOfEach       = 10
)

// manyOf writes conversations, each of some turns besides its beginning.
func manyOf(tb testing.TB, turn func(i int) (text, want string)) *conversation.File {
	tb.Helper()
	var b bytes.Buffer
	for n := range manyConversations {
		fmt.Fprintf(&b, "== number %d\n", n)
		for i := range turnsOfEach {
			text, want := turn(i)
			fmt.Fprintf(&b, "> %s\n%s\n", text, want)
		}
	}
	f, err := conversation.Parse("many.chat", b.Bytes())
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// counting is what the bot that counts is told, and its answers.
func counting(i int) (text, want string) { return "next", fmt.Sprint(i + 1) }

// greeting is a small dialog of greetings, over and over.
func greeting(i int) (text, want string) { return []string{"hello", "good"}[i%2], "*" }

// holdAll holds all conversations of a file, as bothost test does.
func holdAll(tb testing.TB, s *Stage, f *conversation.File, opts PlayOptions) {
	tb.Helper()
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, c := range f.Conversations {
		g.Go(func() error {
			p, err := s.Play(tb.Context(), "bot.wasm", opts)
			if err != nil {
				return err
			}
			defer p.Close()
			r := conversation.Run(tb.Context(), c, p, conversation.Options{})
			if r.Failed() {
				var b bytes.Buffer
				_ = conversation.WriteText(&b, &r, conversation.Options{})
				return fmt.Errorf("%s", b.Bytes())
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkConversations holds 200 conversations of 10 turns. The module is compiled
// before.
func BenchmarkConversations(b *testing.B) {
	for _, bench := range []struct {
		name   string
		module func(testing.TB) []byte
		turn   func(i int) (text, want string)
		opts   PlayOptions
	}{
		{"guest=wat", countBot, counting, PlayOptions{}},
		{"guest=wat/fresh", countBot, counting, PlayOptions{Fresh: true}},
		{"guest=go", greetingsBot, greeting, PlayOptions{}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := newStage(b, StageOptions{}, map[string][]byte{"bot.wasm": bench.module(b)})
			f := manyOf(b, bench.turn)
			newPlay(b, s, "bot.wasm")
			b.ReportAllocs()
			for b.Loop() {
				holdAll(b, s, f, bench.opts)
			}
		})
	}
}

// BenchmarkPlay is what a conversation costs in which nobody says anything.
func BenchmarkPlay(b *testing.B) {
	s := newStage(b, StageOptions{}, map[string][]byte{"bot.wasm": countBot(b)})
	b.ReportAllocs()
	for b.Loop() {
		p, err := s.Play(b.Context(), "bot.wasm", PlayOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func countBot(tb testing.TB) []byte {
	source, err := os.ReadFile(filepath.Join("..", "testdata", "bots", "count.wat"))
	if err != nil {
		tb.Fatal(err)
	}
	return assemble(tb, string(source))
}

func greetingsBot(tb testing.TB) []byte { return gobot.Must(tb, examplesDir+"/greetings") }

// TestStage_Quick: 200 conversations of 10 turns take less than 2 s, with time to
// spare for slow machines.
func TestStage_Quick(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": countBot(t)})
	f := manyOf(t, counting)
	begun := time.Now()
	holdAll(t, s, f, PlayOptions{})
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("%d conversations took %v, want less than 2s", len(f.Conversations), took)
	}
}
