package turn_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/turn"
)

// TestGuarantee_Close: Close lets the events that were taken run, refuses new
// ones, and leaves no goroutine behind.
func TestGuarantee_Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{Limits: abi.Limits{Queue: 1}})
		h, o := full(t, r, g)
		waiting := make(chan error, 1)
		go func() { waiting <- h.Submit(t.Context(), message("", "2"), o.of("2")) }()
		synctest.Wait()
		closed := make(chan error, 2)
		for range cap(closed) {
			go func() { closed <- r.Close(t.Context()) }()
		}
		synctest.Wait()
		if len(closed) > 0 {
			t.Error("Close returned while a turn ran")
		}
		if err := <-waiting; !errors.Is(err, turn.ErrClosed) {
			t.Errorf("Submit(waiting) = %v, want ErrClosed", err)
		}
		err := h.Submit(t.Context(), message("", "3"), o.of("3"))
		if !errors.Is(err, turn.ErrClosed) {
			t.Errorf("Submit() = %v, want ErrClosed", err)
		}
		if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, turn.ErrClosed) {
			t.Errorf("Open() = %v, want ErrClosed", err)
		}
		_, err = r.Create(t.Context(), testKey("t"), turn.CreateOptions{Resume: [32]byte{}}, nil)
		if !errors.Is(err, turn.ErrClosed) {
			t.Errorf("Create() = %v, want ErrClosed", err)
		}
		g.Open()
		for range cap(closed) {
			if err := <-closed; err != nil {
				t.Errorf("Close() = %v", err)
			}
		}
		if got, want := o.list(), texts(2); !slices.Equal(got, want) {
			t.Errorf("outcomes = %v, want %v", got, want)
		}
		if err := r.Close(endedContext()); err != nil {
			t.Errorf("Close(again) = %v, want nil", err)
		}
		// Handles still tell what there is.
		if got := len(log(t, h)); got != 5 || h.Head().Turn != 3 {
			t.Errorf("log of %d entries, turn %d, want 5 and 3", got, h.Head().Turn)
		}
	})
}

func endedContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestClose_Impatient: when Close's context ends, queued events are answered
// without running, and a second Close waits for the turn that runs.
func TestClose_Impatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{})
		h, o := full(t, r, g)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close() = %v, want deadline exceeded", err)
		}
		closed := make(chan error, 1)
		go func() { closed <- r.Close(t.Context()) }()
		synctest.Wait()
		if len(closed) > 0 {
			t.Error("the second Close did not wait")
		}
		g.Open()
		if err := <-closed; err != nil {
			t.Errorf("Close() = %v", err)
		}
		// The memory store takes no commit of a context that ended.
		want := []string{"0 shutting_down", "1 shutting_down"}
		if got := o.list(); !slices.Equal(got, want) {
			t.Errorf("outcomes = %v, want %v", got, want)
		}
		if got := h.Head().Turn; got != 1 {
			t.Errorf("turn = %d, want 1: nothing was consumed", got)
		}
	})
}

// TestClose_WaitingForInstance: an impatient Close ends the wait for an
// instance.
func TestClose_WaitingForInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := echo()
		r := newRunner(t, b, turn.Options{})
		h := newSession(t, r, "s")
		b.checkout = func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		var o outcomes
		go mustSubmit(t, h, "0", o.of("0"))
		synctest.Wait()
		if err := r.Close(endedContext()); !errors.Is(err, context.Canceled) {
			t.Errorf("Close() = %v, want canceled", err)
		}
		synctest.Wait()
		if got, want := o.list(), []string{"0 shutting_down"}; !slices.Equal(got, want) {
			t.Errorf("outcomes = %v, want %v", got, want)
		}
	})
}

func TestClose_Idle(t *testing.T) {
	r := turn.New(turn.Options{Store: newStore(), Source: echo()})
	if err := r.Close(endedContext()); err != nil {
		t.Errorf("Close(nothing to wait for) = %v, want nil", err)
	}
}

// TestHandle_CloseWithQueuedEvents: events outlive the handle that brought them.
func TestHandle_CloseWithQueuedEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{Limits: abi.Limits{Queue: 1}})
		h, o := full(t, r, g)
		go mustSubmit(t, h, "2", o.of("2"))
		synctest.Wait()
		h.Close()
		g.Open()
		synctest.Wait()
		o.wantConsecutive(t, 3)
		again, err := r.Open(t.Context(), testKey("s"), nil)
		if err != nil || again.Head().Turn != 4 {
			t.Fatalf("Open() = %v, want turn 4", err)
		}
		again.Close()
	})
}
