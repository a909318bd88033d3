package turn

import (
	"slices"
	"strconv"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// A session has at most one job that waits until its user is quiet for some time,
// and one that looks at conditions again: however much is said in it, they are
// never more.
const (
	afterID   = "a"
	recheckID = "r"
)

// changeAfter sets the time at which the user was quiet for as long as a transition
// waits for. The time counts from what the user did last, or from when the state was
// entered. The job's data are the milliseconds that are over then.
func (t *turn) changeAfter(head *session.Head) {
	dialog := t.generation.Dialog()
	switch {
	case t.draft.Entered() || t.event.Kind.FromUser():
		after, _ := dialog.Timing(head.State, 0)
		t.setAfter(head.Turn, t.event.Time, after)
	case t.event.Kind == abi.EventAfter:
		elapsed := t.event.Quiet()
		next, _ := dialog.Timing(head.State, elapsed)
		t.setAfter(head.Turn, t.job.Due-elapsed, next)
	}
}

// setAfter sets the job for after milliseconds from a time on; 0 removes it.
func (t *turn) setAfter(turn uint64, from, after int64) {
	switch {
	case after > 0:
		t.setJob(session.Job{ID: afterID, Kind: session.JobAfter, Due: from + after, Turn: turn,
			Data: strconv.FormatInt(after, 10)})
	case t.hasJob(afterID):
		t.endJob(afterID)
	}
}

// changeRecheck sees to it that conditions are looked at as often as the state wants
// it. A turn that goes on in the state does not touch the job: so it costs nothing,
// and the next look comes at its time.
func (t *turn) changeRecheck(head *session.Head) {
	_, recheck := t.generation.Dialog().Timing(head.State, 0)
	has := t.hasJob(recheckID)
	switch {
	case recheck == 0 && has:
		t.endJob(recheckID)
	case recheck > 0 && (!has || t.draft.Entered()):
		t.setJob(session.Job{ID: recheckID, Kind: session.JobRecheck, Due: t.event.Time + recheck,
			Turn: head.Turn})
	}
}

// hasJob reports whether the session has the job as far as the turn has not changed
// it: a reset removes all jobs, and the one that led to the turn is done.
func (t *turn) hasJob(id string) bool {
	if t.event.Kind == abi.EventReset || t.job != nil && t.job.ID == id {
		return false
	}
	return slices.ContainsFunc(t.live.jobs, func(j session.Job) bool { return j.ID == id })
}

// idle says when conditions are looked at again, if that was all and changed
// nothing: then nothing is committed, and only the alarm in memory is set anew.
func (t *turn) idle() again {
	d := &t.draft
	if _, moved := d.Moved(); moved || t.event.Kind != abi.EventRecheck || d.Entered() ||
		len(d.Entries())+len(d.Writes())+len(d.Timers())+len(d.Requests()) > 0 ||
		len(d.Waiting()) != len(t.live.waiting) || !slices.Equal(d.Back(), t.live.head.Back) {
		return again{}
	}
	_, recheck := t.generation.Dialog().Timing(t.live.head.State, 0)
	return again{recheck, t.failed}
}
