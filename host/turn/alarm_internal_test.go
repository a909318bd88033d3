package turn

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/host/session"
)

// TestAlarms_Order: alarms go off in order of their time, each once, the newest of
// each job, whatever was set, cancelled and set again before.
func TestAlarms_Order(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		a, want := newAlarms(), make(map[string]int64)
		for range 500 {
			key := session.Key{ID: fmt.Sprint(rnd.IntN(5))}
			job := session.Job{ID: fmt.Sprint(rnd.IntN(10)), Due: rnd.Int64N(1000)}
			name := key.ID + "/" + job.ID
			switch rnd.IntN(10) {
			case 0:
				a.cancel(key, job.ID)
				delete(want, name)
			case 1:
				a.setOld(key, job)
				if _, set := want[name]; !set {
					want[name] = job.Due
				}
			default:
				a.set(key, job)
				want[name] = job.Due
			}
		}
		last := int64(-1)
		for {
			al, wait := a.next(2000)
			if al == nil {
				if wait != forever {
					t.Errorf("seed %d: wait %v without an alarm", seed, wait)
				}
				break
			}
			name := al.key.ID + "/" + al.job.ID
			if due, ok := want[name]; !ok || due != al.due || due < last {
				t.Errorf("seed %d: %s goes off at %d after %d, want %d, %v", seed, name, al.due, last, due, ok)
			}
			last = al.due
			delete(want, name)
		}
		if len(want) != 0 || len(a.bySession) != 0 {
			t.Errorf("seed %d: %v did not go off, %d sessions are left", seed, want, len(a.bySession))
		}
	}
}

// TestAlarms_Wait: not before the time, and again not if the job was set anew.
func TestAlarms_Wait(t *testing.T) {
	a, key := newAlarms(), session.Key{ID: "s"}
	a.set(key, session.Job{ID: "j", Due: 100, Turn: 1})
	if al, wait := a.next(99); al != nil || wait != time.Millisecond {
		t.Errorf("next(one before) = %v, %v", al, wait)
	}
	al, _ := a.next(100)
	if al == nil || al.job.Turn != 1 {
		t.Fatalf("next(at the time) = %+v", al)
	}
	a.set(key, session.Job{ID: "j", Due: 500, Turn: 2})
	a.again(al, 200)
	if al, _ := a.next(300); al != nil {
		t.Errorf("next(300) = %+v, want none: it was set anew", al)
	}
	if al, _ = a.next(500); al == nil || al.job.Turn != 2 {
		t.Errorf("next(500) = %+v, want the new one", al)
	}
	a.again(al, 600)
	if al, _ := a.next(600); al == nil || al.tries != 1 {
		t.Errorf("next(600) = %+v, want the second attempt", al)
	}
}

// TestAlarms_Hammer: it is safe for concurrent use, and loses nothing.
func TestAlarms_Hammer(t *testing.T) {
	a := newAlarms()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 2))
			for range 2000 {
				key := session.Key{ID: fmt.Sprint(rnd.IntN(4))}
				job := session.Job{ID: fmt.Sprint(rnd.IntN(8)), Due: rnd.Int64N(100)}
				switch rnd.IntN(6) {
				case 0:
					a.cancel(key, job.ID)
				case 1:
					a.forget(key)
				case 2:
					if al, _ := a.next(50); al != nil {
						a.again(al, 70)
					}
				case 3:
					a.setOld(key, job)
				default:
					a.set(key, job)
				}
			}
		})
	}
	wg.Wait()
	n := 0
	for _, of := range a.bySession {
		n += len(of)
	}
	for i, al := range a.heap {
		if al.index != i || a.bySession[al.key][al.job.ID] != al {
			t.Errorf("alarm %d of %d does not know its place", i, len(a.heap))
		}
	}
	if n != len(a.heap) {
		t.Errorf("%d alarms by session, %d in order", n, len(a.heap))
	}
}
