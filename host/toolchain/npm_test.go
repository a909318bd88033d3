package toolchain

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNPM asks npm only if node_modules is not what package-lock.json says.
func TestNPM(t *testing.T) {
	const wanted = `{"packages":{"":{},"node_modules/a":{"version":"1.0.0","integrity":"x"},
		"node_modules/b":{"version":"2.0.0","optional":true}}}`
	for _, tt := range []struct {
		name, lock, there string
		asked             bool
		want              string // in the error
	}{
		{"nothing there", wanted, "", true, ""},
		{"as it should be", wanted,
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"x"}}}`, false, ""},
		{"more than it should", wanted,
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"x"},
			"node_modules/c":{"version":"1.0.0"}}}`, false, ""},
		{"another version", wanted,
			`{"packages":{"node_modules/a":{"version":"1.0.1","integrity":"x"}}}`, true, ""},
		{"another content", wanted,
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"y"}}}`, true, ""},
		{"broken", wanted, `{`, true, ""},
		{"no lock", "", "", false, "npm install --save-dev assemblyscript"},
		{"a broken lock", "{", "", false, "package-lock.json"},
		{"an empty lock", "{}", "", false, "names no packages"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			programs := fake(t, "npm",
				`case "$1" in ci) echo "$@" >DIR/asked;; *) echo 10.1.0;; esac`, "node", "echo 22.0.0")
			dir := folder(t, "bot.ts", "", "asconfig.json", "{}")
			if tt.lock != "" {
				put(t, filepath.Join(dir, "package-lock.json"), tt.lock)
			}
			if tt.there != "" {
				put(t, filepath.Join(dir, "node_modules", ".package-lock.json"), tt.there)
			}
			var words bytes.Buffer
			s, err := Find(dir)
			if err != nil {
				t.Fatal(err)
			}
			// The compiler is not there in any case.
			_, _, err = s.Build(t.Context(), Options{Words: &words})
			if err == nil ||
				tt.want == "" && !strings.Contains(err.Error(), "has no assemblyscript") ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("Build = %v, want an error with %q", err, tt.want)
			}
			asked, err := os.ReadFile(filepath.Join(programs, "asked"))
			if (err == nil) != tt.asked {
				t.Errorf("npm was asked %q, %v, want asked = %t", asked, err, tt.asked)
			}
			if tt.asked && !strings.HasPrefix(string(asked), "ci --ignore-scripts ") {
				t.Errorf("npm was asked for %q", asked)
			}
			if strings.Contains(words.String(), "npm ci gets the compiler") != tt.asked {
				t.Errorf("what was announced is %q", &words)
			}
		})
	}
}
