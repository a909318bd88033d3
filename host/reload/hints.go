package reload

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// hints turn the system's events about folders into hints in an inbox. The
// goroutine of Run uses it; a second one fills the inbox all the time, since
// the library underneath may deadlock when a folder is added while an error
// waits to be taken.
type hints struct {
	box    *inbox
	logger *slog.Logger
	fs     *fsnotify.Watcher      // nil if the system has none left
	dirs   map[string]fs.FileInfo // the folders that are watched
	warned bool
	wg     sync.WaitGroup
}

// openHints begins to watch no folders. The goroutine it starts ends with
// close.
func openHints(box *inbox, logger *slog.Logger) *hints {
	h := &hints{box: box, logger: logger, dirs: map[string]fs.FileInfo{}}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		h.warn("", err)
		return h
	}
	h.fs = w
	h.wg.Go(h.pump)
	return h
}

// close stops watching and waits for the goroutine.
func (h *hints) close() {
	if h.fs != nil {
		if err := h.fs.Close(); err != nil {
			h.logger.Debug("reload: close", "err", err)
		}
	}
	h.wg.Wait()
}

// pump puts events into the inbox until close.
func (h *hints) pump() {
	events, errs := h.fs.Events, h.fs.Errors
	for events != nil || errs != nil {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			h.box.add(e.Name) // empty where the library lost track: anything
		case err, ok := <-errs:
			if !ok {
				errs = nil
				continue
			}
			h.logger.Debug("reload: watch", "err", err)
			h.box.add("")
		}
	}
}

// watch makes dirs the folders that are watched. It says whether something may
// have been missed, because a folder was not watched until now.
func (h *hints) watch(dirs map[string]bool, got hint) (missed bool) {
	if h == nil || h.fs == nil {
		return false
	}
	for d := range h.dirs {
		if !dirs[d] {
			h.drop(d)
		}
	}
	for d := range dirs {
		info, err := os.Stat(d)
		old := h.dirs[d] // kqueue would stay with a folder that was replaced
		if old != nil && (err != nil || !os.SameFile(old, info)) {
			h.drop(d)
		}
		// Always added again: a folder that was removed and made again is not
		// watched any more and may still have the same identity. Adding one
		// that is watched changes nothing.
		if err == nil {
			err = h.fs.Add(d)
		}
		if err == nil {
			missed = missed || h.dirs[d] == nil || got.paths[d]
			h.dirs[d] = pin(info)
			continue
		}
		delete(h.dirs, d)
		if errors.Is(err, fs.ErrNotExist) {
			missed = true // the way to it leads elsewhere now
		} else {
			h.warn(d, err)
		}
	}
	return missed
}

// drop ends the watch of a folder. That there is none any more is no news.
func (h *hints) drop(dir string) {
	delete(h.dirs, dir)
	if err := h.fs.Remove(dir); err != nil {
		h.logger.Debug("reload: unwatch", "path", dir, "err", err)
	}
}

// warn tells once that changes will be seen late: the timer finds them.
func (h *hints) warn(dir string, err error) {
	if h.warned {
		return
	}
	h.warned = true
	h.logger.Warn("reload: folder cannot be watched, polling instead", "path", dir, "err", err)
}
