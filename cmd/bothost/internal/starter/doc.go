// Package starter makes the folder of a new bot: a bot that runs, a conversation
// that it passes, and what is needed to build it without a network.
//
// [Make] writes all of it, or nothing. What comes along is the SDK of the language,
// as this program has it; a released program names the SDK's Go module instead.
// npm's packages are the exception: package-lock.json pins them, and npm gets them.
package starter
