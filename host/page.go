package host

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bothost/bothost/host/diagram"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/webui"
)

// newPage makes the page on which people talk to the bots.
func (h *Host) newPage() (*webui.Handler, error) {
	opts := webui.Options{
		Bots: h.bots.names, Loopback: isLoopback(h.listener.Addr()), Origins: h.opts.Origins,
		Allowed: func(host, origin string) bool { return h.forbids(host, origin) == "" },
	}
	if token := h.opts.Token; token != nil {
		opts.Admitted = func(t string) bool {
			_, ok := token(t)
			return ok
		}
	}
	if h.opts.Workshop {
		h.workshop = &workshop{bots: h.bots, store: h.opts.Store}
		opts.Workshop = h.workshop
	}
	return webui.New(opts)
}

// Refused tells those who look that a bot is not what its source says, because of
// err: what could not be built never comes to be a module that changes. It does
// nothing unless Options.Workshop.
func (h *Host) Refused(bot string, err error) {
	h.workshop.note(Reload{Bot: bot, Err: err})
}

// keptReloads is how many changes of modules are remembered.
const keptReloads = 64

// workshop is what the page shows to those who write bots. A nil one is told of
// changes for nothing.
type workshop struct {
	bots  *bots
	store session.Store

	mu sync.Mutex
	// guards the following
	reloads []webui.Reload
	noted   int
}

var _ webui.Workshop = (*workshop)(nil)

// note remembers what became of a change.
func (w *workshop) note(r Reload) {
	if w == nil {
		return
	}
	entry := webui.Reload{Bot: r.Bot, Old: r.Old, New: r.New, Time: time.Now()}
	for _, s := range r.Steps {
		entry.TookMillis += float64(s.Took) / float64(time.Millisecond)
	}
	if r.Err != nil {
		entry.Err = r.Err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noted++
	w.reloads = append(w.reloads, entry)
	if len(w.reloads) > keptReloads {
		w.reloads = w.reloads[1:]
	}
}

// Reloads implements [webui.Workshop].
func (w *workshop) Reloads(after int) (list []webui.Reload, newest int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := len(w.reloads) - (w.noted - after)
	if after < 0 || after > w.noted {
		from = len(w.reloads) // they are those of another host
	}
	return append(list, w.reloads[max(0, from):]...), w.noted
}

// Dialog implements [webui.Workshop].
func (w *workshop) Dialog(ctx context.Context, name string) (picture string, svg bool, err error) {
	b := w.bots.get(name)
	if b == nil {
		return "", false, fmt.Errorf("bot %q: %w", name, webui.ErrNone)
	}
	g := b.pin()
	if g == nil {
		return "", false, fmt.Errorf("bot %q: %w", name, webui.ErrNone)
	}
	defer g.Release()
	if len(g.definition.States) == 0 {
		return "", false, fmt.Errorf("dialog of %q: %w", name, webui.ErrNone)
	}
	graph := diagram.New(g.definition,
		diagram.Marks{Unreachable: dialog.Unreachable(g.definition)})
	var out bytes.Buffer
	err = graph.SVG(ctx, &out)
	if err == nil {
		return out.String(), true, nil
	}
	if !errors.Is(err, diagram.ErrNoGraphviz) && !errors.Is(err, diagram.ErrTooLarge) {
		return "", false, err
	}
	out.Reset()
	err = graph.Text(&out)
	return out.String(), false, err
}

// Inside implements [webui.Workshop].
func (w *workshop) Inside(ctx context.Context, bot, id, resume string) (webui.Inside, error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: id}
	record, err := w.store.Load(ctx, key)
	if errors.Is(err, session.ErrNotFound) {
		return webui.Inside{}, webui.ErrNone
	}
	if err != nil {
		return webui.Inside{}, err
	}
	head, got := &record.Head, sha256.Sum256([]byte(resume))
	if subtle.ConstantTimeCompare(head.Resume[:], got[:]) != 1 {
		return webui.Inside{}, webui.ErrNone
	}
	in := webui.Inside{State: head.State, Back: head.Back, Turn: head.Turn, Variables: record.Vars}
	for i := range record.Jobs {
		if job := &record.Jobs[i]; job.Kind.Rings() {
			in.Timers = append(in.Timers, webui.Timer{Name: job.Name, Due: job.Due})
		}
	}
	return in, nil
}
