// Package jsontext is JSON as the contract has it: how strings are written, so that
// the same text is the same bytes everywhere, how one value of a document is found
// without decoding all of it, and how errors name what is wrong and where, in words
// that mean something to who writes bots in another language than Go.
//
// Its functions are pure and safe for concurrent use; a [Cursor] has one owner.
package jsontext
