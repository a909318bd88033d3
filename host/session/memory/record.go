package memory

import (
	"cmp"
	"slices"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// record is one session. Its shard's lock guards it.
type record struct {
	head session.Head
	vars map[string]string
	log  entryLog
	jobs []session.Job // in order of their ids
	// receipts is a ring once it is full: oldest is where the next one goes.
	receipts []session.Receipt
	oldest   int
	// byHash finds a receipt's place by the hash of its id. Of two ids with one hash
	// the later one is found; the seed makes that nobody's choice. A map of ids would
	// be larger, and slower in the usual case, which is that an id is new.
	byHash map[uint64]int32
}

// apply makes the commit's changes.
func (r *record) apply(c *session.Commit, hash func(id string) uint64, opts Options) {
	r.head = c.Head
	r.head.Back = slices.Clone(c.Head.Back)
	if c.Reset {
		r.vars, r.log, r.jobs = nil, entryLog{}, nil
	}
	r.change(c.Vars)
	r.schedule(c.Jobs)
	r.log.add(c.Entries, int(opts.Entries))
	if c.Receipt.ID != "" {
		r.remember(c.Receipt, hash, int(opts.MessageIDs))
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

// schedule sets and removes jobs.
func (r *record) schedule(jobs []session.JobChange) {
	for i := range jobs {
		c := &jobs[i]
		at, found := slices.BinarySearchFunc(r.jobs, c.ID,
			func(j session.Job, id string) int { return cmp.Compare(j.ID, id) })
		switch {
		case c.Done && found:
			r.jobs = slices.Delete(r.jobs, at, at+1)
		case c.Done:
		case found:
			r.jobs[at] = c.Job
		default:
			r.jobs = slices.Insert(r.jobs, at, c.Job)
		}
	}
}

// receipt finds the receipt of a client message id.
func (r *record) receipt(id string, hash func(id string) uint64) (session.Receipt, bool) {
	i, ok := r.byHash[hash(id)]
	if !ok || r.receipts[i].ID != id {
		return session.Receipt{}, false
	}
	return r.receipts[i], true
}

// remember keeps a receipt, in the place of the oldest one if there are enough.
func (r *record) remember(receipt session.Receipt, hash func(id string) uint64, keep int) {
	if r.byHash == nil {
		r.byHash = make(map[uint64]int32)
	}
	h := hash(receipt.ID)
	if i, ok := r.byHash[h]; ok {
		r.receipts[i] = receipt
		return
	}
	if len(r.receipts) < keep {
		r.byHash[h] = int32(len(r.receipts))
		r.receipts = append(r.receipts, receipt)
		return
	}
	delete(r.byHash, hash(r.receipts[r.oldest].ID))
	r.byHash[h] = int32(r.oldest)
	r.receipts[r.oldest] = receipt
	r.oldest = (r.oldest + 1) % keep
}

// read appends the entries above after to dst.
func (r *record) read(after uint64, limit int, dst []abi.Entry) session.Page {
	page := session.Page{
		Epoch: r.head.Epoch, First: r.head.Seq + 1, Last: r.head.Seq, Entries: dst,
	}
	if r.log.n == 0 {
		return page
	}
	page.First = r.log.first()
	if after >= page.Last || limit <= 0 {
		return page
	}
	from := 0
	if after >= page.First {
		from = int(after - page.First + 1)
	}
	page.Entries = r.log.read(from, limit, dst)
	return page
}
