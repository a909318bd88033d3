package webui_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/gobot"
)

// compiled is the folder for compiled code of all hosts of this process.
var compiled = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "compiled") })

// running is a host that serves the test bot over loopback.
type running struct {
	*host.Host
	url, module string
	stop        func()
}

// serve runs a host until the test ends.
func serve(tb testing.TB, opts host.Options) *running {
	tb.Helper()
	browse(tb) // or there is nothing to serve
	module, err := gobot.Build("testdata/bot")
	if err != nil {
		tb.Fatal(err)
	}
	r := &running{module: filepath.Join(tb.TempDir(), "bot.wasm")}
	if err := os.WriteFile(r.module, module, 0o600); err != nil {
		tb.Fatal(err)
	}
	opts.Files = append(opts.Files, r.module)
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	if opts.CacheDir, err = compiled(); err != nil { // TestMain removes it
		tb.Fatal(err)
	}
	if r.Host, err = host.New(opts); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	if err := r.Load(ctx); err != nil {
		tb.Fatal(err)
	}
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("Run: %v", err)
		}
	})
	tb.Cleanup(r.stop)
	r.url = "http://" + r.Addr().String()
	return r
}
