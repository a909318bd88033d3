package conversation

// edit is a line of a file that stays, goes or comes.
type edit struct {
	// op is ' ', '-' or '+'.
	op byte
	// line is the number of a line that stays or goes.
	line int
	text string
}
