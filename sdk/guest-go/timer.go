package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// Times in milliseconds, for [Session.SetTimer]: 5*guest.Minute.
const (
	Second int64 = 1000
	Minute       = 60 * Second
	Hour         = 60 * Minute
	Day          = 24 * Hour
)

// SetTimer sets a timer of the session: [OnEvent] gets an event of [EventTimer]
// with this name and these data when so many milliseconds have passed, 100 to
// 365 days of them. It lasts as long as the session, whatever becomes of
// instances and hosts. A timer of the same name is replaced; a session has at
// most 16, unless the operator chose another limit.
func (*Session) SetTimer(name string, after int64, data string) {
	wire.TimerSet(name, after, data)
}

// CancelTimer removes a timer of the session. That there is none is no fault.
func (*Session) CancelTimer(name string) { wire.TimerCancel(name) }
