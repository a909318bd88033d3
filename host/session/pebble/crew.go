package pebble

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// crew commits batches for the calls, so that none of these waits for ever where
// pebble does: some workers apply them, and another one waits for the syncs, which
// come in the order of the log.
type crew struct {
	db      *pebble.DB
	failed  chan struct{} // closed when the handle fails
	tasks   chan *task
	applied chan *task
	quit    chan struct{} // closed when nothing more is to be done
	workers sync.WaitGroup
	// closing says that nothing more may be applied, and applying how many are
	// being applied: they are in that part of pebble that does not bear errors.
	closing  atomic.Bool
	applying atomic.Int64
}

// queued is how many tasks wait between two steps; more than that hold up those
// who bring them.
const queued = 1024

// task is a batch on its way.
type task struct {
	batch *pebble.Batch
	sync  bool
	done  chan error // has room for one
}

var errNotApplied = errors.New("not applied")

var tasks = sync.Pool{New: func() any { return &task{done: make(chan error, 1)} }}

// start starts the workers. They end when quit is closed, unless pebble does not
// let them.
func (c *crew) start(db *pebble.DB) {
	c.db, c.quit = db, make(chan struct{})
	c.tasks, c.applied = make(chan *task, queued), make(chan *task, queued)
	for range 2 * runtime.GOMAXPROCS(0) {
		c.workers.Go(c.work)
	}
	c.workers.Go(c.wait)
}

// apply commits a batch, which it takes over. It returns ErrUnknown if the handle
// failed before that ended.
func (c *crew) apply(b *pebble.Batch, sync bool) error {
	t := tasks.Get().(*task)
	t.batch, t.sync = b, sync
	select {
	case c.tasks <- t:
	case <-c.failed:
		return errNotApplied
	}
	var err error
	select {
	case err = <-t.done:
	case <-c.failed:
		select {
		case err = <-t.done:
		default:
			return session.ErrUnknown // a worker has the task
		}
	}
	t.batch = nil
	tasks.Put(t)
	if err != nil {
		return err
	}
	return b.Close()
}

func (c *crew) work() {
	for {
		select {
		case t := <-c.tasks:
			err := c.commit(t)
			if err != nil || !t.sync {
				t.done <- err
				continue
			}
			select {
			case c.applied <- t:
			case <-c.quit:
				return
			}
		case <-c.quit:
			return
		}
	}
}

func (c *crew) commit(t *task) error {
	c.applying.Add(1)
	defer c.applying.Add(-1)
	switch {
	case c.closing.Load():
		return errNotApplied
	case t.sync:
		return c.db.ApplyNoSyncWait(t.batch, pebble.Sync)
	default:
		return c.db.Apply(t.batch, pebble.NoSync)
	}
}

// wait waits for the syncs of what was applied.
func (c *crew) wait() {
	for {
		select {
		case t := <-c.applied:
			t.done <- t.batch.SyncWait()
		case <-c.quit:
			return
		}
	}
}

// dismiss ends the workers, and waits for them. Nobody calls apply any more.
func (c *crew) dismiss() {
	close(c.quit)
	c.workers.Wait()
}
