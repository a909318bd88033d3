package wat

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// suiteExceptions are modules of the suite, all of them invalid, where the
// assembler differs by intent, with the reason.
var suiteExceptions = map[string]string{
	"func.2":        "the parameters of an unknown type are unknown",
	"func_ptrs.6":   "the parameters of an unknown type are unknown",
	"func_ptrs.7":   "the parameters of an unknown type are unknown",
	"imports.2":     "the parameters of an unknown type are unknown",
	"memory_init.4": "a data count of 0 is written out",
	"memory_init.9": "a data count of 0 is written out",
	"select.2":      "select of no types keeps its opcode",
}

// TestAssemble_SpecSuite assembles the modules of the specification's test
// suite, which the source of wazero contains along with their binary form.
// Modules the suite calls malformed must be refused.
func TestAssemble_SpecSuite(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(dir)), "internal/integration_test/spectest")
	for _, part := range []string{"v2", "extended-const", "tail-call"} {
		pattern := filepath.Join(root, part, "testdata", "*.wast")
		scripts, err := filepath.Glob(pattern)
		if err != nil || len(scripts) == 0 {
			t.Fatalf("no scripts at %s: %v", pattern, err)
		}
		for _, path := range scripts {
			t.Run(part+"/"+filepath.Base(path), func(t *testing.T) { testScript(t, path) })
		}
	}
}

func testScript(t *testing.T, path string) {
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := parser{lexer{source: string(source)}}
	commands, _, err := p.nodes(0)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	number := 0
	for i := range commands {
		n := &commands[i]
		malformed := n.text == "assert_malformed"
		if strings.HasPrefix(n.text, "assert_") && len(n.kids) > 0 {
			n = &n.kids[0]
		}
		if !n.isList("module") {
			continue
		}
		name := fmt.Sprintf("%s.%d", strings.TrimSuffix(path, ".wast"), number)
		number++
		if _, ok := suiteExceptions[filepath.Base(name)]; ok {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			testSuiteModule(t, name, string(source), n, malformed)
		})
	}
}

func testSuiteModule(t *testing.T, name, source string, n *node, malformed bool) {
	c := n.cursor()
	c.takeID()
	if c.takeKeyword("binary") {
		return
	}
	text := source[n.pos : n.end+1]
	if c.takeKeyword("quote") {
		quoted, err := c.bytes()
		if err != nil {
			t.Fatal(err)
		}
		text = string(quoted)
	}
	got, err := Assemble(text)
	if malformed {
		if err == nil {
			t.Errorf("no error for %s", text)
		}
		return
	}
	if err != nil {
		t.Fatalf("Assemble(%s): %v", text, err)
	}
	binary, err := os.ReadFile(name + ".wasm")
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	compareSections(t, got, binary)
}

// compareSections compares all sections but the custom ones.
func compareSections(t *testing.T, got, want []byte) {
	t.Helper()
	mine, theirs := sectionsOf(t, got), sectionsOf(t, want)
	for id := byte(1); id <= 12; id++ {
		a, b := bodyOf(mine, id), bodyOf(theirs, id)
		if !bytes.Equal(a, b) {
			t.Errorf("section %d = % x, want % x", id, a, b)
		}
	}
}
