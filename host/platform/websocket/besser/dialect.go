package besser

import "slices"

// Dialect is what one family of clients speaks. They do not say which one they are
// of, and the server speaks first.
type Dialect uint8

const (
	// Agent is the dialect of the BESSER Agentic Framework from 4.3.3 on.
	Agent Dialect = iota
	// Bot is that of the older BESSER Bot Framework.
	Bot
	// Agent44 is that of the Agentic Framework 4.3.3 and 4.4, where screens had
	// another name.
	Agent44
)

var dialects = []string{Agent: "agent", Bot: "bot", Agent44: "agent-4.4"}

// String returns the dialect's name.
func (d Dialect) String() string {
	if int(d) < len(dialects) {
		return dialects[d]
	}
	return ""
}

// DialectByName finds a dialect; ok is false for a name that is not known.
func DialectByName(name string) (d Dialect, ok bool) {
	i := slices.Index(dialects, name)
	return Dialect(max(i, 0)), i >= 0
}

// prefix is what the actions of replies begin with.
func (d Dialect) prefix() string {
	if d == Bot {
		return botPrefix
	}
	return agentPrefix
}
