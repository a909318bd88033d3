package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
	"github.com/bothost/bothost/host/turn"
)

const (
	// fileReserve is how much of the disk files leave free: twice what sessions do.
	fileReserve = 128 << 20
	// uploadsAtOnce is how many files are brought at once.
	uploadsAtOnce = 256
	// sweepEvery is how often files are looked for that nothing refers to. After a
	// session let go of its log it is done sooner: after sweepSoon, and so that looking
	// takes no more than a part of the time, one in sweepShare.
	sweepEvery = time.Hour
	sweepSoon  = time.Second
	sweepShare = 50
	// sweepAgain is when it is tried again if the store failed.
	sweepAgain = time.Minute
	// sweepPage is how many sessions, or entries of one, are read at once.
	sweepPage = 256
)

// keeper keeps the files of all sessions: those that wait for their event, and
// those that logs refer to.
type keeper struct {
	store   *files.Store
	uploads *files.Uploads
	logger  *slog.Logger
	limit   int64

	// loosed is told when a session let go of its log.
	loosed chan struct{}
	// ctx ends what runs in the background, and running waits for it.
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

var _ turn.Files = (*keeper)(nil)

// openKeeper opens the files beside the sessions of a folder, which the caller has
// locked; in memory if there is no folder.
func openKeeper(opts Options) (*keeper, error) {
	if opts.Data == "" {
		return newKeeper(files.NewMemory(files.Options{Writers: uploadsAtOnce}), opts), nil
	}
	dir := filepath.Join(opts.Data, "files")
	store, err := files.OpenStore(files.Options{
		Dir: dir, Writers: uploadsAtOnce, Reserve: fileReserve,
		Free: func() (int64, error) { return pebble.Free(dir) },
	})
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return newKeeper(store, opts), nil
}

func newKeeper(store *files.Store, opts Options) *keeper {
	k := &keeper{
		store: store, logger: opts.Logger, limit: opts.Limits.FileBytes,
		uploads: files.NewUploads(files.UploadOptions{Store: store,
			Open:    max(16, int(opts.Limits.EventFiles)),
			Running: uploadsAtOnce,
			// Many are behind one address where it may have many connections.
			RunningOfAddress: max(32, int(opts.Limits.AddressConnections)/4)}),
		loosed: make(chan struct{}, 1),
	}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	return k
}

// start begins what close ends: uploads that nobody refers to expire, and files go
// that nothing in sessions refers to.
func (k *keeper) start(sessions session.Store) {
	k.running.Go(func() { k.uploads.Run(k.ctx) })
	k.running.Go(func() { k.sweepOn(sessions) })
}

func (k *keeper) close() {
	k.cancel()
	k.running.Wait()
}

// Put implements [turn.Files].
func (k *keeper) Put(ctx context.Context, content []byte) (string, func(bool), error) {
	h, err := k.store.PutBytes(ctx, content, files.PutOptions{Limit: k.limit})
	if err != nil {
		return "", nil, err
	}
	return h.Ref.String(), settled(h), nil
}

// settled returns what says of a held file whether something refers to it.
func settled(h *files.Hold) func(kept bool) {
	return func(kept bool) {
		if kept {
			h.Keep()
		}
		h.Release()
	}
}

// Open implements [turn.Files].
func (k *keeper) Open(ref string) (turn.File, error) {
	c, err := k.open(ref)
	if err != nil {
		return nil, err // not a nil *Content
	}
	return c, nil
}

func (k *keeper) open(ref string) (*files.Content, error) {
	r, ok := files.ParseRef(ref)
	if !ok {
		return nil, fmt.Errorf("file %.80q: %w", ref, session.ErrNotFound)
	}
	c, err := k.store.Open(r)
	if errors.Is(err, files.ErrNotFound) {
		err = fmt.Errorf("%w: %w", session.ErrNotFound, err)
	}
	return c, err
}

// Forget implements [turn.Files].
func (k *keeper) Forget(key session.Key) {
	k.uploads.Drop(uploader(key))
	select {
	case k.loosed <- struct{}{}:
	default:
	}
}

// uploader names a session to the uploads. No two sessions have one name: that of a
// bot has no zero byte.
func uploader(key session.Key) string {
	return key.Bot + "\x00" + string(key.Namespace) + key.ID
}

// sweepOn sweeps at once, then every hour, and soon after a session let go of its
// log, until the keeper closes.
func (k *keeper) sweepOn(sessions session.Store) {
	due, took := time.Now(), time.Duration(0)
	for {
		timer := time.NewTimer(time.Until(due))
		select {
		case <-k.ctx.Done():
			timer.Stop()
			return
		case <-k.loosed:
			if soon := time.Now().Add(max(sweepSoon, sweepShare*took)); soon.Before(due) {
				due = soon
			}
		case <-timer.C:
			begun := time.Now()
			due = begun.Add(sweepEvery)
			if err := k.sweep(sessions); err != nil {
				due = begun.Add(sweepAgain)
			}
			took = time.Since(begun)
		}
		timer.Stop()
	}
}

// sweep removes the files that nothing refers to.
func (k *keeper) sweep(sessions session.Store) error {
	if empty, err := k.store.Empty(); empty || err != nil {
		return err
	}
	n, err := k.store.Sweep(k.ctx, func() (func(files.Ref) bool, error) {
		live, err := referred(k.ctx, sessions)
		return func(r files.Ref) bool { return live[r] }, err
	})
	if n > 0 {
		k.logger.Info("files removed that nothing refers to", "count", n)
	}
	if err != nil && k.ctx.Err() == nil {
		k.logger.Warn("cannot look for files that nothing refers to", "err", err)
	}
	return err
}

// refs is a set of files.
type refs map[files.Ref]bool

func (s refs) add(list []string) {
	for _, text := range list {
		if r, ok := files.ParseRef(text); ok {
			s[r] = true
		}
	}
}

// referred returns the files that logs and events that wait refer to. It looks at
// one session after the other: what is added meanwhile was held when it was.
func referred(ctx context.Context, sessions session.Store) (refs, error) {
	live := make(refs)
	err := sessions.Jobs(ctx, func(_ session.Key, job session.Job) error {
		live.add(turn.JobRefs(&job))
		return nil
	})
	for after := (session.Key{}); err == nil; {
		var page []session.Summary
		page, err = sessions.List(ctx, "", after, sweepPage)
		if len(page) == 0 {
			break
		}
		for i := 0; i < len(page) && err == nil; i++ {
			err = live.addLog(ctx, sessions, page[i].Key)
		}
		after = page[len(page)-1].Key
	}
	return live, err
}

// addLog adds what a session's log refers to.
func (s refs) addLog(ctx context.Context, sessions session.Store, key session.Key) error {
	for after := uint64(0); ; {
		page, err := sessions.Read(ctx, key, after, sweepPage, nil)
		if errors.Is(err, session.ErrNotFound) {
			return nil // it is gone meanwhile
		}
		if err != nil || len(page.Entries) == 0 {
			return err
		}
		for i := range page.Entries {
			s.add(page.Entries[i].Refs)
		}
		after = page.Entries[len(page.Entries)-1].Seq
	}
}
