package reload

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline bounds every wait for something that must come.
const deadline = 20 * time.Second

// errTorn is what complete says.
var errTorn = errors.New("torn")

// complete is the tests' Check: a content ends with a full stop.
func complete(data []byte) error {
	if !strings.HasSuffix(string(data), ".") {
		return errTorn
	}
	return nil
}

// rig is a running watcher over the real file system. Polling is off unless a
// test asks for it, so that what is seen is seen by events.
type rig struct {
	testing.TB
	w       *Watcher
	changes chan Change
	looks   chan struct{}
}

// start runs a watcher until the test ends.
func start(tb testing.TB, o Options) *rig {
	tb.Helper()
	if o.Quiet == 0 {
		o.Quiet = 30 * time.Millisecond
	}
	if o.Poll == 0 {
		o.Poll = time.Hour
	}
	if o.Grace == 0 {
		o.Grace = time.Hour
	}
	if o.Check == nil {
		o.Check = complete
	}
	r := &rig{tb, New(o), make(chan Change, 100), make(chan struct{}, 1)}
	r.w.looked = func() {
		select {
		case r.looks <- struct{}{}:
		default:
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- r.w.Run(ctx, func(_ context.Context, c Change) { r.changes <- c })
	}()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Errorf("Run = %v, want nil", err)
		}
	})
	return r
}

// next returns the next change.
func (r *rig) next() Change {
	r.Helper()
	select {
	case c := <-r.changes:
		return c
	case <-time.After(deadline):
		r.Fatal("no change in time")
		return Change{}
	}
}

// want waits for a change to a content.
func (r *rig) want(path, data string) {
	r.Helper()
	c := r.next()
	if c.Path != path || string(c.Data) != data || c.Removed || c.Err != nil {
		r.Fatalf("change = %v, want %q with %q", c, path, data)
	}
}

// wantErr waits for a change to an error.
func (r *rig) wantErr(path string, err error) Change {
	r.Helper()
	c := r.next()
	if c.Path != path || c.Data != nil || c.Removed || !errors.Is(c.Err, err) {
		r.Fatalf("change = %v, want %q with error %v", c, path, err)
	}
	return c
}

// wantGone waits for a removal.
func (r *rig) wantGone(path string) {
	r.Helper()
	if c := r.next(); c.Path != path || !c.Removed || c.Data != nil || c.Err != nil {
		r.Fatalf("change = %v, want %q removed", c, path)
	}
}

// settle returns when a look is over that began after the call. One may be
// under way, so the second one counts.
func (r *rig) settle() {
	r.Helper()
	select {
	case <-r.looks:
	default:
	}
	for range 2 {
		r.w.Look()
		select {
		case <-r.looks:
		case <-time.After(deadline):
			r.Fatal("no look in time")
		}
	}
}

// wantNothing looks at everything and expects nothing new.
func (r *rig) wantNothing() {
	r.Helper()
	r.settle()
	select {
	case c := <-r.changes:
		r.Fatalf("change = %v, want none", c)
	default:
	}
}

// String words a change for failures.
func (c Change) String() string {
	switch {
	case c.Removed:
		return c.Path + " removed"
	case c.Err != nil:
		return c.Path + " error: " + c.Err.Error()
	}
	return c.Path + " has " + string(c.Data)
}

// write writes a file in place.
func write(tb testing.TB, path, data string) {
	tb.Helper()
	must(tb, os.MkdirAll(filepath.Dir(path), 0o755))
	must(tb, os.WriteFile(path, []byte(data), 0o644))
}

// replace writes a temporary file and renames it.
func replace(tb testing.TB, path, data string) {
	tb.Helper()
	write(tb, path+".tmp", data)
	must(tb, os.Rename(path+".tmp", path))
}

// link makes a link, or replaces one in one step.
func link(tb testing.TB, target, path string) {
	tb.Helper()
	if err := os.Symlink(target, path+"_tmp"); err != nil {
		tb.Skipf("links cannot be made here: %v", err)
	}
	must(tb, os.Rename(path+"_tmp", path))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
