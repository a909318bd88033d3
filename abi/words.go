package abi

// What users read in a bot's place. The words are the same on every platform,
// and in tests of bots.
const (
	// WordsFailed is the notice of a turn that failed.
	WordsFailed = "Something went wrong. Please try again."
	// WordsFallback is the reply to a human's text that nothing took.
	WordsFallback = "Sorry, I didn't get it"
)
