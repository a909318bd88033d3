package client

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

// first makes the first connection.
func (s *Session) first(ctx context.Context) (*Conn, error) {
	for n := 0; ; n++ {
		conn, err := s.dial(ctx)
		if err == nil {
			return conn, nil
		}
		var closed *ClosedError
		if !errors.As(err, &closed) || !closed.Code.Retry() {
			s.tell(State{Phase: Ended, Err: err})
			return nil, err
		}
		wait := s.wait(n, err)
		s.tell(State{Phase: Waiting, Err: err, Wait: wait})
		if !sleep(ctx, wait) {
			s.tell(State{Phase: Ended, Err: err})
			return nil, fmt.Errorf("client: connect: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// run keeps the session connected.
func (s *Session) run(conn *Conn) {
	err := s.stay(conn)
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	s.tell(State{Phase: Ended, Err: err})
	close(s.frames)
	close(s.done)
	s.cancel()
}

// stay returns why there is no coming back.
func (s *Session) stay(conn *Conn) (err error) {
	for n := 0; ; n++ {
		if conn != nil {
			began := time.Now()
			var progress bool
			if progress, err = s.serve(conn); progress || time.Since(began) >= s.opts.MaxWait {
				n = 0
			}
		}
		switch {
		case s.closed():
			return ErrClosed
		case final(err):
			return err
		}
		wait := s.wait(n, err)
		s.tell(State{Phase: Waiting, Err: err, Wait: wait})
		if !sleep(s.ctx, wait) {
			return ErrClosed
		}
		conn, err = s.dial(s.ctx)
	}
}

func (s *Session) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return s.ctx.Err() != nil
	}
}

// final reports whether an error says that there is no coming back.
func final(err error) bool {
	var closed *ClosedError
	var refused *RefusedError
	var never neverError
	switch {
	case errors.As(err, &closed):
		return closed.Code >= 4500 && closed.Code < 5000
	case errors.As(err, &refused):
		return !refused.Temporary()
	}
	return errors.As(err, &never)
}

// wait is how long to stay away after n attempts.
func (s *Session) wait(n int, err error) time.Duration {
	base := s.opts.MaxWait
	if n < 20 {
		base = min(base, s.opts.MinWait<<n)
	}
	var least time.Duration
	var closed *ClosedError
	var refused *RefusedError
	switch {
	case errors.As(err, &closed):
		least = closed.Retry
	case errors.As(err, &refused):
		least = refused.Retry
	}
	if least > 0 {
		// All who were sent away do not come at once.
		return least + mathrand.N(max(base/2, least/8)+1)
	}
	return base - mathrand.N(base/2+1)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Session) tell(state State) {
	if s.opts.OnState != nil {
		s.opts.OnState(state)
	}
}

// dial makes one attempt to take the session up where the dialogue is.
func (s *Session) dial(ctx context.Context) (*Conn, error) {
	s.tell(State{Phase: Connecting})
	ctx, cancel := context.WithTimeout(ctx, s.opts.DialTime)
	defer cancel()
	s.mu.Lock()
	opts := s.atLocked()
	s.mu.Unlock()
	return Dial(ctx, opts)
}

// atLocked returns the options that go on where the dialogue is.
func (s *Session) atLocked() Options {
	o := s.opts.Options
	o.Session, o.Resume, o.Epoch, o.After = s.d.session, s.d.resume, s.d.epoch, s.d.seq
	return o
}

// serve reads a connection until it ends, and returns why. It reports whether
// the dialogue went on.
func (s *Session) serve(conn *Conn) (progress bool, err error) {
	s.mu.Lock()
	s.conn = conn
	frames := s.noteLocked(s.d.connected(&conn.welcome))
	s.mu.Unlock()
	s.tell(State{Phase: Connected})
	ctx, cancel := context.WithCancel(s.ctx)
	silence := time.AfterFunc(s.opts.Silence, func() { _ = conn.CloseNow() })
	conn.heard = func() { silence.Reset(s.opts.Silence) }
	var writer sync.WaitGroup
	defer func() {
		cancel()
		silence.Stop()
		if s.closed() {
			// Close says goodbye first.
			<-s.ctx.Done()
		}
		_ = conn.CloseNow()
		writer.Wait()
	}()
	if s.deliver(frames) {
		// It ends with the connection.
		writer.Go(func() { s.write(ctx, conn) })
	}
	for {
		silence.Reset(s.opts.Silence)
		f, err := conn.Receive(s.ctx)
		if err != nil {
			return progress, err
		}
		frames := s.hear(&f)
		progress = progress || len(frames) > 0
		// While nobody receives, nothing is read, so nothing is silent.
		silence.Stop()
		if !s.deliver(frames) {
			return progress, s.ctx.Err()
		}
		s.wake()
	}
}

// hear takes a frame, and returns those that Receive is to return.
func (s *Session) hear(f *Frame) []heard {
	s.mu.Lock()
	before := len(s.d.out)
	news, hold := s.d.take(f)
	if hold > 0 {
		s.held = time.Now().Add(hold)
	}
	frames := s.noteLocked(s.takeAnswersLocked(news))
	answered := before - len(s.d.out)
	s.mu.Unlock()
	for range answered {
		<-s.places
	}
	return frames
}

// noteLocked adds where the dialogue stands with each frame.
func (s *Session) noteLocked(frames []Frame) []heard {
	all := make([]heard, len(frames))
	for i, f := range frames {
		all[i] = heard{f, s.atLocked()}
	}
	return all
}

// deliver waits until Receive takes the frames, or there is room. It reports
// whether the session goes on.
func (s *Session) deliver(frames []heard) bool {
	for _, h := range frames {
		select {
		case s.frames <- h:
		case <-s.ctx.Done():
			return false
		}
	}
	return true
}

func (s *Session) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// write sends what is to be sent until the connection ends.
func (s *Session) write(ctx context.Context, conn *Conn) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		s.mu.Lock()
		wait := time.Until(s.held)
		r, ok := s.d.next(wait <= 0)
		s.mu.Unlock()
		if ok {
			if conn.request(ctx, r) != nil {
				// The reader learns of it.
				_ = conn.CloseNow()
				return
			}
			continue
		}
		if wait > 0 {
			timer.Reset(wait)
		}
		select {
		case <-s.kick:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}
