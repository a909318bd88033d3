package starter

import (
	"fmt"

	"github.com/bothost/bothost/sdk"
)

const (
	// sdkModule is the Go module with the SDK.
	sdkModule = "github.com/bothost/bothost"
	// goVersion is what its go.mod wants.
	goVersion = "1.26.0"
	// beside is where the SDK lies that comes along.
	beside = "bothost"
)

// takeGo writes go.mod. With a version it names the SDK as any other module, and the
// go tool gets it; without one, the SDK comes along as a module of its own, since
// what was not released is nowhere to be had.
func (c contents) takeGo(name, version string) error {
	mod := fmt.Sprintf("module example.org/%s\n\ngo %s\n\nrequire %s ", name, goVersion, sdkModule)
	if version != "" {
		c["go.mod"] = []byte(mod + version + "\n")
		return nil
	}
	c["go.mod"] = fmt.Appendf([]byte(mod), "v0.0.0\n\nreplace %s => ./%s\n", sdkModule, beside)
	c[beside+"/go.mod"] = fmt.Appendf(nil, "module %s\n\ngo %s\n", sdkModule, goVersion)
	return c.take(sdk.Files, "guest-go", beside+"/sdk/guest-go")
}
