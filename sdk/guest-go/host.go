package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// Host is what a bot may use at any time, in func init() too, where no session
// exists yet: guest.Host{}.Asset(). Every [Session] has the same methods. The
// zero value is ready for use.
type Host struct{}

// Levels of log lines, as they stand on the wire.
const (
	levelDebug = 0
	levelInfo  = 1
	levelWarn  = 2
	levelError = 3
)

// Debug writes a line to the bot's log, as do [Host.Info], [Host.Warn] and
// [Host.Error], in rising severity. The host writes bot, session and time beside
// it. The log has a limit for each turn, beyond which lines are dropped. Lines
// stay in the log also when the turn fails.
func (Host) Debug(line string) { wire.Log(levelDebug, line) }

// Info writes a line to the bot's log.
func (Host) Info(line string) { wire.Log(levelInfo, line) }

// Warn writes a line to the bot's log.
func (Host) Warn(line string) { wire.Log(levelWarn, line) }

// Error writes a line to the bot's log. It does not fail the turn: return an
// error for that.
func (Host) Error(line string) { wire.Log(levelError, line) }

// Config returns a value of the operator's configuration for this bot; ok is
// false if the operator set none. The values do not change while an instance
// lives.
func (Host) Config(key string) (value string, ok bool) {
	return pull(func(buf []byte) int { return wire.ConfigGet(key, buf) })
}

// Asset returns a copy of the module's custom section bothost.asset: data that
// was packed into the module after it was built. ok is false if it has none.
// Assets may be large: read them in init, and keep what came of them.
func (Host) Asset() (asset []byte, ok bool) {
	n := wire.Asset(nil)
	if n == wire.Absent {
		return nil, false
	}
	asset = make([]byte, n)
	wire.Asset(asset)
	return asset, true
}

// Now returns the turn's time in milliseconds since 1970 UTC, which
// time.UnixMilli takes. It stands still within a turn. It is a number because
// package time adds 260 kB to a module.
func (Host) Now() int64 { return wire.Now() }

// Random fills buf with random bytes, fit for secrets.
func (Host) Random(buf []byte) { wire.Random(buf) }
