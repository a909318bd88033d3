package turn

import (
	"container/heap"
	"sync"
	"time"

	"github.com/bothost/bothost/host/session"
)

// alarm is a job that waits for its time.
type alarm struct {
	key   session.Key
	job   session.Job
	due   int64 // in milliseconds since 1970: of the job, or of the next attempt
	tries int   // that failed
	// old says that the store had the job before the host began.
	old bool
	// answer is that to a request, once answered says that it came.
	answer   string
	answered bool
	// doubt says that there is no job, but a commit that happened or not; jobs are
	// those that it set.
	doubt bool
	jobs  []session.Job
	index int // in the heap
}

// alarms are the jobs of all sessions, in order of their time. It is safe for
// concurrent use.
type alarms struct {
	mu sync.Mutex
	// guards the following
	heap alarmHeap
	// bySession finds the alarms of a session by the ids of their jobs.
	bySession map[session.Key]map[string]*alarm

	// changed is told when the first alarm is another one.
	changed chan struct{}
}

func newAlarms() *alarms {
	return &alarms{
		bySession: make(map[session.Key]map[string]*alarm), changed: make(chan struct{}, 1),
	}
}

// set sets an alarm, in the place of the one of the same job.
func (a *alarms) set(key session.Key, job session.Job) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.putLocked(&alarm{key: key, job: job, due: job.Due})
}

// setDoubt sets an alarm for finding out whether a commit happened, which set jobs.
func (a *alarms) setDoubt(key session.Key, turn uint64, jobs []session.Job, due int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	none := session.Job{ID: numbered("?", turn, 0)} // no job has such an id
	a.putLocked(&alarm{key: key, job: none, doubt: true, jobs: jobs, due: due})
}

// setOld sets an alarm for what the store had, unless there is a newer one.
func (a *alarms) setOld(key session.Key, job session.Job) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bySession[key][job.ID] == nil {
		a.putLocked(&alarm{key: key, job: job, due: job.Due, old: true})
	}
}

// again sets an alarm that went off anew, unless its job was set meanwhile.
func (a *alarms) again(al *alarm, due int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bySession[al.key][al.job.ID] == nil {
		al.due = due
		al.tries++
		a.putLocked(al)
	}
}

func (a *alarms) putLocked(al *alarm) {
	of := a.bySession[al.key]
	if of == nil {
		of = make(map[string]*alarm)
		a.bySession[al.key] = of
	}
	if old := of[al.job.ID]; old != nil {
		heap.Remove(&a.heap, old.index)
	}
	of[al.job.ID] = al
	heap.Push(&a.heap, al)
	if al.index == 0 {
		a.tell()
	}
}

// cancel removes the alarm of a job, if there is one.
func (a *alarms) cancel(key session.Key, id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if al := a.bySession[key][id]; al != nil {
		heap.Remove(&a.heap, al.index)
		a.unlink(al)
	}
}

// forget removes all alarms of a session.
func (a *alarms) forget(key session.Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, al := range a.bySession[key] {
		heap.Remove(&a.heap, al.index)
	}
	delete(a.bySession, key)
}

// next returns the first alarm if its time has come; else how long that will be.
func (a *alarms) next(now int64) (al *alarm, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.heap) == 0 {
		return nil, forever
	}
	al = a.heap[0]
	if al.due > now {
		return nil, min(time.Duration(al.due-now)*time.Millisecond, forever)
	}
	heap.Pop(&a.heap)
	a.unlink(al)
	return al, 0
}

// forever is longer than anybody waits for the next alarm: the clock may be set
// meanwhile.
const forever = time.Minute

// unlink needs the lock.
func (a *alarms) unlink(al *alarm) {
	of := a.bySession[al.key]
	if delete(of, al.job.ID); len(of) == 0 {
		delete(a.bySession, al.key)
	}
}

func (a *alarms) tell() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// alarmHeap implements [heap.Interface].
type alarmHeap []*alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].due < h[j].due }

func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *alarmHeap) Push(x any) {
	al := x.(*alarm)
	al.index = len(*h)
	*h = append(*h, al)
}

func (h *alarmHeap) Pop() any {
	last := len(*h) - 1
	al := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return al
}
