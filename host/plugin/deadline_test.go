package plugin

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func newDeadline() *deadline { return &deadline{limit: time.Minute, done: make(chan struct{})} }

func TestDeadline(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"one below", time.Second - 1, nil},
		{"at", time.Second, context.DeadlineExceeded},
		{"one above", time.Second + 1, context.DeadlineExceeded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDeadline()
				// Armed many times, as an instance is.
				for range 3 {
					d.arm(time.Second)
					<-time.After(time.Hour) // does not count before somebody looks
					_ = d.check()
					<-time.After(time.Second / 2)
					if err := d.check(); err != nil {
						t.Fatalf("check() = %v after half the time", err)
					}
					<-time.After(time.Hour)
				}
				d.arm(time.Second)
				_ = d.check()
				<-time.After(tc.after)
				if err := d.Err(); err != nil {
					t.Errorf("Err() = %v before anybody looked at the clock", err)
				}
				if got := d.check(); got != tc.want || d.Err() != tc.want {
					t.Errorf("check() = %v, Err() = %v, want %v", got, d.Err(), tc.want)
				}
			})
		})
	}
}

// The first cause counts, and everybody who waits hears of the end.
func TestDeadline_Hammer(t *testing.T) {
	d := newDeadline()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			<-d.Done()
			if err := d.Err(); !errors.Is(err, context.Canceled) {
				t.Errorf("Err() = %v, want context.Canceled", err)
			}
		})
	}
	d.end(context.Canceled)
	for range 4 {
		wg.Go(func() { d.end(context.DeadlineExceeded) })
	}
	// Its owner goes on looking at the clock meanwhile.
	if err := d.check(); err != context.Canceled {
		t.Errorf("check() = %v, want context.Canceled", err)
	}
	wg.Wait()
}

func TestDeadline_sleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeadline()
		d.arm(time.Second)
		for _, tc := range []struct{ sleep, want time.Duration }{
			{-1, 0}, {0, 0}, {time.Second / 2, time.Second / 2},
			{time.Hour, time.Second / 2}, {time.Hour, 0},
		} {
			begun := time.Now()
			d.sleep(int64(tc.sleep))
			if took := time.Since(begun); took != tc.want {
				t.Errorf("sleep(%v) took %v, want %v", tc.sleep, took, tc.want)
			}
		}
	})
}

// Randomness and writing, which a guest may ask for in any amount, end with its
// time.
func TestDeadline_longWork(t *testing.T) {
	in := &Instance{}
	in.limit.done = make(chan struct{})
	in.limit.arm(time.Minute)
	s := &stream{in: in}
	if n, err := io.ReadFull(randomSource{&in.limit}, make([]byte, 1<<20)); n != 1<<20 || err != nil {
		t.Errorf("Read(1 MiB) = %d, %v", n, err)
	}
	in.limit.end(context.DeadlineExceeded)
	n, err := randomSource{&in.limit}.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Read() after the end = %d, %v, want DeadlineExceeded", n, err)
	}
	if n, err := s.Write([]byte("x")); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Write() after the end = %d, %v, want DeadlineExceeded", n, err)
	}
}

// A panic of the engine is an error; what else would end the host.
func TestGuarded(t *testing.T) {
	_, err := guarded(func() (int, error) {
		var none []int
		return none[len(none)], nil
	})
	if err == nil || !strings.Contains(err.Error(), "the engine failed: ") ||
		!strings.Contains(err.Error(), "deadline_test.go") {
		t.Errorf("guarded() = %v, want an error with the stack", err)
	}
	if n, err := guarded(func() (int, error) { return 3, nil }); n != 3 || err != nil {
		t.Errorf("guarded() = %d, %v, want 3, nil", n, err)
	}
}
