package starter

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/toolchain"
)

// made makes a bot and returns its folder.
func made(t *testing.T, b Bot) string {
	t.Helper()
	b.Dir = filepath.Join(t.TempDir(), "tea")
	if err := Make(b); err != nil {
		t.Fatal(err)
	}
	return b.Dir
}

func read(t *testing.T, elements ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestMake looks at what each language's folder has. That it runs is tested by
// cmd/bothost.
func TestMake(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, l := range toolchain.Languages() {
		t.Run(l.Name, func(t *testing.T) {
			dir := made(t, Bot{Language: l.Name, Title: l.Title})
			s, err := toolchain.Find(dir)
			if err != nil || s.Language.Name != l.Name || s.Bot != "tea" {
				t.Errorf("the folder is found as %+v, %v", s, err)
			}
			readme := read(t, dir, "README.md")
			if !strings.Contains(readme, "in "+l.Title+":") ||
				strings.Contains(readme, "go mod tidy") {
				t.Errorf("the README is\n%s", readme)
			}
			if columns(readme) != 1 || strings.Contains(readme, "\n\n\n") {
				t.Errorf("the README is not in order:\n%s", readme)
			}
			for _, link := range links.FindAllStringSubmatch(readme, -1) {
				if _, err := os.Stat(filepath.Join(dir, link[1])); err != nil {
					t.Errorf("the README links to %s: %v", link[1], err)
				}
			}
			err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				if strings.HasSuffix(path, "_test.go") {
					t.Errorf("a test came along: %s", path)
				}
				if text := read(t, path); strings.Contains(text, "@NAME@") ||
					strings.Contains(text, "@TITLE@") {
					t.Errorf("%s has places that were left for words", path)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	if len(languages) != len(toolchain.Languages()) {
		t.Errorf("there are starters for %d languages of %d", len(languages),
			len(toolchain.Languages()))
	}
}

// columns returns how many columns there are in which something is said of commands.
func columns(readme string) int {
	at := make(map[int]bool)
	for line := range strings.Lines(readme) {
		if i := strings.Index(line, said); i >= 0 {
			at[i] = true
		}
	}
	return len(at)
}

// TestMake_Released names a module that others can get.
func TestMake_Released(t *testing.T) {
	dir := made(t, Bot{Language: "go", Title: "Go", Version: "v1.2.3"})
	if got := read(t, dir, "go.mod"); !strings.Contains(got, "\nrequire "+sdkModule+" v1.2.3\n") ||
		strings.Contains(got, "replace") {
		t.Errorf("go.mod is\n%s", got)
	}
	if !strings.Contains(read(t, dir, "README.md"), "\ngo mod tidy ") {
		t.Error("the README does not say how to get the SDK")
	}
	if _, err := os.Stat(filepath.Join(dir, beside)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the SDK came along: %v", err)
	}
}

// TestMake_Proxy builds a bot that names a released module, as a proxy has it.
func TestMake_Proxy(t *testing.T) {
	const version = "v1.2.3"
	c := make(contents)
	if err := c.takeGo("tea", ""); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, data := range c {
		if name, ours := strings.CutPrefix(name, beside+"/"); ours {
			file, err := w.Create(sdkModule + "@" + version + "/" + name)
			if err == nil {
				_, err = file.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	at := "cache/" + sdkModule + "/@v/" + version
	if err := (contents{
		at + ".info": []byte(`{"Version":"` + version + `"}`),
		at + ".mod":  c[beside+"/go.mod"],
		at + ".zip":  packed.Bytes(),
	}).write(proxy); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(filepath.ToSlash(filepath.Join(proxy, "cache")), "/")
	t.Setenv("GOPROXY", "file:///"+path)
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOFLAGS", "-modcacherw")

	dir := made(t, Bot{Language: "go", Title: "Go", Version: version})
	tidy := exec.Command("go", "mod", "tidy")
	tidy.Dir = dir
	if out, err := tidy.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	found, err := toolchain.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	if module, _, err := found.Build(t.Context(), toolchain.Options{}); err != nil ||
		len(module) == 0 {
		t.Errorf("Build = %d bytes, %v", len(module), err)
	}
}

// TestGoVersion holds the version of Go to that of our own module.
func TestGoVersion(t *testing.T) {
	mod := read(t, "..", "..", "..", "..", "go.mod")
	if !strings.Contains(mod, "\ngo "+goVersion+"\n") ||
		!strings.HasPrefix(mod, "module "+sdkModule+"\n") {
		t.Errorf("new bots want go %s of %s, go.mod is\n%.80s", goVersion, sdkModule, mod)
	}
}

// TestLock holds the compiler of AssemblyScript to the version of the example.
func TestLock(t *testing.T) {
	example := filepath.Join("..", "..", "..", "..", "plugins", "examples",
		"greetings-assemblyscript")
	name := regexp.MustCompile(`(?m)^  "name": .*$`)
	want := name.ReplaceAllString(read(t, example, "package-lock.json"), "")
	lock := read(t, "files", "assemblyscript", "package-lock.json")
	if got := name.ReplaceAllString(lock, ""); got != want {
		t.Errorf("package-lock.json is another one than the example's: %s", got)
	}
}

func TestMake_Error(t *testing.T) {
	full := filepath.Join(t.TempDir(), "full")
	if err := os.MkdirAll(filepath.Join(full, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		bot  Bot
		want string
	}{
		{"a folder that is not empty", Bot{Dir: full, Language: "go"}, "not empty"},
		{"a file above", Bot{Dir: "starter.go/tea", Language: "go"}, "starter.go"},
		{"another language", Bot{Dir: "tea", Language: "klingon"}, `"klingon"`},
		{"no name", Bot{Dir: "Tea", Language: "go"}, "no name for a bot"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := Make(tt.bot); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Make = %v, want an error with %q", err, tt.want)
			}
		})
	}
	if found, err := filepath.Glob(filepath.Join(filepath.Dir(full), ".*")); err != nil ||
		len(found) > 0 {
		t.Errorf("there is left %q, %v", found, err)
	}
}

// TestMake_Nothing writes nothing if it cannot write all.
func TestMake_Nothing(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("this user may write everywhere, or the system has no users")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	err := Make(Bot{Dir: filepath.Join(dir, "tea"), Language: "go"})
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Make = %v, want that it is not permitted", err)
	}
}

func TestCheckName(t *testing.T) {
	for _, tt := range []struct {
		name string
		good bool
	}{
		{"tea", true}, {"tea-time", true}, {"a", true}, {"t_2", true}, {"tea2", true},
		{strings.Repeat("a", 64), true}, {strings.Repeat("a", 65), false},
		{"", false}, {"-tea", false}, {"tea-", false}, {"2tea", false}, {"Tea", false},
		{"tea time", false},
		{"tea/x", false}, {"..", false}, {"té", false}, {"tea--x", false}, {"tea\n", false},
		{".tea", false},
	} {
		if err := CheckName(tt.name); (err == nil) != tt.good {
			t.Errorf("CheckName(%q) = %v, want good = %t", tt.name, err, tt.good)
		}
	}
}
