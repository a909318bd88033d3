package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/bothost/bothost/host/outbound"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/plugin/module"
	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/render"
	"github.com/bothost/bothost/host/turn"
)

const (
	// provisional is how long a session stays in memory that had no event of its
	// user, after its last connection.
	provisional = 10 * time.Minute
	// warmSessions is how many sessions without a connection stay in memory.
	warmSessions = 4096
)

// acquire opens what others could have: all of it, or nothing.
func (h *Host) acquire() (err error) {
	var undo []func() error
	defer func() {
		if err == nil {
			return
		}
		for _, release := range slices.Backward(undo) {
			err = errors.Join(err, release())
		}
	}()
	o := &h.opts
	h.requests, err = newCallers(outbound.Options{Allow: o.Allow, Logger: o.Logger})
	if err != nil {
		return err
	}
	undo = append(undo, func() error { h.requests.close(); return nil })
	if h.listener, err = listen(o.Addr, o.Open || o.Token != nil); err != nil {
		return err
	}
	undo = append(undo, h.listener.Close)
	if o.Store, err = openStore(*o); err != nil {
		return err
	}
	undo = append(undo, o.Store.Close)
	if h.files, err = openKeeper(*o); err != nil {
		return err
	}
	h.files.start(o.Store)
	return nil
}

// listen opens the listener. Everybody who reaches an open port talks to the
// bots: only loopback addresses go without saying so.
func listen(addr string, open bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if !open && !isLoopback(l.Addr()) {
		return nil, errors.Join(fmt.Errorf("listen on %s: %w", addr, ErrNotLoopback), l.Close())
	}
	return l, nil
}

// ErrNotLoopback: an address that others can reach must be asked for.
var ErrNotLoopback = errors.New(
	"host: anybody could reach this address, which must be allowed (Open)")

func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// startTurns makes what bots run in.
func (h *Host) startTurns() {
	o := &h.opts
	cache, models := openCache(*o)
	h.bots = newBots(plugin.Options{
		Limits: o.Limits, Config: o.Config, Cache: cache,
	}, models, o.Limits, o.Logger, o.Grace)
	h.bots.allow = o.Allow
	h.bots.requests = h.requests
	h.runner = turn.New(turn.Options{
		Store: o.Store, Source: h.bots, Files: h.files, Limits: o.Limits, Now: o.Now,
		Logger: o.Logger, Ready: h.loaded, Provisional: provisional, Warm: warmSessions,
		NewToken: newToken,
		Outbound: func(ctx context.Context, bot, request, key string) string {
			return ask(ctx, h.requests.of(bot), request, key)
		},
	})
}

// openCache opens the cache of compiled code, and returns the folder for what is
// learned of intents, which is private because it lies in the other one. It returns
// nil and no folder if there is to be no cache, or it is not to be trusted.
func openCache(opts Options) (cache *plugin.Cache, models string) {
	if opts.CacheDir == "" {
		return nil, ""
	}
	cache, err := plugin.OpenCache(opts.CacheDir, 0, opts.Logger)
	if err != nil {
		opts.Logger.Warn("modules are compiled without a cache", "err", err)
		return nil, ""
	}
	return cache, filepath.Join(opts.CacheDir, "intents")
}

// openDoors makes the ways in and out.
func (h *Host) openDoors() (err error) {
	o, loopback := &h.opts, isLoopback(h.listener.Addr())
	attached := &attachments{
		keeper: h.files, runner: h.runner, now: o.Now, operator: o.Token, types: o.UploadTypes,
	}
	h.carrier = files.New(files.Options{
		Uploads: attached, Downloads: attached, Limit: o.Limits.FileBytes, Logger: o.Logger,
	})
	renderer := render.New()
	h.sockets = websocket.New(websocket.Options{
		Backend: backend{attached, h.bots}, Dialect: o.Dialect, Limits: o.Limits,
		Hosts: o.Hosts, Origins: o.Origins, Loopback: loopback,
		Rates: o.Rates, Token: o.Token, Renderer: renderer, Logger: o.Logger,
		TrustSessionIDs: o.TrustSessionIDs || loopback,
		NameSessions:    o.SessionsAPI,
	})
	h.api = api.New(api.Options{
		Backend: hooks{attached, h.bots, h.runner}, Token: o.Token, Limits: o.Limits,
		HTML: renderer.HTML, Sessions: h.listed(), Logger: o.Logger,
	})
	h.page, err = h.newPage()
	return err
}

func (h *Host) newWatcher() *reload.Watcher {
	o := &h.opts
	modules, manifests := bundles(o.Files)
	return reload.New(reload.Options{
		Files: modules, Bundles: manifests, Folders: o.Folders, Quiet: o.Quiet, Grace: o.Gone,
		Limit: o.Limits.ModuleBytes, Check: module.Whole, Logger: o.Logger,
	})
}
