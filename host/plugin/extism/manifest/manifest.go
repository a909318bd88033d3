package manifest

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	extism "github.com/extism/go-sdk"
)

// Extension is how the name of a manifest's file ends.
const Extension = ".json"

// Is reports whether a file is a manifest, by its name.
func Is(path string) bool { return strings.EqualFold(filepath.Ext(path), Extension) }

// maxBytes is the largest manifest.
const maxBytes = 1 << 20

// Manifest is what a manifest says.
type Manifest struct {
	// Path is that of the module's file, as it is written, and Hash its SHA-256; nil if
	// the manifest does not say.
	Path string
	Hash []byte
	// Config is what config_get reads, and AllowedHosts are those that http_request may
	// call.
	Config       map[string]string
	AllowedHosts []string
	// MaxPages is the largest memory, in pages of 64 KiB, and Timeout the time of a
	// turn. If zero, the host's limits.
	MaxPages uint32
	Timeout  time.Duration
	// MaxResponseBytes is the largest answer to http_request, and MaxVarBytes what all
	// variables of a session may take. If negative, the host's limits.
	MaxResponseBytes, MaxVarBytes int64
}

// In returns the path of the module's file for a manifest at path: relative to the
// manifest's folder, so that the two can be moved together.
func (m *Manifest) In(path string) string {
	if filepath.IsAbs(m.Path) {
		return m.Path
	}
	return filepath.Join(filepath.Dir(path), filepath.FromSlash(m.Path))
}

// Parse reads a manifest.
//
// # Errors
//
// All that is wrong in the first place that something is wrong in, with that place:
// "wasm[0].url: is not supported ...".
func Parse(data []byte) (*Manifest, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("a manifest has at most %d bytes, this one has %d", maxBytes, len(data))
	}
	if err := check(data); err != nil {
		return nil, err
	}
	var in extism.Manifest
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	return convert(&in)
}

// convert takes over what was checked to be there.
func convert(in *extism.Manifest) (*Manifest, error) {
	file, ok := in.Wasm[0].(extism.WasmFile)
	if !ok {
		return nil, errors.New("wasm[0]: has no path")
	}
	m := &Manifest{
		Path: file.Path, Config: in.Config, AllowedHosts: in.AllowedHosts,
		MaxPages: in.Memory.MaxPages, MaxResponseBytes: in.Memory.MaxHttpResponseBytes,
		MaxVarBytes: in.Memory.MaxVarBytes,
	}
	if in.Timeout > uint64(maxTimeout/time.Millisecond) {
		return nil, fmt.Errorf("timeout_ms: is above %d", maxTimeout/time.Millisecond)
	}
	m.Timeout = time.Duration(in.Timeout) * time.Millisecond
	if file.Hash != "" {
		hash, err := hex.DecodeString(file.Hash)
		if err != nil || len(hash) != 32 {
			return nil, errors.New("wasm[0].hash: must be a SHA-256 in 64 hexadecimal digits")
		}
		m.Hash = hash
	}
	return m, nil
}

// maxTimeout is more than any turn may take.
const maxTimeout = 24 * time.Hour
