package guests_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	sdk "github.com/extism/go-sdk"
	"github.com/tetratelabs/wazero"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/outbound"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/plugin/extism"
)

// outcome is what a call left behind, as both engines tell it.
type outcome struct {
	// exit is "done", "failed: " and the words of error_set, or "ended" for a call that
	// did not return.
	exit   string
	output string
	// vars are the variables after the call, and logs the lines of the call, each with
	// its level.
	vars    map[string]string
	logs    []string
	replies []string
	// cause is why a call ended, in the engine's words, which are not compared.
	cause error
}

// differences says in what two outcomes are not the same; empty if in nothing.
func (o outcome) differences(p outcome) string {
	var all []string
	compare := func(what string, a, b any) {
		if x, y := fmt.Sprintf("%q", a), fmt.Sprintf("%q", b); x != y {
			all = append(all, fmt.Sprintf("%s %s, the SDK's %s", what, x, y))
		}
	}
	compare("exit", o.exit, p.exit)
	compare("output", o.output, p.output)
	compare("vars", o.vars, p.vars)
	compare("logs", o.logs, p.logs)
	compare("replies", o.replies, p.replies)
	if len(all) > 0 && (o.cause != nil || p.cause != nil) {
		all = append(all, fmt.Sprintf("ours: %v; the SDK's: %v", o.cause, p.cause))
	}
	return strings.Join(all, "\n")
}

// config is what both engines are configured with.
var config = map[string]string{"greeting": "Hello", "empty": "", "long": strings.Repeat("x", 5000)}

// limit is the time of a call: much more than any takes, but for the endless one.
const limit = 2 * time.Second

// player runs calls one after the other, with one session.
type player interface {
	call(input string) outcome
}

// logLines is a slog handler that keeps the lines of bots.
type logLines struct {
	slog.Handler
	lines []string
}

func (*logLines) Enabled(context.Context, slog.Level) bool { return true }
func (l *logLines) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *logLines) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "line" && r.Message == "bot log" {
			l.lines = append(l.lines, levelName(r.Level)+" "+a.Value.String())
		}
		return true
	})
	return nil
}

func levelName(level slog.Level) string {
	if level == extism.LevelTrace {
		return "TRACE"
	}
	return level.String()
}

// ours plays on our instances, a new one for each call: what stays is the session's.
type ours struct {
	tb     testing.TB
	module *plugin.Module
	limits abi.Limits
	log    *logLines
	vars   map[string]string
}

func newOurs(tb testing.TB, data []byte, allow []string) *ours {
	tb.Helper()
	client, err := outbound.New(outbound.Options{Allow: allow})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	o := &ours{tb: tb, log: new(logLines), vars: make(map[string]string)}
	limits := abi.Limits{TurnTime: limit}
	o.module, err = plugin.Compile(tb.Context(), data, plugin.Options{
		Config: config, Limits: limits, Logger: slog.New(o.log),
		Extism: plugin.ExtismOptions{Send: send(client)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	o.limits = limits.Defaults()
	tb.Cleanup(func() {
		if err := o.module.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return o
}

// anew returns the same for another session.
func (o *ours) anew(tb testing.TB) *ours {
	n := *o
	n.tb, n.vars = tb, make(map[string]string)
	return &n
}

// send is the way to the network, as the host has it.
func send(c *outbound.Client) func(context.Context, extism.Request) (extism.Response, error) {
	return func(ctx context.Context, r extism.Request) (extism.Response, error) {
		got := c.Do(ctx, outbound.Request{Method: r.Method, URL: r.URL, Headers: r.Headers, Body: string(r.Body)})
		if got.Code != "" {
			return extism.Response{}, errors.New(got.Code + ": " + got.Err)
		}
		if got.Truncated {
			return extism.Response{}, errors.New("the answer is too large")
		}
		return extism.Response{Status: got.Status, Headers: got.Headers, Body: got.Body}, nil
	}
}

func (o *ours) call(input string) outcome {
	o.tb.Helper()
	in, err := o.module.Checkout(o.tb.Context())
	if err != nil {
		o.tb.Fatal(err)
	}
	defer in.Release()
	var d draft.Draft
	ev := &abi.Event{Kind: abi.EventMessage, Text: input, Human: true, Session: "s", Bot: "b", Time: 1763712000000}
	base := draft.Base{Vars: o.vars}
	for k, v := range o.vars {
		base.VarBytes += int64(len(k) + len(v))
	}
	d.Begin(ev, base, &o.limits)
	o.log.lines = nil
	result, err := in.Call(abi.OnMessage, input, ev.Time, &d)
	got := outcome{output: string(in.Output()), logs: o.log.lines, cause: err, exit: "ended"}
	switch {
	case err != nil:
		got.output = ""
	case result == abi.Failed:
		got.exit = "failed: " + in.Said()
	default:
		got.exit = "done"
	}
	o.keep(&d, got.exit == "done") // as a host does
	got.vars = o.extismVars()
	for _, e := range d.Entries() {
		if e.From == abi.FromBot {
			got.replies = append(got.replies, e.Body)
		}
	}
	return got
}

// keep commits a turn that ended well.
func (o *ours) keep(d *draft.Draft, well bool) {
	if !well {
		return
	}
	for _, w := range d.Writes() {
		if w.Deleted {
			delete(o.vars, w.Key)
		} else {
			o.vars[w.Key] = w.Value
		}
	}
}

func (o *ours) extismVars() map[string]string {
	vars := make(map[string]string)
	for k, v := range o.vars {
		if name, ok := strings.CutPrefix(k, extism.VarPrefix); ok {
			vars[name] = extism.DecodeVar(v)
		}
	}
	return vars
}

// sdkGuest is a plug-in as the Go SDK compiles it.
type sdkGuest struct {
	compiled *sdk.CompiledPlugin
	// player is whose calls the functions of the host are for.
	player *theirs
}

func newSDKGuest(tb testing.TB, data []byte, allow []string) *sdkGuest {
	tb.Helper()
	g, ctx := new(sdkGuest), context.Background()
	var err error
	g.compiled, err = sdk.NewCompiledPlugin(ctx, sdk.Manifest{
		Wasm: []sdk.Wasm{sdk.WasmData{Data: data}}, Config: config, AllowedHosts: allow,
		Timeout: uint64(limit / time.Millisecond),
	}, sdk.PluginConfig{
		EnableWasi: true, EnableHttpResponseHeaders: true, RuntimeConfig: wazero.NewRuntimeConfig(),
	}, g.functions())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := g.compiled.Close(ctx); err != nil {
			tb.Error(err)
		}
	})
	return g
}

// theirs plays on one instance of the Go SDK.
type theirs struct {
	tb      testing.TB
	plugin  *sdk.Plugin
	session map[string]string
	logs    []string
	replies []string
}

// anew returns a player with a session of its own.
func (g *sdkGuest) anew(tb testing.TB) *theirs {
	tb.Helper()
	sdk.SetLogLevel(sdk.LogLevelOff) // it tells about itself
	t := &theirs{tb: tb, session: make(map[string]string)}
	ctx := context.Background()
	p, err := g.compiled.Instance(ctx, sdk.PluginInstanceConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(ctx); err != nil {
			tb.Error(err)
		}
	})
	p.SetLogger(func(level sdk.LogLevel, text string) {
		if !strings.HasPrefix(text, "Calling function :") && !strings.HasPrefix(text, "Calling _initialize") &&
			!strings.HasPrefix(text, "Initializing runtime") {
			t.logs = append(t.logs, level.String()+" "+text)
		}
	})
	t.plugin, g.player = p, t
	return t
}

// functions are those of the host that the plug-ins use.
func (g *sdkGuest) functions() []sdk.HostFunction {
	i64 := []sdk.ValueType{sdk.ValueTypePTR}
	text := func(p *sdk.CurrentPlugin, h uint64) string {
		s, err := p.ReadString(h)
		if err != nil {
			g.player.tb.Error(err)
		}
		return s
	}
	return []sdk.HostFunction{
		sdk.NewHostFunctionWithStack("reply", func(_ context.Context, p *sdk.CurrentPlugin, stack []uint64) {
			g.player.replies = append(g.player.replies, text(p, stack[0]))
		}, i64, nil),
		sdk.NewHostFunctionWithStack("session_get", func(_ context.Context, p *sdk.CurrentPlugin, stack []uint64) {
			value := g.player.session[text(p, stack[0])]
			stack[0] = 0
			if value != "" {
				stack[0], _ = p.WriteString(value)
			}
		}, i64, i64),
		sdk.NewHostFunctionWithStack("session_set", func(_ context.Context, p *sdk.CurrentPlugin, stack []uint64) {
			g.player.session[text(p, stack[0])] = text(p, stack[1])
		}, append(i64, i64...), nil),
	}
}

func (t *theirs) call(input string) outcome {
	t.logs, t.replies = nil, nil
	sdk.SetLogLevel(sdk.LogLevelTrace)
	code, output, err := t.plugin.Call("on_message", []byte(input))
	got := outcome{output: string(output), logs: t.logs, replies: t.replies, cause: err, exit: "ended"}
	words := ""
	if err != nil {
		words = t.plugin.GetError()
	}
	switch {
	case err != nil && words != "" && err.Error() == words:
		got.exit, got.cause = "failed: "+words, nil
	case err != nil:
		got.output = ""
	case code == 1:
		got.exit = "failed: "
	default:
		got.exit = "done"
	}
	got.vars = make(map[string]string)
	for k, v := range t.plugin.Var {
		got.vars[k] = string(v)
	}
	return got
}
