// Package draft holds the rules of a turn as code: a [Draft] is the turn's own
// copy of its session, which handlers read and change through [abi.Host] and
// which the host commits, or drops, as a whole. The host and the Go SDK's test
// host use the same Draft, so that a bot's test obeys the rules that the bot
// will live by.
package draft
