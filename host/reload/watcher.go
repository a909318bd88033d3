package reload

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
)

// Watcher reports what the paths of its [Options] contain. Make one with [New].
type Watcher struct {
	o       Options
	box     *inbox
	items   map[string]*item
	running atomic.Bool
	// looked is for tests: called after each look.
	looked func()
}

// New returns a watcher that does nothing yet. The slices in o must not be
// changed afterwards.
func New(o Options) *Watcher {
	o = o.withDefaults()
	w := &Watcher{o: o, box: newInbox(&o), items: map[string]*item{}}
	for _, path := range o.Files {
		w.addFile(filepath.Clean(path)).named = true
	}
	for _, path := range o.Folders {
		path = filepath.Clean(path)
		w.items[path] = &item{
			path:   path,
			folder: true,
			named:  true,
			survey: func() survey { return surveyFolder(path) },
			read:   readFolder,
		}
	}
	for _, t := range o.Trees {
		t.Dir = filepath.Clean(t.Dir)
		w.items[t.Dir] = &item{path: t.Dir, named: true, survey: t.survey, read: t.read}
	}
	for _, b := range o.Bundles {
		b.Path = filepath.Clean(b.Path)
		bundle := &bundle{Bundle: b, o: &w.o, grown: w.box.again}
		w.items[b.Path] = &item{path: b.Path, named: true, survey: bundle.survey,
			read: bundle.read}
	}
	return w
}

// readFolder has nothing to read: the survey knows whether the folder is good.
func readFolder(s survey) sight {
	if s.err != nil {
		return sightOf(s.err)
	}
	return sight{kind: whole}
}

// addFile returns the item of a file, new if need be.
func (w *Watcher) addFile(path string) *item {
	if it := w.items[path]; it != nil {
		return it
	}
	it := &item{path: path, survey: func() survey { return surveyFile(path) }}
	it.read = func(s survey) sight { return see(path, s, it.hash, &w.o) }
	w.items[path] = it
	return it
}

// Load delivers what every path has now, in the order of the paths, and returns
// when each has been reported once: as content or, after Options.Retry, as
// error. Run goes on from there. Load is for a caller that must know its files
// before it begins; Run without Load delivers the same changes.
//
// # Errors
//
// Load returns the cause of ctx's end, or [ErrRunning].
func (w *Watcher) Load(ctx context.Context, deliver func(context.Context, Change)) error {
	if !w.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer w.running.Store(false)
	w.box.add("")
	for {
		wake := w.look(ctx, nil, deliver)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if w.reported() {
			return nil
		}
		timer := time.NewTimer(time.Until(wake))
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
	}
}

// reported says whether something was reported of each path.
func (w *Watcher) reported() bool {
	for _, it := range w.items {
		if it.last == "" {
			return false
		}
	}
	return true
}

// Run delivers the changes, one at a time, until ctx ends. A deliver that takes
// long delays the next look; what is then found is the newest content. It gets
// ctx and should return soon after ctx's end.
//
// # Errors
//
// Run returns nil when ctx ends, or [ErrRunning].
func (w *Watcher) Run(ctx context.Context, deliver func(context.Context, Change)) error {
	if !w.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer w.running.Store(false)
	h := openHints(w.box, w.o.Logger)
	defer h.close()
	w.run(ctx, h, deliver)
	return nil
}

// run is Run with the source of hints as a parameter, nil for none.
func (w *Watcher) run(ctx context.Context, h *hints, deliver func(context.Context, Change)) {
	w.box.add("")
	wake := w.look(ctx, h, deliver)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(w.box.due(wake)))
		select {
		case <-ctx.Done():
			return
		case <-w.box.c:
		case <-timer.C:
			wake = w.look(ctx, h, deliver)
		}
	}
}

// Look asks for a look at everything, reading all files, as on a signal. It
// does not wait for it.
func (w *Watcher) Look() { w.box.add("") }

// look looks at everything once and returns when some target wants to be looked
// at again, or the zero time. Folders are watched before their files are read,
// so that nothing happens unseen in between.
func (w *Watcher) look(ctx context.Context, h *hints,
	deliver func(context.Context, Change)) (wake time.Time) {
	got := w.box.take()
	items := w.surveyAll()
	dirs := map[string]bool{}
	for _, it := range items {
		for _, d := range it.now.watched() {
			dirs[d] = true
		}
	}
	if h.watch(dirs, got) {
		w.box.again()
	}
	for _, it := range items {
		if ctx.Err() != nil {
			break
		}
		if c, ok := w.examine(it, got); ok {
			deliver(ctx, c)
		}
		wake = earlier(wake, it.wake)
		if it.done() {
			delete(w.items, it.path)
		}
	}
	w.box.looked()
	if w.looked != nil {
		w.looked()
	}
	return wake
}

// surveyAll surveys all targets, files that are new in a folder included, and
// returns them in the order of their paths.
func (w *Watcher) surveyAll() []*item {
	for _, it := range slices.Collect(maps.Values(w.items)) {
		if !it.folder {
			continue
		}
		it.now = it.survey()
		for _, name := range it.now.names {
			w.addFile(filepath.Join(it.path, name))
		}
	}
	var items []*item
	for _, path := range slices.Sorted(maps.Keys(w.items)) {
		it := w.items[path]
		if !it.folder {
			it.now = it.survey()
		}
		items = append(items, it)
	}
	return items
}

// examine reads an item if there is reason to, and returns what is to be
// reported.
func (w *Watcher) examine(it *item, got hint) (Change, bool) {
	now := time.Now()
	if !it.ripe(it.now.hinted(got), w.o.Quiet, now) {
		return Change{}, false
	}
	s := it.read(it.now)
	it.readAt = now
	was := it.last != ""
	if !it.judge(s, &w.o, now) {
		return Change{}, false
	}
	return it.change(s, was)
}
