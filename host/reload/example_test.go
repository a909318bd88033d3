package reload_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bothost/bothost/host/reload"
)

func ExampleWatcher() {
	dir, err := os.MkdirTemp("", "bots")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "echo.wasm")
	os.WriteFile(path, []byte("one"), 0o600)

	w := reload.New(reload.Options{Folders: []string{dir}})
	ctx, stop := context.WithCancel(context.Background())
	w.Run(ctx, func(_ context.Context, c reload.Change) {
		fmt.Printf("%s: %s\n", filepath.Base(c.Path), c.Data)
		if string(c.Data) == "two" {
			stop()
			return
		}
		os.WriteFile(path, []byte("two"), 0o600)
	})
	// Output:
	// echo.wasm: one
	// echo.wasm: two
}
