package reload

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFollow(t *testing.T) {
	// What the system has on the way to the temporary folder is not ours.
	root, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	write(t, filepath.Join(root, "real", "bot.wasm"), "A.")
	for path, target := range map[string]string{
		"file":        "real/bot.wasm",
		"folder":      "real",
		"twice":       "file",
		"up":          "real/../folder/bot.wasm",
		"absolute":    filepath.Join(root, "folder", "bot.wasm"),
		"dangling":    "nowhere/bot.wasm",
		"loop":        "loop",
		"real/parent": "..",
	} {
		link(t, filepath.FromSlash(target), filepath.Join(root, path))
	}
	tests := []struct {
		path   string
		places []string
		want   string // empty if there is nothing
	}{
		{"real/bot.wasm", []string{"real/bot.wasm"}, "real/bot.wasm"},
		{"file", []string{"file", "real/bot.wasm"}, "real/bot.wasm"},
		{"folder/bot.wasm", []string{"folder", "real/bot.wasm"}, "real/bot.wasm"},
		{"twice", []string{"twice", "file", "real/bot.wasm"}, "real/bot.wasm"},
		{"up", []string{"up", "folder", "real/bot.wasm"}, "real/bot.wasm"},
		{"absolute", []string{"absolute", "folder", "real/bot.wasm"}, "real/bot.wasm"},
		{"real/parent/file", []string{"real/parent", "file", "real/bot.wasm"}, "real/bot.wasm"},
		{"real/parent", []string{"real/parent", "."}, "."},
		{"dangling", []string{"dangling", "nowhere"}, ""},
		{"gone/further/bot.wasm", []string{"gone"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got, err := follow(filepath.Join(root, tt.path))
			var places []string
			for _, p := range got.places {
				rel, err := filepath.Rel(root, p)
				must(t, err)
				places = append(places, filepath.ToSlash(rel))
			}
			if !slices.Equal(places, tt.places) {
				t.Errorf("places = %q, want %q", places, tt.places)
			}
			if tt.want == "" {
				if !errors.Is(err, fs.ErrNotExist) || got.info != nil {
					t.Errorf("follow = %v, %v, want nothing and ErrNotExist", got.info, err)
				}
				return
			}
			info, _ := os.Stat(filepath.Join(root, tt.want))
			if err != nil || got.real != filepath.Join(root, tt.want) ||
				!os.SameFile(info, got.info) {
				t.Errorf("follow = %q, %v, want %q", got.real, err, tt.want)
			}
		})
	}
	if _, err := follow(filepath.Join(root, "loop")); err == nil {
		t.Error("follow(loop) = nil, want an error")
	}
}
