package host

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/bothost/bothost/host/outbound"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/plugin/extism/manifest"
	"github.com/bothost/bothost/host/reload"
)

// source is what a generation is made of: a module, and what a manifest says of it,
// if it was named by one.
type source struct {
	module   []byte
	manifest *manifest.Manifest
	// file is the module's, where a manifest names it.
	file string
}

// sourceOf returns the source that a change brought.
func sourceOf(c reload.Change) (source, error) {
	if !manifest.Is(c.Path) {
		return source{module: c.Data}, nil
	}
	m, err := manifest.Parse(c.Data)
	if err != nil {
		return source{}, fmt.Errorf("manifest: %w", err)
	}
	return source{module: c.Files[0].Data, manifest: m, file: c.Files[0].Path}, nil
}

// bundles splits the files of the options: manifests are watched with what they
// name.
func bundles(paths []string) (modules []string, all []reload.Bundle) {
	for _, path := range paths {
		if !manifest.Is(path) {
			modules = append(modules, path)
			continue
		}
		all = append(all, reload.Bundle{Path: path, Names: func(data []byte) ([]string, error) {
			m, err := manifest.Parse(data)
			if err != nil {
				return nil, err
			}
			return []string{m.In(path)}, nil
		}})
	}
	return modules, all
}

// readSource reads the source of a stage.
func readSource(ctx context.Context, path string,
	read func(ctx context.Context, file string) ([]byte, error)) (source, error) {
	data, err := read(ctx, path)
	if err != nil || !manifest.Is(path) {
		return source{module: data}, err
	}
	m, err := manifest.Parse(data)
	if err != nil {
		return source{}, fmt.Errorf("manifest: %w", err)
	}
	module, err := read(ctx, m.In(path))
	return source{module: module, manifest: m, file: m.In(path)}, err
}

// settings returns the options of a generation of a bot, a name for its configuration, and
// what it calls hosts with; nil if that is the host's own client.
//
// # Errors
//
// The module is not the one that the manifest means, or a host that it allows is
// none.
func (s *bots) settings(bot string, src source) (
	plugin.Options, string, *outbound.Client, error) {
	opts, m := s.opts, src.manifest
	if m == nil {
		if s.requests != nil {
			opts.Extism.Send = sender(s.calls, s.requests.of(bot), answerBytes)
		}
		return opts, s.config, nil, nil
	}
	if sum := sha256.Sum256(src.module); m.Hash != nil && !bytes.Equal(m.Hash, sum[:]) {
		return opts, "", nil, fmt.Errorf("manifest: wasm[0].hash: is %x, but %s has %x",
			m.Hash, src.file, sum)
	}
	opts.Config = maps.Clone(m.Config)
	if opts.Config == nil {
		opts.Config = make(map[string]string)
	}
	maps.Copy(opts.Config, s.opts.Config) // the command line is nearer to the operator
	s.lower(&opts, m)
	name := maps.Clone(opts.Config)
	name["\x00manifest"] = fmt.Sprint(
		m.AllowedHosts, m.MaxPages, m.Timeout, m.MaxResponseBytes, m.MaxVarBytes)
	if s.requests == nil { // a stage: nobody is called
		return opts, hashConfig(name), nil, nil
	}
	client, limit, err := s.client(m)
	if err != nil {
		return opts, "", nil, fmt.Errorf("manifest: allowed_hosts: %w", err)
	}
	opts.Extism.Send = sender(s.calls, client, limit)
	return opts, hashConfig(name), client, nil
}

// pageBytes is the size of a page of a Wasm memory.
const pageBytes = 64 << 10

// lower sets the limits of a manifest, which are held within those of the host.
func (s *bots) lower(opts *plugin.Options, m *manifest.Manifest) {
	limits := &opts.Limits
	if asked := int64(m.MaxPages) * pageBytes; asked > limits.MemoryBytes {
		s.logger.Warn("the manifest asks for more than the host allows",
			"field", "memory.max_pages", "asked", asked, "limit", limits.MemoryBytes)
	} else if asked > 0 {
		limits.MemoryBytes = asked
	}
	if m.Timeout > limits.TurnTime {
		s.logger.Warn("the manifest asks for more than the host allows",
			"field", "timeout_ms", "asked", m.Timeout, "limit", limits.TurnTime)
	} else if m.Timeout > 0 {
		limits.TurnTime = m.Timeout
	}
	switch {
	case m.MaxVarBytes == 0:
		opts.Extism.VarBytes = -1
	case m.MaxVarBytes > 0:
		opts.Extism.VarBytes = m.MaxVarBytes
	}
}

// client makes what calls the hosts that a manifest allows, besides those that the
// host does, and returns how large an answer may be.
func (s *bots) client(m *manifest.Manifest) (*outbound.Client, int64, error) {
	allow := append([]string(nil), s.allow...)
	for _, entry := range m.AllowedHosts {
		allow = append(allow, anyPort(entry))
	}
	limit := int64(answerBytes)
	if m.MaxResponseBytes >= 0 {
		limit = min(m.MaxResponseBytes, s.limits.MemoryBytes)
	}
	c, err := outbound.New(outbound.Options{
		Allow: allow, MaxBody: max(limit, 1), MaxTime: answerTime, Logger: s.logger,
	})
	return c, limit, err
}

// The limits of http_request, unless a manifest sets another size.
const (
	answerBytes = 1 << 20
	answerTime  = time.Minute
)

// anyPort returns an allowed host of a manifest as [outbound.Options] has it: in
// manifests a name is meant on any port.
func anyPort(entry string) string {
	switch {
	case strings.Contains(entry, "]:"), strings.Count(entry, ":") == 1:
		return entry
	case strings.Count(entry, ":") > 1 && !strings.HasPrefix(entry, "["):
		return "[" + entry + "]:*"
	}
	return entry + ":*"
}

// sender is the way of http_request to the network. Requests end with off: turns that
// wait for an answer would keep the host from ending.
func sender(off context.Context, c *outbound.Client, limit int64) func(
	context.Context, extism.Request) (extism.Response, error) {
	return func(ctx context.Context, r extism.Request) (extism.Response, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(off, cancel)()
		got := c.Do(ctx, outbound.Request{
			Method: r.Method, URL: r.URL, Headers: r.Headers, Body: string(r.Body),
		})
		switch {
		case got.Code != "":
			return extism.Response{}, fmt.Errorf("%s: %s", got.Code, got.Err)
		case got.Truncated || int64(len(got.Body)) > limit:
			return extism.Response{}, fmt.Errorf("the answer has more than %d bytes", limit)
		}
		return extism.Response{Status: got.Status, Headers: got.Headers, Body: got.Body}, nil
	}
}

// IsManifest reports whether a file is an Extism manifest, by its name.
func IsManifest(path string) bool { return manifest.Is(path) }

// BotName returns the name of the bot that a module's or a manifest's file holds.
func BotName(path string) string {
	name := filepath.Base(path)
	if manifest.Is(name) {
		return name[:len(name)-len(manifest.Extension)]
	}
	return strings.TrimSuffix(name, ".wasm")
}
