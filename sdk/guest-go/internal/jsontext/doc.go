// Package jsontext writes and reads the little JSON (RFC 8259) that passes
// between a bot and its host, in a few hundred instructions: encoding/json would
// double the size of a module, and take microseconds of each turn.
//
// It works on strings, and what it returns shares their bytes.
package jsontext
