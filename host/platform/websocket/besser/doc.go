// Package besser is what clients of the BESSER frameworks speak: payloads with an
// action and a message, in both directions, on a WebSocket without a subprotocol. It
// reads what clients send and who they say they are, writes what they are sent, and
// knows how far sessions were seen by clients that do not say it.
//
// It knows no connections: bytes and headers come in, requests and payloads come
// out. What becomes of a request is for its caller to say.
//
// # Concurrency
//
// Functions are pure. A [Speaker] is not changed by its methods, so many goroutines
// may use one. [Seen] is safe for concurrent use.
package besser
