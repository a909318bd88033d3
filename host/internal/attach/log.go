package attach

import (
	"context"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Log is the log of a session.
type Log interface {
	Head() session.Head
	Read(ctx context.Context, after uint64, limit int, dst []abi.Entry) (session.Page, error)
}

// Find looks through a log, from its end, for the entry that an event with files
// left, and returns the receipt of that event. Uploads are forgotten after a while,
// and when the host ends; whoever did not hear that an event was accepted, and sends
// it again, learns it by this. ok is false if there is none.
func Find(ctx context.Context, log Log, id string) (r session.Receipt, ok bool) {
	const step = 256
	var entries []abi.Entry
	for end := log.Head().Seq; end > 0 && id != ""; {
		after := end - min(end, step)
		page, err := log.Read(ctx, after, int(end-after), entries[:0])
		if err != nil {
			return r, false
		}
		entries = page.Entries
		for i := range entries {
			e := &entries[i]
			if e.ID == id && e.From == abi.FromUser && e.Kind.HasFiles() {
				return session.Receipt{ID: id, Epoch: page.Epoch, Seq: e.Seq, Turn: e.Turn}, true
			}
		}
		if page.First > after {
			break
		}
		end = after
	}
	return r, false
}
