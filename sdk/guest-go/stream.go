package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// ReplyDelta adds text to the reply in progress, and begins one if there is none:
// users see it at once, where their platform can show it. It becomes one text in the
// log, when [Session.ReplyEnd], any other reply, or the end of the handler ends it;
// if the turn fails, what was shown is withdrawn. It counts as one reply.
//
// Each text is whole UTF-8: a character is not cut in two. Empty text does nothing.
func (*Session) ReplyDelta(text string) { wire.ReplyDelta(text) }

// ReplyEnd ends the reply in progress; it does nothing if there is none.
func (*Session) ReplyEnd() { wire.ReplyEnd() }
