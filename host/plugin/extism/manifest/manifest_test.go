package manifest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	extism "github.com/extism/go-sdk"
)

const digits = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Manifest
	}{
		{"the least", `{"wasm":[{"path":"bot.wasm"}]}`,
			Manifest{Path: "bot.wasm", MaxResponseBytes: -1, MaxVarBytes: -1}},
		{"memory without limits", `{"wasm":[{"path":"a/b.wasm","name":"main"}],"memory":{}}`,
			Manifest{Path: "a/b.wasm", MaxResponseBytes: -1, MaxVarBytes: -1}},
		{"all", `{"wasm":[{"path":"bot.wasm","hash":"` + digits + `"}],
			"memory":{"max_pages":16,"max_http_response_bytes":1000,"max_var_bytes":0},
			"config":{"greeting":"Hi"},"allowed_hosts":["*.example.org"],"timeout_ms":2000}`,
			Manifest{Path: "bot.wasm", Hash: []byte("\x9f\x86\xd0\x81\x88L}e\x9a/\xea\xa0\xc5Z\xd0\x15" +
				"\xa3\xbfO\x1b+\x0b\x82,\xd1]l\x15\xb0\xf0\n\x08"),
				Config: map[string]string{"greeting": "Hi"}, AllowedHosts: []string{"*.example.org"},
				MaxPages: 16, Timeout: 2 * time.Second, MaxResponseBytes: 1000}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text))
			if err != nil || !reflect.DeepEqual(*got, test.want) {
				t.Errorf("Parse = %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestParse_refuses(t *testing.T) {
	const file = `"wasm":[{"path":"b.wasm"}]`
	for _, test := range []struct{ name, text, want string }{
		{"nothing", ``, "manifest: must be a JSON object"},
		{"an array", `[]`, "manifest: must be a JSON object"},
		{"half", `{"wasm":[`, "manifest: unexpected"},
		{"two", `{` + file + `}{}`, "manifest: has more behind its end"},
		{"no module", `{}`, "wasm: is missing"},
		{"null", `{"wasm":null}`, "wasm: must be an array with one module"},
		{"empty list", `{"wasm":[]}`, "wasm: has 0 modules"},
		{"several modules", `{"wasm":[{"path":"a"},{"path":"b"}]}`, "wasm: has 2 modules"},
		{"no path", `{"wasm":[{"name":"main"}]}`, "wasm[0].path: is missing"},
		{"empty path", `{"wasm":[{"path":""}]}`, "wasm[0].path: is missing"},
		{"url", `{"wasm":[{"url":"https://example.org/b.wasm"}]}`, "wasm[0].url: is not supported"},
		{"data", `{"wasm":[{"data":"AGFzbQ=="}]}`, "wasm[0].data: is not supported"},
		{"method", `{"wasm":[{"path":"b","method":"GET"}]}`, "wasm[0].method: is not supported"},
		{"hash of another length", `{"wasm":[{"path":"b","hash":"abcd"}]}`, "wasm[0].hash: must be a SHA-256"},
		{"path of another type", `{"wasm":[{"path":7}]}`, "wasm[0].path: must be a string"},
		{"allowed paths", `{` + file + `,"allowed_paths":{"/tmp":"/tmp"}}`, "allowed_paths: is not supported"},
		{"unknown field", `{` + file + `,"allow_hosts":[]}`, `"allow_hosts": is unknown`},
		{"other case", `{` + file + `,"Config":{}}`, `"Config": is unknown`},
		{"unknown field of memory", `{` + file + `,"memory":{"max":1}}`, `"memory.max": is unknown`},
		{"unknown field of a module", `{"wasm":[{"path":"b","sha":"x"}]}`, `"wasm[0].sha": is unknown`},
		{"a field twice", `{` + file + `,` + file + `}`, `manifest: "wasm" is there twice`},
		{"config of numbers", `{` + file + `,"config":{"a":1}}`, "config: must be an object whose values"},
		{"config of null", `{` + file + `,"config":{"a":null}}`, "config: must be an object whose values"},
		{"hosts that are none", `{` + file + `,"allowed_hosts":"*"}`, "allowed_hosts: must be an array"},
		{"negative pages", `{` + file + `,"memory":{"max_pages":-1}}`, "memory.max_pages: must be a whole"},
		{"broken pages", `{` + file + `,"memory":{"max_pages":1.5}}`, "memory.max_pages: must be a whole"},
		{"negative time", `{` + file + `,"timeout_ms":-1}`, "timeout_ms: must be a whole"},
		{"endless time", `{` + file + `,"timeout_ms":18446744073709551615}`, "timeout_ms: is above"},
		{"too large", `{` + file + `,"config":{"a":"` + strings.Repeat("x", maxBytes) + `"}}`, "at most 1048576 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if m, err := Parse([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse = %+v, %v, want an error with %q", m, err, test.want)
			}
		})
	}
}

// Each field of the published format is either read or refused by name.
func TestParse_knowsAllFields(t *testing.T) {
	types := []struct {
		rules map[string]rule
		of    reflect.Type
	}{
		{fields, reflect.TypeFor[extism.Manifest]()},
		{memory, reflect.TypeFor[extism.ManifestMemory]()},
		{module, reflect.TypeFor[extism.WasmFile]()},
		{module, reflect.TypeFor[extism.WasmData]()},
		{module, reflect.TypeFor[extism.WasmUrl]()},
	}
	for _, row := range types {
		for i := range row.of.NumField() {
			name, _, _ := strings.Cut(row.of.Field(i).Tag.Get("json"), ",")
			if row.rules[name] == nil {
				t.Errorf("%v: %q has no rule", row.of, name)
			}
		}
	}
}

func TestManifest_In(t *testing.T) {
	path := filepath.Join("bots", "shop", "bot.json")
	if got, want := (&Manifest{Path: "out/bot.wasm"}).In(path), filepath.Join("bots", "shop", "out", "bot.wasm"); got != want {
		t.Errorf("In(%s) = %s, want %s", path, got, want)
	}
	abs := filepath.Join(os.TempDir(), "bot.wasm")
	if filepath.IsAbs(abs) {
		if got := (&Manifest{Path: abs}).In(path); got != abs {
			t.Errorf("In(%s) = %s, want %s", path, got, abs)
		}
	}
}

// FuzzParse: what is taken, the published reader takes too, and with the same
// meaning; it comes out the same if it is written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"wasm":[{"path":"bot.wasm","hash":"` + digits + `"}],"config":{"a":"b"}}`))
	f.Add([]byte(`{"wasm":[{"path":"b"}],"memory":{"max_pages":16,"max_var_bytes":-1},"timeout_ms":9}`))
	f.Add([]byte(`{"wasm":[{"path":"b"}],"allowed_hosts":["*"],"allowed_paths":{}}`))
	f.Add([]byte(`{"wasm":[{"url":"b"}],"wasm":[{"path":"b"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		var in extism.Manifest
		if err := json.Unmarshal(data, &in); err != nil || len(in.Wasm) != 1 || in.Wasm[0].(extism.WasmFile).Path != m.Path {
			t.Fatalf("Parse took %q, which is %+v, %v", data, in, err)
		}
		again, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Parse(again)
		if err != nil || n.Path != m.Path || !reflect.DeepEqual(n.Hash, m.Hash) || n.MaxPages != m.MaxPages ||
			n.Timeout != m.Timeout || len(n.Config) != len(m.Config) || len(n.AllowedHosts) != len(m.AllowedHosts) {
			t.Fatalf("Parse(%q) = %+v, of the same written again %+v, %v", data, m, n, err)
		}
	})
}
