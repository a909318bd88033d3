package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	partsFile = `{"train": [["turn the lamp on", "on"], ["switch the light on", "on"],
		["turn the lamp off", "off"], ["switch the light off", "off"], ["nonsense", "oos"]],
		"val": [["lamp on", "on"], ["light off", "off"]], "oos_val": [["qqqq xxxx", "oos"]],
		"oos_train": [["what", "oos"]]}`
	testFile = `[["please turn the light on", "on"], ["zzzz yyyy", "oos"]]`
	csvFile  = "text,category\nlamp on,on\nlamp off,off\nlight on,on\nlight off,off\n" +
		"turn on,on\nturn off,off\n"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parts, test := write("parts.json", partsFile), write("test.json", testFile)
	table, broken := write("table.csv", csvFile), write("broken.json", `{"train": [["one"]]}`)
	tests := []struct {
		name string
		args []string
		code int
		last string
	}{
		{"validation part", []string{"-train", parts}, 0, "accuracy=100.0 recall=100.0"},
		{"another file", []string{"-train", parts, "-test", test}, 0,
			"accuracy=100.0 recall=100.0"},
		{"nothing is sure enough",
			[]string{"-train", parts, "-test", test, "-threshold", "0.999999"}, 0,
			"accuracy=0.0 recall=100.0"},
		{"cross-validation", []string{"-train", table, "-folds", "3"}, 0,
			"accuracy=100.0 recall=0.0"},
		{"few examples", []string{"-train", parts, "-examples", "1"}, 0,
			"accuracy=100.0 recall=100.0"},
		{"no file", []string{"-train", filepath.Join(dir, "none")}, 1, ""},
		{"broken file", []string{"-train", broken}, 1, ""},
		{"no arguments", nil, 2, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(test.args, &stdout, &stderr)
			lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
			if code != test.code || lines[len(lines)-1] != test.last {
				t.Errorf("run(%q) = %d, %q, want %d, last line %q\n%s%s",
					test.args, code, lines[len(lines)-1], test.code, test.last, &stdout, &stderr)
			}
		})
	}
}
