package websocket

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// TestReadme wants README.md to name every type and every field of the native
// protocol, every reason, and every close code.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		string(native.Hello), string(native.Message), string(native.Choice), string(native.Reset),
		string(native.History), string(native.Ping), string(native.Pong), string(native.Welcome),
		string(native.Entry), string(native.Accepted), string(native.Rejected),
		string(native.Closing),
		string(native.ReasonUnknown), string(native.ReasonEpoch), string(native.ReasonTrimmed),
		string(native.ReasonAhead), native.Protocol,
	}
	frame := reflect.TypeFor[native.Frame]()
	for i := range frame.NumField() {
		name, _, _ := strings.Cut(frame.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	names = append(names, string(native.Event), string(native.Ack), string(native.JSON),
		string(native.Set), string(native.Feedback))
	request := reflect.TypeFor[native.Request]()
	for i := range request.NumField() {
		names = append(names, strings.ToLower(request.Field(i).Name))
	}
	for code := abi.Code(4000); code < 5000; code++ {
		if name := native.Info(code).Name; name != "" {
			names = append(names, name)
			if row := fmt.Sprintf("| %d | `%s` |", code,
				name); !strings.Contains(string(text), row) {
				t.Errorf("README.md does not hold the row %q", row)
			}
		}
	}
	for _, name := range names {
		if name != "type" && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
}
