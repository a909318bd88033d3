package files

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"
)

// UploadOptions configure [Uploads]. Store must be set.
type UploadOptions struct {
	Store *Store
	// Expiry is how long a token is good, and then how long the file that was brought
	// with it waits for the event that refers to it. If zero, 10 minutes.
	Expiry time.Duration
	// Open is how many tokens and waiting files a session has; if there are as many,
	// the oldest token that nobody used goes for a new one. If zero, 16.
	Open int
	// Total bounds them over all sessions. If zero, 65 536.
	Total int
	// Bytes bounds the files that are brought or wait. If zero, 4 GiB. A quarter of it
	// is what may come from one address.
	Bytes int64
	// Running is how many files are brought at once, RunningOfSession and
	// RunningOfAddress how many by one; more wait for Wait, and are then busy. If zero,
	// 256, 8, 32 and 10 s. The Store must take as many at once.
	Running, RunningOfSession, RunningOfAddress int
	Wait                                        time.Duration
	// Now is the clock. If nil, time.Now.
	Now func() time.Time
}

func (o UploadOptions) defaults() UploadOptions {
	if o.Store == nil {
		panic("files: UploadOptions.Store is nil")
	}
	if o.Expiry == 0 {
		o.Expiry = 10 * time.Minute
	}
	if o.Open == 0 {
		o.Open = 16
	}
	if o.Total == 0 {
		o.Total = 65_536
	}
	if o.Bytes == 0 {
		o.Bytes = 4 << 30
	}
	o.Running = cmp.Or(o.Running, 256)
	o.RunningOfSession = cmp.Or(o.RunningOfSession, 8)
	o.RunningOfAddress = cmp.Or(o.RunningOfAddress, 32)
	o.Wait = cmp.Or(o.Wait, 10*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

var (
	// ErrToken: there is no such token in this session, or it expired.
	ErrToken = errors.New("files: no such token")
	// ErrSpent: the token was used for another content.
	ErrSpent = errors.New("files: token was used")
	// ErrRunning: a file is being brought with this token right now.
	ErrRunning = errors.New("files: token is being used")
	// ErrTooMany: the session has as many files waiting as it may have.
	ErrTooMany = errors.New("files: too many uploads")
)

// Upload is a file that a user brought for their session.
type Upload struct {
	// ID is what the event says that refers to the file: 128 random bits.
	ID string
	// Name is what the user called it.
	Name string
	File
}

// Uploads knows the tokens that were handed out, and the files that came by them
// and wait for their event. They are in memory: after a restart users bring them
// again. Use [NewUploads].
type Uploads struct {
	opts  UploadOptions
	queue *queue

	mu       sync.Mutex // guards the following
	tokens   map[[32]byte]*ticket
	ids      map[string]*ticket
	sessions map[string][]*ticket // those that count for a session, oldest first
	// used are those that do not, any more, oldest first; some may be gone.
	used  []*ticket
	bytes int64
	// addresses has the part of bytes that came from each address.
	addresses map[string]int64
}

// ticket is a token and what became of it. Its fields are guarded by Uploads.mu.
type ticket struct {
	hash    [32]byte // of the token: who reads our memory does not find it
	session string
	address string // of who used it last
	expires time.Time
	running bool
	// gone says that the ticket expired or was dropped.
	gone bool
	// upload is the zero value until the file is there.
	upload Upload
	// hold is on the file until it is used or gone.
	hold *Hold
	// bytes is what counts for the file.
	bytes int64
}

// waits reports whether the ticket has a token that nobody used yet.
func (t *ticket) waits() bool { return !t.running && t.upload.ID == "" }

// NewUploads returns an Uploads. Run must run while it is used.
func NewUploads(opts UploadOptions) *Uploads {
	o := opts.defaults()
	return &Uploads{
		opts: o, tokens: make(map[[32]byte]*ticket),
		queue: newQueue(o.Running, o.RunningOfSession, o.RunningOfAddress, o.Wait),
		ids:   make(map[string]*ticket), sessions: make(map[string][]*ticket),
		addresses: make(map[string]int64),
	}
}

// Run removes what expires, until ctx ends; then all that waits.
func (u *Uploads) Run(ctx context.Context) {
	ticker := time.NewTicker(max(u.opts.Expiry/20, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			u.Expire()
		case <-ctx.Done():
			u.drop(func(*ticket) bool { return true })
			return
		}
	}
}

// Issue makes a token with which one file can be brought for a session.
//
// # Errors
//
// ErrTooMany if too many files of the session wait, ErrBusy if too many of all
// sessions do.
func (u *Uploads) Issue(session string) (token string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.sessions[session]) >= u.opts.Open && !u.evictLocked(session) {
		return "", ErrTooMany
	}
	if len(u.tokens) >= u.opts.Total && !u.evictUsedLocked() {
		return "", ErrBusy
	}
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // it never fails
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	t := &ticket{hash: sha256.Sum256([]byte(token)), session: session, expires: u.expiry()}
	u.tokens[t.hash] = t
	u.sessions[session] = append(u.sessions[session], t)
	return token, nil
}

func (u *Uploads) expiry() time.Time { return u.opts.Now().Add(u.opts.Expiry) }

// evictLocked takes a session's oldest token that nobody used away: a client that
// asks and does not upload shuts out only itself.
func (u *Uploads) evictLocked(session string) bool {
	for _, t := range u.sessions[session] {
		if t.waits() {
			u.forgetLocked(t)
			return true
		}
	}
	return false
}

// evictUsedLocked forgets the oldest of the uploads that an entry refers to: it is
// only known for those who ask again.
func (u *Uploads) evictUsedLocked() bool {
	for len(u.used) > 0 {
		t := u.used[0]
		u.used = u.used[1:]
		if !t.gone && !t.running {
			u.forgetLocked(t)
			return true
		}
	}
	return false
}

// Take finds an upload of a session, for the event that refers to it, and holds
// its file. It can be taken again: the event may not have been accepted. Used
// ends that.
//
// # Errors
//
// ErrNotFound, or ErrUnavailable.
func (u *Uploads) Take(session, id string) (Upload, *Hold, error) {
	u.mu.Lock()
	t := u.ids[id]
	if t == nil || t.session != session || u.expiredLocked(t) {
		u.mu.Unlock()
		return Upload{}, nil, ErrNotFound
	}
	upload := t.upload
	if t.hold != nil {
		defer u.mu.Unlock()
		return upload, t.hold.again(), nil
	}
	u.mu.Unlock()
	// An entry has it, if it is not gone already.
	h, err := u.opts.Store.Hold(upload.Ref)
	if err != nil {
		return Upload{}, nil, err
	}
	h.Type = upload.Type
	return upload, h, nil
}

// Used says that an entry refers to an upload now: its file is kept, and the
// upload counts no more. Until it expires it is still known, so that the same
// event can come again, and so can the same upload.
func (u *Uploads) Used(session, id string) {
	u.mu.Lock()
	t := u.ids[id]
	if t == nil || t.session != session || t.hold == nil {
		u.mu.Unlock()
		return
	}
	h := u.settleLocked(t)
	u.used = append(u.used, t)
	u.mu.Unlock()
	h.Keep()
	h.Release()
}

// Drop forgets a session: its tokens are void, and what waits is removed.
func (u *Uploads) Drop(session string) {
	u.drop(func(t *ticket) bool { return t.session == session })
}

// Expire removes what expired. Run calls it.
func (u *Uploads) Expire() { u.drop(u.expiredLocked) }

// expiredLocked reports whether a ticket's time is over. One that is in use has
// its time: it was good when the upload began.
func (u *Uploads) expiredLocked(t *ticket) bool {
	return !t.running && !u.opts.Now().Before(t.expires)
}

// drop forgets the tickets that which says, and lets go of their files.
func (u *Uploads) drop(which func(*ticket) bool) {
	var holds []*Hold
	u.mu.Lock()
	for _, t := range u.tokens {
		if !which(t) {
			continue
		}
		if h := u.forgetLocked(t); h != nil {
			holds = append(holds, h)
		}
	}
	u.used = slices.DeleteFunc(u.used, func(t *ticket) bool { return t.gone })
	u.mu.Unlock()
	for _, h := range holds {
		h.Release()
	}
}

// forgetLocked makes a ticket void. The caller releases its hold, if it has one.
func (u *Uploads) forgetLocked(t *ticket) *Hold {
	t.gone = true
	delete(u.tokens, t.hash)
	delete(u.ids, t.upload.ID)
	return u.settleLocked(t)
}

// settleLocked ends that a ticket counts.
func (u *Uploads) settleLocked(t *ticket) *Hold {
	all := u.sessions[t.session]
	if i := slices.Index(all, t); i >= 0 {
		u.sessions[t.session] = slices.Delete(all, i, i+1)
	}
	if len(u.sessions[t.session]) == 0 {
		delete(u.sessions, t.session)
	}
	u.countLocked(t, -t.bytes)
	h := t.hold
	t.hold = nil
	return h
}

// countLocked counts so many bytes more for a ticket.
func (u *Uploads) countLocked(t *ticket, n int64) {
	t.bytes += n
	u.bytes += n
	count(u.addresses, t.address, n)
}

// fitsLocked reports whether so many more may be brought from the ticket's address.
func (u *Uploads) fitsLocked(t *ticket, n int64) bool {
	return n <= u.opts.Bytes-u.bytes &&
		(t.address == "" || n <= u.opts.Bytes/4-u.addresses[t.address])
}

// newID returns 128 random bits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // it never fails
	return hex.EncodeToString(id[:])
}
