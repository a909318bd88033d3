package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/bothost/bothost/abi"
)

// inspected is the object of inspect --format json. Programs read it: fields are
// added, but none is renamed or removed. Sizes are in bytes.
type inspected struct {
	Path string `json:"path"`
	// Manifest is the path of the Extism manifest that names the module.
	Manifest string `json:"manifest,omitempty"`
	SHA256   string `json:"sha256"`
	// Accepted says whether a host serves the module; Refused are the reasons if it
	// does not.
	Accepted bool     `json:"accepted"`
	Refused  []string `json:"refused,omitempty"`

	Size int `json:"size"`
	// Memory is what the module begins with.
	Memory uint64 `json:"memory,omitempty"`
	// Asset is the size of the custom section bothost.asset, if there is one.
	Asset    *int               `json:"asset,omitempty"`
	Exports  []inspectedExport  `json:"exports,omitempty"`
	Imports  []inspectedImport  `json:"imports,omitempty"`
	Sections []inspectedSection `json:"sections,omitempty"`

	// Fuel, Definition and what follows are missing if the module was refused
	// before it declared them.
	Fuel       *inspectedFuel  `json:"fuel,omitempty"`
	Definition *abi.Definition `json:"definition,omitempty"`
	// Unreachable and DeadEnds are names of states.
	Unreachable []string `json:"unreachable,omitempty"`
	DeadEnds    []string `json:"dead_ends,omitempty"`
	// Intents says how good the examples of the intents are.
	Intents []inspectedIntent `json:"intents,omitempty"`
}

// inspectedIntent has how many examples differ, whether they are too few, and
// which of them are not recognised by the other ones.
type inspectedIntent struct {
	Name     string           `json:"name"`
	Examples int              `json:"examples"`
	Few      bool             `json:"few"`
	Doubts   []inspectedDoubt `json:"doubts,omitempty"`
}

// inspectedDoubt has the intent that an example is taken for, and how surely; it is
// missing if the example is taken for none.
type inspectedDoubt struct {
	Example string  `json:"example"`
	Taken   string  `json:"taken,omitempty"`
	Score   float64 `json:"score,omitempty"`
}

// inspectedExport has the type as in Wasm's text format, and whether the host
// calls it.
type inspectedExport struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Called bool   `json:"called"`
}

type inspectedImport struct {
	Module string `json:"module"`
	Name   string `json:"name"`
	Type   string `json:"type"`
}

// inspectedSection is a custom section.
type inspectedSection struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// inspectedFuel is what loading took, in units of work.
type inspectedFuel struct {
	Start    int64 `json:"start"`
	Describe int64 `json:"describe"`
}

func showJSON(_ context.Context, w io.Writer, r *report) error {
	o := inspected{
		Path: r.file.Path, Manifest: r.manifest,
		SHA256: hex.EncodeToString(r.file.Hash[:]), Size: len(r.file.Data),
		Accepted: r.refused == nil, Refused: r.reasons(),
		Definition: r.definition, Unreachable: r.marks.Unreachable, DeadEnds: r.marks.DeadEnds,
	}
	o.module(r)
	for _, op := range r.opinions {
		in := inspectedIntent{Name: op.Intent, Examples: op.Examples, Few: op.Few}
		for _, d := range op.Doubts {
			in.Doubts = append(in.Doubts, inspectedDoubt(d))
		}
		o.Intents = append(o.Intents, in)
	}
	if r.definition != nil {
		o.Fuel = &inspectedFuel{Start: r.cost.Start, Describe: r.cost.Describe}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(o); err != nil {
		return err
	}
	if r.refused != nil {
		return errRefused
	}
	return nil
}

// module adds what the file says without being run.
func (o *inspected) module(r *report) {
	if r.info == nil {
		return
	}
	o.Memory = r.info.Pages << 16
	if r.info.Asset != nil {
		size := len(r.info.Asset)
		o.Asset = &size
	}
	for _, e := range r.info.Exports {
		o.Exports = append(o.Exports, inspectedExport{e.Name, e.Type, e.Called})
	}
	for _, i := range r.info.Imports {
		o.Imports = append(o.Imports, inspectedImport{i.Module, i.Name, i.Type})
	}
	for _, s := range r.info.Sections {
		o.Sections = append(o.Sections, inspectedSection(s))
	}
}
