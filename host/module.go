package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/plugin/extism/manifest"
	"github.com/bothost/bothost/host/reload"
)

// Module is a module's file, and how a host without options of its own would load
// it.
type Module struct {
	// File is the module's.
	File reload.Change
	// Manifest is the path of the Extism manifest that names the module; empty if
	// the module was named by itself.
	Manifest string
	// Options have the limits and the configuration.
	Options plugin.Options
	// Refused is what in the manifest is wrong of this module or of the hosts that
	// may be called: a host would not load it. Nil if nothing is.
	Refused error
}

// ReadModule reads the module that a path names: its own file, or that of an Extism
// manifest.
//
// # Errors
//
// There is no module to be had: a file is missing or too large, or the manifest is
// not one that names a module.
func ReadModule(ctx context.Context, path string, limits abi.Limits) (Module, error) {
	limits = limits.Defaults()
	opts := reload.Options{Limit: limits.ModuleBytes}
	file, err := reload.Read(ctx, path, opts)
	m := Module{File: file, Options: plugin.Options{Limits: limits}}
	if err != nil || !manifest.Is(path) {
		return m, err
	}
	says, err := manifest.Parse(file.Data)
	if err != nil {
		return m, fmt.Errorf("%s: manifest: %w", path, err)
	}
	m.Manifest = path
	if m.File, err = reload.Read(ctx, says.In(path), opts); err != nil {
		return m, fmt.Errorf("%s names it: %w", path, err)
	}
	m.Options, m.Refused = settingsOf(source{m.File.Data, says, m.File.Path}, limits)
	return m, nil
}

// settingsOf returns the options of a manifest's module, by which nothing is called.
func settingsOf(src source, limits abi.Limits) (plugin.Options, error) {
	s := newBots(plugin.Options{Limits: limits}, "", limits, slog.New(slog.DiscardHandler), 0)
	defer s.callOff()
	opts, _, _, err := s.settings("", src)
	client, _, wrong := s.client(src.manifest)
	if wrong != nil {
		return opts, errors.Join(err, fmt.Errorf("manifest: allowed_hosts: %w", wrong))
	}
	client.Close()
	return opts, err
}
