package websocket

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/platform/websocket/native"
)

// TestReadme wants README.md to name every type and every field of the native
// protocol, and every reason.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		string(native.Hello), string(native.Message), string(native.Choice), string(native.Reset),
		string(native.History), string(native.Ping), string(native.Pong), string(native.Welcome),
		string(native.Entry), string(native.Accepted), string(native.Rejected), string(native.Closing),
		string(native.ReasonUnknown), string(native.ReasonEpoch), string(native.ReasonTrimmed),
		string(native.ReasonAhead), native.Protocol,
	}
	frame := reflect.TypeFor[native.Frame]()
	for i := range frame.NumField() {
		name, _, _ := strings.Cut(frame.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	for _, name := range names {
		if name != "type" && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
}
