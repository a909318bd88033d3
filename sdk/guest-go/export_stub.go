//go:build !wasip1

package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// The exports of a bot, for guesttest to call: the same as in a module.
func init() {
	wire.Export("describe", describe)
	wire.Export("on_start", func() int32 { return call(registered.start) })
	wire.Export("on_message", func() int32 { return call(registered.message) })
	wire.Export("on_voice", func() int32 { return call(registered.voice) })
	wire.Export("on_file", func() int32 { return call(registered.file) })
	wire.Export("on_event", func() int32 { return call(registered.event) })
	wire.Export("on_fallback", fallback)
	wire.Export("on_enter", func() int32 { return own(registered.enter) })
	wire.Export("check", func() int32 { return own(registered.check) })
}
