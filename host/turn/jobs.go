package turn

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Jobs are what a turn asks for and gets later, as an event: the end of a timer,
// the answer to a request, or that the user was quiet. A turn's commit sets them,
// and the commit of the event's turn removes them, so that each is done at least
// once, also over an end of the host, and leads to exactly one turn.

const (
	// lateAfter is by how much a timer may miss its time and is not late, if the host
	// was there at that time.
	lateAfter = 5 * time.Second
	// latePause is the pause between two timers that are late: all that were due
	// while the host was down are due at its start.
	latePause = 5 * time.Millisecond
	// maxSending is how many requests of a bot may be on their way; others wait. None
	// takes the places of another one's.
	maxSending = 64
	// sendPause is how long a request waits that finds so many.
	sendPause = 100 * time.Millisecond
	// sweepEvery is how often sessions are looked for whose time is over, and
	// sweepCount how many are taken at once, besides those that somebody holds. If
	// there are so many, the next ones are taken after sweepSoon.
	sweepEvery = time.Minute
	sweepSoon  = time.Second
	sweepCount = 256
	// firstRetry and lastRetry bound the time between two attempts of a job that
	// could not run.
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// keepTime lets jobs happen when it is time, and sessions go whose time is over,
// until the runner closes. It has a goroutine of its own.
func (r *Runner) keepTime() {
	if !r.readJobs() {
		return
	}
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		al, wait := r.alarms.next(r.now().UnixMilli())
		if al != nil {
			wait = r.goOff(al)
		}
		if wait == 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.alarms.changed:
		case <-sweep.C:
			if r.sweep() {
				sweep.Reset(sweepSoon)
			} else {
				sweep.Reset(sweepEvery)
			}
		case <-r.lost:
			if r.forgetAll(); !r.readJobs() {
				return
			}
		case <-r.stop.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// forgetAll drops what is in memory of sessions, in their queues, since the store may
// have lost the newest of it: a timer that went off may be there again. Who is
// connected is told to look.
func (r *Runner) forgetAll() {
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		keys := slices.Collect(maps.Keys(sh.lives))
		sh.mu.Unlock()
		for _, key := range keys {
			r.post(key, func(l *live) {
				if l.start == nil && l.head.Turn > 0 { // else the store has nothing of it yet
					l.forget()
					l.wake()
				}
			})
		}
	}
}

// readJobs reads what waits in the store, as soon as that serves. It reports false
// if the runner closes.
func (r *Runner) readJobs() bool {
	for pause := firstRetry; ; pause = min(2*pause, lastRetry) {
		err := r.store.Jobs(r.stop, func(key session.Key, job session.Job) error {
			if job.Kind.Rings() {
				r.alarms.setOld(key, job)
			}
			return nil
		})
		if err == nil || r.warnDamaged("cannot read a timer or request", err) {
			return true
		}
		if r.stop.Err() == nil {
			r.logger.Warn("cannot read the timers and requests of sessions", "err", err)
		}
		select {
		case <-time.After(pause):
		case <-r.stop.Done():
			return false
		}
	}
}

// warnDamaged reports whether err is nothing but records that cannot be read, which
// it names. It must not be that one session stops the time of all others.
func (r *Runner) warnDamaged(message string, err error) bool {
	var lost *session.Damaged
	if !errors.As(err, &lost) || r.stop.Err() != nil {
		return false
	}
	for _, rec := range lost.Records {
		r.logger.Warn(message, "bot", rec.Key.Bot, "session", rec.Key.ID, "err", rec.Err)
	}
	if more := lost.Count - len(lost.Records); more > 0 {
		r.logger.Warn(message, "more", more)
	}
	return true
}

// goOff lets a job happen. It returns how long the next one has to wait.
func (r *Runner) goOff(al *alarm) time.Duration {
	if al.job.Kind == session.JobRequest && !al.answered {
		r.send(al)
		return 0
	}
	late := al.job.Kind != session.JobRequest && r.missed(al, al.due)
	r.post(al.key, r.goneOff(al)) // from then on the alarm is the turn's
	if late {
		return latePause
	}
	return 0
}

// goneOff is what an alarm leads to.
func (r *Runner) goneOff(al *alarm) func(*live) {
	if al.doubt {
		return r.resolve(al)
	}
	return r.ring(al)
}

// doubt has it found out later whether a commit happened, of which the store could
// not tell.
func (r *Runner) doubt(c *session.Commit) {
	var jobs []session.Job
	for i := range c.Jobs {
		if change := &c.Jobs[i]; !change.Done && change.Kind.Rings() {
			jobs = append(jobs, change.Job)
		}
	}
	due := r.now().Add(firstRetry).UnixMilli()
	r.alarms.setDoubt(c.Key, c.Head.Turn, jobs, due)
}

// resolve finds out whether a commit happened. If it did, its jobs wait for their
// time from now on, and all connections are told of its entries.
func (r *Runner) resolve(al *alarm) func(*live) {
	return func(l *live) {
		switch err := l.ensure(); {
		case errors.Is(err, session.ErrNotFound):
			return
		case err != nil:
			r.alarms.again(al, r.now().Add(al.pause()).UnixMilli())
			return
		}
		for i := range al.jobs {
			if l.has(&al.jobs[i]) {
				r.alarms.set(l.key, al.jobs[i])
			}
		}
		l.wake()
	}
}

func (r *Runner) missed(al *alarm, due int64) bool {
	return al.old && due < r.started || r.now().UnixMilli()-due > lateAfter.Milliseconds()
}

// send makes a request, beside all else, and posts its answer.
func (r *Runner) send(al *alarm) {
	bot := al.key.Bot
	if !r.sending.begin(bot) {
		r.alarms.again(al, r.now().Add(sendPause).UnixMilli())
		return
	}
	al.tries = 0 // it only waited
	r.background.Go(func() {
		defer r.sending.end(bot)
		answer := r.outbound(r.stop, bot, al.job.Data, al.idempotencyKey())
		if r.stop.Err() != nil {
			return // it is made again after the next start, under the same key
		}
		al.answer, al.answered = answer, true
		r.post(al.key, r.ring(al))
	})
}

// sending counts the requests that are on their way, by their bots. The zero value is
// usable.
type sending struct {
	mu sync.Mutex
	// guards the following
	count map[string]int
}

// begin counts one more, if the bot may have one more.
func (s *sending) begin(bot string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count[bot] == maxSending {
		return false
	}
	if s.count == nil {
		s.count = make(map[string]int)
	}
	s.count[bot]++
	return true
}

func (s *sending) end(bot string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count[bot]--; s.count[bot] == 0 {
		delete(s.count, bot)
	}
}

// idempotencyKey names a request to whoever gets it, also if it is made again: a
// hash, since the id of a session is not for others. Its time is part of it: the
// turns of a session that is gone, or that were lost, have had the same numbers.
func (al *alarm) idempotencyKey() string {
	h := sha256.New()
	for _, part := range []string{al.key.Bot, string(al.key.Namespace), al.key.ID, al.job.ID,
		strconv.FormatInt(al.job.Due, 10)} {
		h.Write(strconv.AppendInt(nil, int64(len(part)), 10))
		h.Write([]byte{':'})
		h.Write([]byte(part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// post lets do run in a session's queue, which is never too full for it, as the
// session's owner. It reports false after the end of the runner.
func (r *Runner) post(key session.Key, do func(*live)) bool {
	it := item{own: do}
	sh := r.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return false
	}
	l := sh.lives[key]
	if l == nil {
		l = &live{runner: r, key: key}
		sh.lives[key] = l
	}
	sh.warm.remove(l)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy {
		l.queue.push(it)
		return true
	}
	l.busy = true
	go l.drain(it)
	return true
}

// await is post, and waits for its end.
func (r *Runner) await(ctx context.Context, key session.Key, do func(*live) error) error {
	done := make(chan error, 1)
	if !r.post(key, func(l *live) { done <- do(l) }) {
		return ErrClosed
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// again is when a job that was not consumed is due again, in milliseconds from
// now; 0 if it is not. failed says that its turn did.
type again struct {
	after  int64
	failed bool
}

// ring is the turn of a job. One that could not run is tried again later.
func (r *Runner) ring(al *alarm) func(*live) {
	return func(l *live) {
		outcome, next := r.commit(l, r.eventOf(al), &al.job)
		retry := outcome.Code.Retry() && outcome.Code != abi.CodeShuttingDown
		switch {
		case retry || outcome.Code == abi.CodeUnknownBot || next.failed:
			pause := max(al.pause().Milliseconds(), next.after)
			r.alarms.again(al, r.now().UnixMilli()+pause)
		case next.after > 0:
			al.tries = 0
			r.alarms.again(al, r.now().UnixMilli()+next.after)
		}
	}
}

// pause is how long a job waits that could not run, by the number of its attempts.
func (al *alarm) pause() time.Duration { return min(firstRetry<<min(al.tries, 10), lastRetry) }

// eventOf is what happens when a job's time has come.
func (r *Runner) eventOf(al *alarm) *abi.Event {
	job := &al.job
	switch job.Kind {
	case session.JobRequest:
		return &abi.Event{Kind: abi.EventHTTP, Name: job.Name, Data: al.answer}
	case session.JobAfter:
		return &abi.Event{Kind: abi.EventAfter, Data: job.Data}
	case session.JobRecheck:
		return &abi.Event{Kind: abi.EventRecheck}
	}
	return &abi.Event{
		Kind: abi.EventTimer, Name: job.Name, Data: job.Data, Late: r.missed(al, job.Due),
	}
}

// has reports whether the session waits for the job, and not for another one that
// was set in its place.
func (l *live) has(job *session.Job) bool {
	return slices.ContainsFunc(l.jobs, func(j session.Job) bool {
		return j.ID == job.ID && j.Turn == job.Turn
	})
}

// timers returns the names of the timers that are set.
func (l *live) timers(dst []string) []string {
	for i := range l.jobs {
		if l.jobs[i].Kind == session.JobTimer {
			dst = append(dst, l.jobs[i].Name)
		}
	}
	return dst
}

// jobChanges are what the turn changes of the session's jobs, the one first that
// led to the turn.
func (t *turn) jobChanges(head *session.Head) []session.JobChange {
	t.jobs = t.jobs[:0]
	if t.job != nil {
		t.endJob(t.job.ID)
	}
	for _, w := range t.draft.Timers() {
		if id := "t:" + w.Name; w.Cancel {
			t.endJob(id)
		} else {
			t.setJob(session.Job{ID: id, Kind: session.JobTimer, Name: w.Name,
				Due: t.event.Time + w.Delay, Turn: head.Turn, Data: w.Data})
		}
	}
	for i, request := range t.draft.Requests() {
		t.setJob(session.Job{ID: numbered("h:", head.Turn, i), Kind: session.JobRequest,
			Name: request.Name, Due: t.event.Time, Turn: head.Turn,
			Data: string(request.AppendJSON(nil))})
	}
	t.changeWaiting(head.Turn)
	t.changeAfter(head)
	t.changeRecheck(head)
	return t.jobs
}

// checkRequests holds the requests that wait for their answers after the turn to what
// a session may have.
func (t *turn) checkRequests() error {
	waiting := len(t.draft.Requests())
	if waiting == 0 || t.event.Kind == abi.EventReset { // which drops those of before
		return nil
	}
	for i := range t.live.jobs {
		job := &t.live.jobs[i]
		if job.Kind == session.JobRequest && (t.job == nil || t.job.ID != job.ID) {
			waiting++
		}
	}
	return abi.CheckWaiting(waiting)
}

func (t *turn) setJob(job session.Job) {
	t.jobs = append(t.jobs, session.JobChange{Job: job})
}

func (t *turn) endJob(id string) {
	t.jobs = append(t.jobs, session.JobChange{Job: session.Job{ID: id}, Done: true})
}

// numbered is the id of one of several jobs that a turn sets.
func numbered(prefix string, turn uint64, i int) string {
	return prefix + strconv.FormatUint(turn, 10) + ":" + strconv.Itoa(i)
}

// applyJobs brings the session's jobs and the alarms up to date.
func (l *live) applyJobs(c *session.Commit) {
	if c.Reset {
		l.jobs = nil
		l.runner.alarms.forget(l.key)
	}
	for i := range c.Jobs {
		change := &c.Jobs[i]
		l.jobs = slices.DeleteFunc(l.jobs, func(j session.Job) bool { return j.ID == change.ID })
		if change.Done {
			l.runner.alarms.cancel(l.key, change.ID)
			continue
		}
		l.jobs = append(l.jobs, change.Job)
		if change.Kind.Rings() {
			l.runner.alarms.set(l.key, change.Job)
		}
	}
}

// sweep lets sessions go whose time is over. It reports whether there may be more.
func (r *Runner) sweep() (more bool) {
	now := r.now()
	r.dropProvisional(now)
	// Those that somebody holds stay, and must not keep the others.
	limit := sweepCount + r.holding()
	keys, err := r.store.Expired(r.stop, now.UnixMilli(), limit)
	if err != nil && !r.warnDamaged("cannot read when a session ends", err) {
		if r.stop.Err() == nil {
			r.logger.Warn("cannot look for sessions whose time is over", "err", err)
		}
		return false
	}
	for _, key := range keys {
		r.post(key, r.expire)
	}
	return len(keys) == limit
}

// holding counts the sessions that somebody holds.
func (r *Runner) holding() (n int) {
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		for _, l := range sh.lives {
			if l.held() {
				n++
			}
		}
		sh.mu.Unlock()
	}
	return n
}

// expire deletes the session if nobody is there and its time is over.
func (r *Runner) expire(l *live) {
	l.mu.Lock()
	inUse := len(l.handles) > 0
	l.mu.Unlock()
	rec, err := r.store.Load(r.ctx, l.key)
	if inUse || err != nil || rec.Head.Ends(r.keep) > r.now().UnixMilli() {
		return
	}
	if err := r.delete(l); err != nil {
		r.logger.Warn("cannot delete a session whose time is over", "bot", l.key.Bot,
			"session", l.key.ID, "err", err)
	}
}

// delete removes the session, which the caller owns.
func (r *Runner) delete(l *live) error {
	if err := r.store.Delete(r.ctx, l.key); err != nil {
		return err
	}
	r.alarms.forget(l.key)
	l.mu.Lock()
	l.start = nil
	l.mu.Unlock()
	l.forget()
	l.settleFiles(false)
	r.files.Forget(l.key)
	return nil
}

// noOutbound answers requests where nobody may make any.
func noOutbound(context.Context, string, string, string) string {
	return `{"error":"this host makes no requests","code":"forbidden"}`
}
