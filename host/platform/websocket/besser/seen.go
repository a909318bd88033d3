package besser

import (
	"context"
	"maps"
	"sync"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// maxSeen is how many sessions are remembered that nobody is connected to; up to
// twice that, about 4 MiB. How far the log of another was seen is guessed.
const maxSeen = 8192

// Seen knows how far the logs of the sessions that clients named were seen by
// anybody. Clients do not say what they saw. What was sent to a client counts as
// seen when it answers a ping that came after it, when its user's next message
// comes, or when the client ends the connection in order.
//
// It is in memory: to write at each delivery would cost more than to send a few
// replies twice after a restart. The zero value knows nothing.
type Seen struct {
	mu sync.Mutex // guards the following
	// here are the clients of each session.
	here map[session.Key]map[Client]struct{}
	// young and old tell of clients that left. When young is full, it becomes old,
	// and old is forgotten.
	young, old map[session.Key]Position
}

// Client is a connection of a session's client. Values are compared.
type Client interface {
	// Saw returns how far the client is known to have seen the log. With ask, a
	// client that may have seen more is asked, so that it is known soon. It does not
	// block.
	Saw(ask bool) Position
}

// Log is a session's log; see [session.Page].
type Log interface {
	Read(ctx context.Context, after uint64, limit int, dst []abi.Entry) (session.Page, error)
}

// Arrive notes a client of a session, until Leave.
func (n *Seen) Arrive(key session.Key, c Client) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.here == nil {
		n.here = make(map[session.Key]map[Client]struct{})
	}
	if n.here[key] == nil {
		n.here[key] = make(map[Client]struct{})
	}
	n.here[key][c] = struct{}{}
}

// Leave notes that a client has gone, which saw the log up to there.
func (n *Seen) Leave(key session.Key, c Client, until Position) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.here[key], c)
	if len(n.here[key]) == 0 {
		delete(n.here, key)
	}
	if until == (Position{}) {
		return
	}
	if n.young == nil || len(n.young) >= maxSeen {
		n.young, n.old = make(map[session.Key]Position), n.young
	}
	n.young[key] = until.Later(n.young[key]).Later(n.old[key])
}

// Until returns how far a session's log was seen by others than c; the zero
// position if that is not known. For ask, see [Client].
func (n *Seen) Until(key session.Key, c Client, ask bool) Position {
	n.mu.Lock()
	until := n.young[key].Later(n.old[key])
	others := maps.Clone(n.here[key])
	n.mu.Unlock()
	delete(others, c)
	for other := range others {
		until = until.Later(other.Saw(ask))
	}
	return until
}

// Base returns how far a session's log was seen by others than c, within what it
// holds up to where it ended when c took it up. It fails only if the log does.
func (n *Seen) Base(
	ctx context.Context, key session.Key, c Client, log Log, opened Position,
) (Position, error) {
	base := n.Until(key, c, true)
	switch {
	case base == Position{}:
		return guess(ctx, log, opened)
	case base.Epoch != opened.Epoch:
		base = Position{opened.Epoch, 0}
	}
	page, err := log.Read(ctx, base.Seq, 1, nil)
	if err != nil {
		return Position{}, err
	}
	return Position{base.Epoch, max(base.Seq, page.First-1)}.Earlier(opened), nil
}

// guess returns how far the log was seen as the log itself shows: whoever sent
// a message had seen what was said before. So after a restart of the host the
// answer to the last message counts as unseen: a client may get it twice, but
// none is without it.
func guess(ctx context.Context, log Log, opened Position) (Position, error) {
	const step = 64
	var entries []abi.Entry
	for end := opened.Seq; end > 0; {
		after := end - min(end, step)
		page, err := log.Read(ctx, after, int(end-after), entries[:0])
		if err != nil {
			return Position{}, err
		}
		entries = page.Entries
		for i := len(entries) - 1; i >= 0; i-- {
			// Messages with an id came by other ways, when nobody may have been there.
			if e := &entries[i]; e.From == abi.FromUser && e.ID == "" {
				return Position{opened.Epoch, min(e.Seq, opened.Seq)}, nil
			}
		}
		if page.First > after {
			return Position{opened.Epoch, min(page.First-1, opened.Seq)}, nil
		}
		end = after
	}
	return Position{opened.Epoch, 0}, nil
}
