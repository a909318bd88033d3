// Package door says who may come in, from where, how many at once and how often: by
// the headers and the path of a request, by address, and by any key that is counted.
// What it refuses it answers in plain text, before there is a WebSocket. It knows
// neither connections nor sessions.
//
// # Concurrency
//
// Functions are pure. [Places] (TestPlaces_Hammer) and [Gates] (TestGates_Hammer) are
// safe for concurrent use.
package door
