// Package websocket lets people talk to bots over WebSockets: with the native
// protocol (subprotocol bothost.v1, package native), or with what clients of the
// BESSER frameworks speak, who ask for no subprotocol (package besser). It knows
// connections; sessions and bots it asks of a [Backend]. What frames hold is for
// packages native and besser to say, which know no connection; who may come in, for
// package door; and package socket holds clients to what they may send and must take.
//
// A connection is a cursor into its session's log. Whatever is committed is read
// from the log, beyond the cursor, and sent; no copies queue up for anybody, and
// a client that was away sees the same as one that stayed.
//
// # Invariants of a connection
//
// Each line is held by the test of that name.
//
//   - One reader: a goroutine that reads messages, submits them in order, runs
//     turns inline, and closes. (TestInvariant_OneReader)
//   - One writer: whoever holds the write side. That is the reader after a turn,
//     or else a goroutine that lives while there is something to write. Whoever
//     wakes a connection never waits for it. (TestInvariant_OneWriter)
//   - A turn's frames leave in one write. (TestInvariant_TurnInOneWrite) Only where
//     files are within frames, a turn is cut between them. (TestBESSER_LargeTurn)
//   - Whoever sent an event gets accepted in place of its entry, once, after the
//     commit; others get the entry. (TestInvariant_AcceptedInPlace)
//   - Every connection of a session gets every entry, in order and once, whichever
//     closes first. (TestInvariant_EveryConnectionGetsAll)
//   - Messages of a session are held to a rate over all its connections; what is
//     refused is answered, did not run, and is not overtaken by what was sent right
//     behind it. New sessions are held to a rate by address. (TestRates_Messages,
//     TestRates_NewSessions)
//   - An event of whose commit nobody knows the outcome is not answered; the
//     connection closes with CloseUnavailable. (TestNative_UnknownOutcome)
//   - Files that come with an event are let go of once, and as taken only if the
//     event was accepted, or may have been. (TestNative_Files_refused,
//     TestBESSER_TakeFiles_refused)
//   - Where a token is wanted, nothing happens before it was shown. (TestToken)
//   - What waits to be written is bounded: entries stay in the log; other frames
//     up to 64 KiB, and 128 events without an answer, then the connection is not
//     read until there is room. (TestInvariant_BoundedQueue)
//   - A full session queue holds back its readers, and nobody else.
//     (TestInvariant_BackPressure)
//   - A client that reads slowly gets everything; one that takes no byte for
//     SlowTimeout is cut, and can resume. It mostly cannot be told why: part of a
//     frame is on its way. (TestInvariant_Slow)
//   - A cursor that fell behind the log closes with CloseBehind.
//     (TestInvariant_Behind)
//   - Pings go out every PingInterval give or take a fifth; a client of which not
//     a byte comes for PingTimeout closes with CloseSilent, unless we were the
//     ones who did not read. (TestInvariant_Heartbeat)
//   - The watchdog looks at a connection at each tick only while something of it is
//     outstanding: a hello, a turn, a write, the answer to a ping. (TestWatch_Idle)
//     Of a turn that others began its client is told a rest later at most.
//     (TestWatch_TurnOfOthers)
//   - A message holds FrameBytes; a larger one, up to twice that, is read, dropped
//     and answered; beyond it the connection closes with CloseTooLarge.
//     (TestInvariant_MessageSize)
//   - Bytes that complete no message, and control frames, have budgets, which time
//     refills; beyond them the connection closes with CloseFlood.
//     (TestInvariant_Flood)
//   - A native client says hello within HelloTimeout, or the connection closes
//     with CloseHelloMissing. (TestInvariant_Hello)
//   - The first close code counts, and is sent after everything that was
//     committed. (TestInvariant_CloseAfterCommitted)
//   - When Shutdown returns, no goroutine of the server is left, and each
//     conversation was closed once. (TestInvariant_Shutdown)
//
// Limits on connections are answered before the upgrade, with 503 (host) and 429
// (address), because that costs nothing; a session's limit is the backend's, and
// closes with CloseTooMany.
//
// # Sessions that clients name
//
// BESSER clients may name the session that they want, and do not say what they
// saw of it. Each line is held by the test of that name.
//
//   - Ids count only where the server trusts them. (TestBESSER_Untrusted)
//   - What nobody saw is held for the client's first frame, or 300 ms.
//     (TestBESSER_Held)
//   - Every reply comes at least once, in order, however connections end.
//     (TestBESSER_Hammer)
//   - The past is sent in pieces, and comes before what follows it.
//     (TestBESSER_SlowHistory)
//
// # Bad input
//
// What cannot be read is answered and costs nothing else: with a rejected frame
// in the native protocol. BESSER clients have no such frame, so the agent says it
// in words; but it says nothing to other agents, who would answer.
package websocket
