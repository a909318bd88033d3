package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	sdk "github.com/extism/go-sdk"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin"
)

// extismTime is the limit of a call in both engines.
const extismTime = 5 * time.Second

// oursEngine runs calls as a host does: each is a turn on the draft of a session.
type oursEngine struct {
	module *plugin.Module
	limits abi.Limits
	event  abi.Event
	base   draft.Base
	draft  draft.Draft
}

func openOurs(ctx context.Context, module []byte, cache *plugin.Cache) (extismEngine, error) {
	limits := abi.Limits{TurnTime: extismTime, Instances: 1024}
	m, err := plugin.Compile(ctx, module, plugin.Options{Limits: limits, Cache: cache})
	if err != nil {
		return nil, err
	}
	vars := map[string]string{"last": "what was said before that"}
	return &oursEngine{
		module: m, limits: limits.Defaults(), base: draft.Base{Vars: vars, VarBytes: 64},
		event: abi.Event{
			Kind: abi.EventMessage, Human: true, Session: "s", Bot: "b", Time: 1763712000000,
		},
	}, nil
}

func (e *oursEngine) call(input string) error {
	in, err := e.module.Checkout(context.Background())
	if err != nil {
		return err
	}
	defer in.Release()
	return e.turn(in, input)
}

func (e *oursEngine) turn(in *plugin.Instance, input string) error {
	e.event.Text = input
	e.draft.Begin(&e.event, e.base, &e.limits)
	result, err := in.Call(abi.OnMessage, input, e.event.Time, &e.draft)
	if err == nil && (result != abi.Done || len(e.draft.Entries()) != 2) {
		err = fmt.Errorf("%v (%s), %d entries", result, in.Said(), len(e.draft.Entries()))
	}
	return err
}

func (e *oursEngine) start(input string) (func(), error) {
	in, err := e.module.Checkout(context.Background())
	if err != nil {
		return nil, err
	}
	return in.Discard, e.turn(in, input)
}

func (e *oursEngine) close() error { return e.module.Close(context.Background()) }

// theirsEngine runs calls through the Go SDK, with functions of the host that keep
// variables in a map.
type theirsEngine struct {
	compiled *sdk.CompiledPlugin
	plugin   *sdk.Plugin
	vars     map[string]string
	replies  int
}

func openTheirs(ctx context.Context, module []byte, _ *plugin.Cache) (extismEngine, error) {
	e := &theirsEngine{vars: map[string]string{"last": "what was said before that"}}
	var err error
	e.compiled, err = sdk.NewCompiledPlugin(ctx, sdk.Manifest{
		Wasm:    []sdk.Wasm{sdk.WasmData{Data: module}},
		Timeout: uint64(extismTime / time.Millisecond),
	}, sdk.PluginConfig{EnableWasi: true}, e.functions())
	if err != nil {
		return nil, err
	}
	e.plugin, err = e.compiled.Instance(ctx, sdk.PluginInstanceConfig{})
	return e, err
}

func (e *theirsEngine) functions() []sdk.HostFunction {
	type types = []sdk.ValueType
	function := func(
		name string, do func(*sdk.CurrentPlugin, []uint64), params, results types,
	) sdk.HostFunction {
		return sdk.NewHostFunctionWithStack(name,
			func(_ context.Context, p *sdk.CurrentPlugin, stack []uint64) { do(p, stack) }, params, results)
	}
	handle := []sdk.ValueType{sdk.ValueTypePTR}
	return []sdk.HostFunction{
		function("session_get", func(p *sdk.CurrentPlugin, stack []uint64) {
			key, err := p.ReadString(stack[0])
			if err == nil {
				stack[0], err = p.WriteString(e.vars[key])
			}
			if err != nil {
				panic(err)
			}
		}, handle, handle),
		function("session_set", func(p *sdk.CurrentPlugin, stack []uint64) {
			key, err := p.ReadString(stack[0])
			if err == nil {
				e.vars[key], err = p.ReadString(stack[1])
			}
			if err != nil {
				panic(err)
			}
		}, append(handle, handle...), nil),
		function("reply", func(p *sdk.CurrentPlugin, stack []uint64) {
			if _, err := p.ReadString(stack[0]); err != nil {
				panic(err)
			}
			e.replies++
		}, handle, nil),
	}
}

func (e *theirsEngine) call(input string) error { return e.on(e.plugin, input) }

func (e *theirsEngine) on(p *sdk.Plugin, input string) error {
	before := e.replies
	code, _, err := p.Call("on_message", []byte(input))
	if err == nil && (code != 0 || e.replies != before+1) {
		err = fmt.Errorf("result %d, %d replies", code, e.replies-before)
	}
	return err
}

func (e *theirsEngine) start(input string) (func(), error) {
	p, err := e.compiled.Instance(context.Background(), sdk.PluginInstanceConfig{})
	if err != nil {
		return nil, err
	}
	return func() { _ = p.Close(context.Background()) }, e.on(p, input)
}

func (e *theirsEngine) close() error {
	ctx := context.Background()
	return errors.Join(e.plugin.Close(ctx), e.compiled.Close(ctx))
}
