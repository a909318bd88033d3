package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
)

// learning is a bot with two intents, and something besides them.
func learning(tb testing.TB, examples, besides string) []byte {
	tb.Helper()
	return makeDialog(tb, `{`+besides+`"states":[{"name":"initial","initial":true,"transitions":[
{"intent":"greet","to":"initial"},{"intent":"leave","to":"initial"}]}],
"intents":[{"name":"greet","examples":["hello","good morning"]},
{"name":"leave","examples":[`+examples+`]}]}`)
}

// debugLog is a logger of everything, and what it has logged.
func debugLog() (*slog.Logger, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), log
}

// TestLoad_Intents: a reload learns what is new, and nothing else; what another host
// learned before is in the cache's folder.
func TestLoad_Intents(t *testing.T) {
	cacheDir := filepath.Join(t.TempDir(), "cache")
	logger, log := debugLog()
	opts := Options{CacheDir: cacheDir, Logger: logger}.defaults()
	cached, models := openCache(opts)
	if cached == nil || models == "" {
		t.Fatalf("openCache() = %v, %q, want a cache and a folder", cached, models)
	}
	const bye, more = `"good bye"`, `"good bye","see you"`
	var s *bots
	open := func(models string) func() {
		return func() {
			s = newBots(plugin.Options{Cache: cached}, models, opts.Limits, logger, opts.Grace)
		}
	}
	for _, test := range []struct {
		name   string
		before func() // if anything
		module []byte
		want   int // times that intents are learned
	}{
		{"first", open(models), learning(t, bye, ""), 1},
		{"the same", nil, learning(t, bye, ""), 0},
		{"other code", nil, learning(t, bye, `"version":"2",`), 0},
		{"other examples", nil, learning(t, more, ""), 1},
		{"the old ones again", nil, learning(t, bye, ""), 0},
		{"another host", open(models), learning(t, more, `"version":"3",`), 0},
		{"another host without a folder", open(""), learning(t, more, ""), 1},
		{"other code without a folder", nil, learning(t, more, `"version":"4",`), 0},
		{"the old ones without a folder", nil, learning(t, bye, ""), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.before != nil {
				if s != nil {
					s.close()
				}
				test.before()
			}
			log.Reset()
			if r := s.load(t.Context(), "bot", source{module: test.module}); r.Err != nil {
				t.Fatal(r.Err)
			}
			got := strings.Count(log.String(), "intents learned")
			if got != test.want || strings.Contains(log.String(), "WARN") {
				t.Errorf("the intents were learned %d times, want %d; log:\n%s",
					got, test.want, log)
			}
		})
	}
	s.close()
}

// TestLoad_Intents_ended: who ends the host does not wait for intents to be learned.
func TestLoad_Intents_ended(t *testing.T) {
	logger, log := debugLog()
	s := newBots(plugin.Options{}, "", abi.Limits{}.Defaults(), logger, 0)
	defer s.close()
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := errors.New("the host ends")
	cancel(ended)
	d, err := abi.ParseDefinition([]byte(`{"intents":[{"name":"greet","examples":["hello"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.learn(ctx, s.getOrMake("bot"), d, logger); !errors.Is(err, ended) {
		t.Errorf("learn() = %v, want %v", err, ended)
	}
	if strings.Contains(log.String(), "intents learned") {
		t.Errorf("log:\n%s\nwant nothing learned", log)
	}
}

// TestLoad_Intents_tooMany: a bot with more intents than can be learned is refused.
func TestLoad_Intents_tooMany(t *testing.T) {
	var list []string
	for i := range 1001 {
		list = append(list, fmt.Sprintf(`{"name":"%d","examples":["x"]}`, i))
	}
	definition := `{"intents":[` + strings.Join(list, ",") + `]}`
	module := assemble(t, fmt.Sprintf(`(module
		(import "bothost_v1" "output" (func $output (param i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "%s")
		(func (export "describe") (call $output (i32.const 0) (i32.const %d)))
		(func (export "on_message")))`,
		strings.ReplaceAll(definition, `"`, `\22`), len(definition)))
	s := newBots(plugin.Options{}, "", abi.Limits{}.Defaults(), slog.New(slog.DiscardHandler), 0)
	defer s.close()
	r := s.load(t.Context(), "bot", source{module: module})
	if r.Err == nil ||
		!strings.Contains(r.Err.Error(), "check: definition: intents: at most 1000") {
		t.Errorf("load() = %v, want an error of the check", r.Err)
	}
}

// TestStage_Intents: stages share what was learned.
func TestStage_Intents(t *testing.T) {
	modules := map[string][]byte{"bot.wasm": learning(t, `"good bye"`, "")}
	logger, log := debugLog()
	opts := StageOptions{CacheDir: t.TempDir(), Logger: logger}
	for range 2 {
		newPlay(t, newStage(t, opts, modules), "bot.wasm")
	}
	if got := strings.Count(log.String(), "intents learned"); got != 1 {
		t.Errorf("two stages learned %d times, want once; log:\n%s", got, log)
	}
}
