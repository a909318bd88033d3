package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// rule says what a field may be.
type rule func(place string, value json.RawMessage) error

// The fields of a manifest, of a module in it, and of its memory.
var (
	fields = map[string]rule{
		"wasm":          checkModules,
		"memory":        checkMemory,
		"config":        typed[map[string]*string]("an object whose values are strings"),
		"allowed_hosts": typed[[]*string]("an array of strings"),
		"allowed_paths": refused("a bot has no files"),
		"timeout_ms":    typed[uint64]("a whole number of milliseconds"),
	}
	module = map[string]rule{
		"path":    typed[string]("a string"),
		"hash":    typed[string]("a string"),
		"name":    typed[string]("a string"),
		"url":     refused("get the module first, and name its path"),
		"data":    refused("put the module into a file, and name its path"),
		"headers": refused("only url has headers"),
		"method":  refused("only url has a method"),
	}
	memory = map[string]rule{
		"max_pages":               typed[uint32]("a whole number of pages of 64 KiB"),
		"max_http_response_bytes": typed[int64]("a whole number of bytes"),
		"max_var_bytes":           typed[int64]("a whole number of bytes"),
	}
)

// check says what in a manifest is not supported, or not known, and where.
func check(data []byte) error {
	if err := checkObject("", data, fields); err != nil {
		return err
	}
	all, err := object(data)
	if err == nil && all["wasm"] == nil {
		err = errors.New("wasm: is missing; it names the module")
	}
	return err
}

func checkModules(place string, value json.RawMessage) error {
	var modules []json.RawMessage
	if err := json.Unmarshal(value, &modules); err != nil || modules == nil {
		return fmt.Errorf("%s: must be an array with one module", place)
	}
	if len(modules) != 1 {
		return fmt.Errorf("%s: has %d modules; a bot is one module", place, len(modules))
	}
	place += "[0]"
	if err := checkObject(place, modules[0], module); err != nil {
		return err
	}
	all, err := object(modules[0])
	if path := string(all["path"]); err == nil && (path == "" || path == `""`) {
		err = fmt.Errorf("%s.path: is missing; it names the module's file", place)
	}
	return err
}

func checkMemory(place string, value json.RawMessage) error {
	return checkObject(place, value, memory)
}

// checkObject checks the fields of an object.
func checkObject(place string, value json.RawMessage, rules map[string]rule) error {
	all, err := object(value)
	if err != nil {
		if place == "" {
			place = "manifest"
		}
		return fmt.Errorf("%s: %w", place, err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := name
		if place != "" {
			at = place + "." + name
		}
		check, known := rules[name]
		if !known {
			return fmt.Errorf("%.80q: is unknown; known are %s", at,
				strings.Join(slices.Sorted(maps.Keys(rules)), ", "))
		}
		if err := check(at, all[name]); err != nil {
			return err
		}
	}
	return nil
}

// object reads the fields of an object. Nothing stands there twice, and nothing
// behind it: readers differ about which one they take.
func object(data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil, wrong(err, "must be a JSON object")
	}
	all := make(map[string]json.RawMessage)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		key := name.(string) // the decoder takes nothing else there
		if all[key] != nil {
			return nil, fmt.Errorf("%.80q is there twice", key)
		}
		all[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("has more behind its end")
	}
	return all, nil
}

func wrong(err error, text string) error {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return err
	}
	return errors.New(text)
}

// typed is the rule that a value has a type. Nothing is null: what is not there is
// left out.
func typed[T any](words string) rule {
	return func(place string, value json.RawMessage) error {
		var v T
		if err := json.Unmarshal(value, &v); err != nil || hasNull(value, any(v)) {
			return fmt.Errorf("%s: must be %s", place, words)
		}
		return nil
	}
}

func hasNull(value json.RawMessage, v any) bool {
	if string(value) == "null" {
		return true
	}
	switch v := v.(type) {
	case []*string:
		return slices.Contains(v, nil)
	case map[string]*string:
		return slices.Contains(slices.Collect(maps.Values(v)), nil)
	}
	return false
}

func refused(hint string) rule {
	return func(place string, _ json.RawMessage) error {
		return fmt.Errorf("%s: is not supported; %s", place, hint)
	}
}
