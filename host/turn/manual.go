package turn

import (
	"context"

	"github.com/bothost/bothost/host/session"
)

// A runner with Options.Manual has a clock that its caller moves: nothing happens
// by itself. That is how conversations are played in which days pass in no time.
//
// Its owner is the one goroutine that calls NextDue and RunDue; the runner has
// none of its own, so that no request is on its way, and no session's time ends,
// behind the owner's back. Jobs that were in the store before are not known.

// NextDue returns the time of the first job of all sessions, in milliseconds since
// 1970 UTC; ok is false if there is none.
func (r *Runner) NextDue() (at int64, ok bool) { return r.alarms.first() }

// first returns the time of the first alarm.
func (a *alarms) first() (at int64, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.heap) == 0 {
		return 0, false
	}
	return a.heap[0].due, true
}

// RunDue lets the first job happen whose time has come, and returns after the turn
// that it leads to; a request is made and answered before. It returns the job's
// session, and false if no job was due.
//
// # Errors
//
// [ErrClosed], or ctx's error, after which the turn may run all the same.
func (r *Runner) RunDue(ctx context.Context) (key session.Key, ran bool, err error) {
	al, _ := r.alarms.next(r.now().UnixMilli())
	if al == nil {
		return session.Key{}, false, nil
	}
	if al.job.Kind == session.JobRequest && !al.answered {
		al.answer, al.answered = r.outbound(ctx, al.key.Bot, al.job.Data, al.idempotencyKey()), true
	}
	do := r.goneOff(al)
	return al.key, true, r.await(ctx, al.key, func(l *live) error {
		do(l)
		return nil
	})
}
