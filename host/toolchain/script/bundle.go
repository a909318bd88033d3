package script

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// output is the name of the bundle, which no file has: nothing is written.
const output = "bothost.bundle.js"

// bundle makes one script of a file and what it imports, followed by a zero byte
// and its source map. entry is an absolute path.
func bundle(ctx context.Context, entry string) (asset []byte, watch []string, err error) {
	found := &found{}
	found.add(entry)
	// Names in messages and in the source map are relative to the entry's folder,
	// so that a module does not depend on where it was built.
	dir := filepath.Dir(entry)
	build, refused := api.Context(api.BuildOptions{
		EntryPoints:   []string{entry},
		AbsWorkingDir: dir,
		Outfile:       filepath.Join(dir, output),
		Bundle:        true,
		Format:        api.FormatESModule, // which may await at its top
		Target:        api.ES2023,
		// Packages that run in browsers and in Node run here, if they need neither.
		Platform:       api.PlatformNeutral,
		MainFields:     []string{"module", "main"},
		Conditions:     []string{"bothost", "module"},
		Define:         map[string]string{"process.env.NODE_ENV": `"production"`},
		Charset:        api.CharsetUTF8,
		LegalComments:  api.LegalCommentsNone,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		Loader:         map[string]api.Loader{".txt": api.LoaderText},
		LogLevel:       api.LogLevelSilent,
		Plugins:        []api.Plugin{vocabulary(), found.plugin()},
	})
	if refused != nil {
		return nil, found.paths(), &SyntaxError{dir, refused.Errors}
	}
	defer build.Dispose()
	stop := context.AfterFunc(ctx, build.Cancel)
	defer stop()
	result := build.Rebuild()
	if ctx.Err() != nil {
		return nil, found.paths(), ctx.Err()
	}
	if len(result.Errors) > 0 {
		return nil, found.hoped(), &SyntaxError{dir, result.Errors}
	}
	asset, err = join(result.OutputFiles)
	return asset, found.paths(), err
}

// join puts a script and its source map into one asset.
func join(files []api.OutputFile) ([]byte, error) {
	var code, sources []byte
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".map") {
			sources = f.Contents
		} else {
			code = f.Contents
		}
	}
	// Only what the engine reads: it is in memory while an instance starts.
	var m struct {
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if err := json.Unmarshal(sources, &m); err != nil {
		return nil, fmt.Errorf("script: source map: %w", err)
	}
	short, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("script: source map: %w", err)
	}
	return append(append(code, 0), short...), nil
}
