package guesttest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// recorder is a test that may fail without failing the one that made it.
type recorder struct {
	testing.TB // what is not overridden below must not be called
	failures   []string
	logs       []string
	cleanups   []func()
}

// record runs body as a test, and returns it when it has ended.
func record(body func(tb testing.TB)) *recorder {
	r := new(recorder)
	done := make(chan struct{})
	go func() { // ends with body, and is waited for
		defer close(done)
		defer r.cleanup()
		body(r)
	}()
	<-done
	return r
}

// cleanup runs the cleanups, newest first, even if one of them ends early.
func (r *recorder) cleanup() {
	for len(r.cleanups) > 0 {
		last := r.cleanups[len(r.cleanups)-1]
		r.cleanups = r.cleanups[:len(r.cleanups)-1]
		defer r.cleanup()
		last()
	}
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool     { return len(r.failures) > 0 }

func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// wants fails t unless there was exactly one failure, which contains words.
func (r *recorder) wants(t *testing.T, words string) {
	t.Helper()
	if len(r.failures) != 1 || !strings.Contains(r.failures[0], words) {
		t.Errorf("failures = %q, want one with %q", r.failures, words)
	}
}
