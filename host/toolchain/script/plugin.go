package script

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// found are the files that a bundle is made of.
type found struct {
	mu sync.Mutex // guards the following
	// files are in the order in which they were read, which may differ from time to
	// time: but the first one.
	files []string
	// wanted are those that scripts import by paths, whether they are there or not.
	wanted []string
}

func (f *found) add(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.files, path) {
		f.files = append(f.files, path)
	}
}

// want notes a path that is imported: perhaps one without its extension.
func (f *found) want(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wanted = append(f.wanted, path)
	for _, extension := range extensions {
		f.wanted = append(f.wanted, path+extension)
	}
}

// paths returns the files, the entry first and the others sorted.
func (f *found) paths() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	paths := slices.Clone(f.files)
	slices.Sort(paths[1:])
	return paths
}

// hoped returns the files, and those that may not be there: one that appears may
// mend a build.
func (f *found) hoped() []string {
	paths := f.paths()
	f.mu.Lock()
	defer f.mu.Unlock()
	rest := append(paths[1:], f.wanted...)
	slices.Sort(rest)
	return append(paths[:1], slices.Compact(rest)...)
}

// plugin notes each file that is read. The bundler's own list would do, but there
// is none if there is an error.
func (f *found) plugin() api.Plugin {
	return api.Plugin{Name: "found", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^\.\.?/`, Namespace: "file"},
			func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				f.want(filepath.Join(args.ResolveDir, args.Path))
				return api.OnResolveResult{}, nil
			})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "file"},
			func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				f.add(filepath.Clean(args.Path))
				return api.OnLoadResult{}, nil
			})
	}}
}

// moduleName is the module that bots import, which the engine has built in.
const moduleName = "bothost"

// moduleCode has the names that can be imported, so that another one is a fault of
// the build, with its place. Tools sort what is imported by name.
const moduleCode = `export const {
  after, anyEvent, anyFile, anyJSON, anyText, anyVoice, bot, chosen, day, eventNamed, hour,
  minute, noIntent, notHandled, second, variable,
} = globalThis[Symbol.for("bothost")];`

// builtin are modules of Node's that bots ask for most often, and what there is in
// their place.
var builtin = map[string]string{
	"fs":      "a bot has no files: import texts and JSON, they become part of the bot",
	"http":    "a bot has no sockets: session.http() asks the host, and onEvent gets the answer",
	"https":   "a bot has no sockets: session.http() asks the host, and onEvent gets the answer",
	"net":     "a bot has no sockets: session.http() asks the host, and onEvent gets the answer",
	"timers":  "a turn does not wait: session.setTimer() sets a timer of the session",
	"crypto":  "crypto.getRandomValues() and crypto.randomUUID() are there without an import",
	"util":    "TextEncoder and TextDecoder are there without an import",
	"process": "session.config() reads what the operator has set",
}

// vocabulary resolves the module bothost, and says of Node's modules what is there
// in their place.
func vocabulary() api.Plugin {
	return api.Plugin{Name: "vocabulary", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: "^" + moduleName + "$"},
			func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: moduleName, Namespace: moduleName}, nil
			})
		code := moduleCode
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: moduleName},
			func(api.OnLoadArgs) (api.OnLoadResult, error) {
				return api.OnLoadResult{Contents: &code, Loader: api.LoaderJS}, nil
			})
		b.OnResolve(api.OnResolveOptions{Filter: "^node:"}, nodeModule)
	}}
}

// nodeModule refuses a module of Node's.
func nodeModule(args api.OnResolveArgs) (api.OnResolveResult, error) {
	text := "Node's own modules are not there for bots"
	if hint := builtin[strings.TrimPrefix(args.Path, "node:")]; hint != "" {
		text += ": " + hint
	}
	return api.OnResolveResult{Errors: []api.Message{{Text: args.Path + ": " + text}}}, nil
}
