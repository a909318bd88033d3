package memory

import (
	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// record is one session. Its shard's lock guards it.
type record struct {
	head session.Head
	vars map[string]string
	// log holds the newest entries; their sequence numbers rise by one.
	log []abi.Entry
	// receipts is a ring once it is full: oldest is where the next one goes.
	receipts []session.Receipt
	oldest   int
	// byID finds a receipt's place.
	byID map[string]int
}

// apply makes the commit's changes.
func (r *record) apply(c *session.Commit, opts Options) {
	r.head = c.Head
	if c.Reset {
		r.vars, r.log = nil, nil
	}
	r.change(c.Vars)
	r.log = append(r.log, c.Entries...)
	r.trim(int(opts.Entries))
	if c.Receipt.ID != "" {
		r.remember(c.Receipt, int(opts.MessageIDs))
	}
}

func (r *record) change(vars []abi.Var) {
	for _, v := range vars {
		if v.Deleted {
			delete(r.vars, v.Key)
			continue
		}
		if r.vars == nil {
			r.vars = make(map[string]string)
		}
		r.vars[v.Key] = v.Value
	}
}

// trim drops old entries, a quarter of the log at a time: to move the rest at
// each commit would cost more than the commit.
func (r *record) trim(keep int) {
	if len(r.log) <= keep+max(keep/4, 1) {
		return
	}
	n := copy(r.log, r.log[len(r.log)-keep:])
	clear(r.log[n:])
	r.log = r.log[:n]
}

// remember keeps a receipt, in the place of the oldest one if there are enough.
func (r *record) remember(receipt session.Receipt, keep int) {
	if r.byID == nil {
		r.byID = make(map[string]int)
	}
	if i, ok := r.byID[receipt.ID]; ok {
		r.receipts[i] = receipt
		return
	}
	if len(r.receipts) < keep {
		r.byID[receipt.ID] = len(r.receipts)
		r.receipts = append(r.receipts, receipt)
		return
	}
	delete(r.byID, r.receipts[r.oldest].ID)
	r.byID[receipt.ID] = r.oldest
	r.receipts[r.oldest] = receipt
	r.oldest = (r.oldest + 1) % keep
}

// read appends the entries above after to dst.
func (r *record) read(after uint64, limit int, dst []abi.Entry) session.Page {
	page := session.Page{
		Epoch: r.head.Epoch, First: r.head.Seq + 1, Last: r.head.Seq, Entries: dst,
	}
	if len(r.log) == 0 || limit < 0 {
		return page
	}
	page.First = r.log[0].Seq
	if after >= page.Last {
		return page
	}
	from := 0
	if after >= page.First {
		from = int(after - page.First + 1)
	}
	to := min(len(r.log), from+min(limit, len(r.log)))
	page.Entries = append(dst, r.log[from:to]...)
	return page
}
