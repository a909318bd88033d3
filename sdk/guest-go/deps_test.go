package guest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The first three packages double a module's size and cost microseconds a turn;
// time and what it needs add 260 kB. Package io is 3.5 kB, and 70 kB for a bot that
// reads files with it. TinyGo lacks parts of reflect.
func TestDependencies(t *testing.T) {
	heavy := []string{"encoding/json", "fmt", "reflect", "time", "os", "syscall"}
	command := exec.Command("go", "list", "-deps", ".")
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	const ours = "github.com/bothost/bothost/"
	for _, dependency := range strings.Fields(string(out)) {
		if slices.Contains(heavy, dependency) {
			t.Errorf("the SDK depends on %s", dependency)
		}
		if strings.HasPrefix(dependency, ours) && !strings.HasPrefix(dependency, ours+"sdk/guest-go") {
			t.Errorf("the SDK depends on %s, which is not the guest's", dependency)
		}
	}
}
