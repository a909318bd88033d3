// Package outbound sends the HTTP requests of bots, which nobody trusts: only to
// hosts that the operator named, never into the operator's own networks, within
// limits of time, size and number. It knows nothing of sessions: whoever calls
// [Client.Do] has the request committed already, and turns the [Response] into
// an event.
//
// # What holds
//
// Each line is held by the test of that name.
//
//   - Nothing is allowed but what Options.Allow names, at the first request and
//     at every redirect. (TestAllow, TestDo_Redirect)
//   - An address that is not a public one is not connected to, unless that very
//     address is named, whatever a name resolves to at that moment: the check is
//     of the address of each connection. (TestAddress, TestDo_Rebinding)
//   - The answer comes within the request's time, and holds at most MaxBody bytes
//     of body, after decompression. (TestDo_Hostile)
//   - A bot's headers, which may be secrets, do not leave the origin that they
//     were meant for; the idempotency key goes with every attempt.
//     (TestDo_RedirectHeaders, TestDo_Key)
//   - No proxy of the environment is asked, no cookie is kept.
//     (TestDo_Environment)
//   - When Close returns, no request runs. (TestClose)
//
// A Client is safe for concurrent use (TestClient_Hammer).
package outbound
