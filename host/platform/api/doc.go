// Package api is the HTTP interface: programs post events into sessions, and read
// their logs. It is what web hooks use: they post an event, and the user who is
// connected sees what the bot says to it. The interface is described in README.md;
// sessions and bots are asked of a [Backend].
//
// # What holds
//
// Each line is held by the test of that name.
//
//   - An event is said to be accepted after its turn is committed, never before;
//     what is not known in time is said to be not known. (TestPost_Wait)
//   - An event that was taken runs, whether or not the client waits for the
//     answer. (TestPost_ClientGone)
//   - An id that was seen does not run again. (TestPost_Idempotent)
//   - Nothing is answered to whoever has no token, not even whether something
//     exists. (TestToken)
//   - A request waits 30 s at most, a full queue apart, for which it waits
//     Limits.WaitTime; Close ends those that wait for entries. (TestEntries_Wait,
//     TestPost_QueueFull, TestClose)
//   - Bodies and answers are bounded. (TestPost_BodySize, TestEntries_Size)
//
// Checking Host and Origin is up to the caller, who does it for all handlers of a
// listener. No header allows a page of another origin anything.
package api
