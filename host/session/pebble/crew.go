package pebble

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// crew applies batches, each by a goroutine of its own, so that no call waits for
// ever where pebble does.
type crew struct {
	db      *pebble.DB
	failed  chan struct{} // closed when the handle fails
	tasks   chan *task
	idle    atomic.Int64
	workers sync.WaitGroup
	quit    chan struct{} // closed by dismiss
	// closing says that nothing more may be applied, and applying how many are
	// being applied: they are in that part of pebble that does not bear errors.
	closing  atomic.Bool
	applying atomic.Int64
}

// maxIdle is how many workers wait for work.
const maxIdle = 64

// task is a batch on its way.
type task struct {
	batch *pebble.Batch
	sync  bool
	done  chan error // has room for one
}

var errNotApplied = errors.New("not applied")

var tasks = sync.Pool{New: func() any { return &task{done: make(chan error, 1)} }}

// apply commits a batch, which it takes over. It returns ErrUnknown if the handle
// failed before that ended.
func (c *crew) apply(b *pebble.Batch, sync bool) error {
	t := tasks.Get().(*task)
	t.batch, t.sync = b, sync
	select {
	case c.tasks <- t:
	default:
		c.workers.Go(func() { c.work(t) })
	}
	var err error
	select {
	case err = <-t.done:
	case <-c.failed:
		select {
		case err = <-t.done:
		default:
			return session.ErrUnknown // the worker has the task
		}
	}
	t.batch = nil
	tasks.Put(t)
	if err != nil {
		return err
	}
	return b.Close()
}

// work applies a batch, and then others, until the crew is dismissed or there are
// workers enough.
func (c *crew) work(t *task) {
	for {
		t.done <- c.commit(t.batch, t.sync)
		if c.idle.Add(1) > maxIdle {
			c.idle.Add(-1)
			return
		}
		select {
		case t = <-c.tasks:
			c.idle.Add(-1)
		case <-c.quit:
			return
		}
	}
}

func (c *crew) commit(b *pebble.Batch, sync bool) error {
	c.applying.Add(1)
	if c.closing.Load() {
		c.applying.Add(-1)
		return errNotApplied
	}
	if !sync {
		defer c.applying.Add(-1)
		return c.db.Apply(b, pebble.NoSync)
	}
	err := c.db.ApplyNoSyncWait(b, pebble.Sync)
	c.applying.Add(-1)
	if err != nil {
		return err
	}
	return b.SyncWait()
}

// dismiss ends the workers, and waits for them. Nobody calls apply any more.
func (c *crew) dismiss() {
	close(c.quit)
	c.workers.Wait()
}
