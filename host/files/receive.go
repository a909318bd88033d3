package files

import (
	"context"
	"crypto/sha256"
	"io"
)

// Incoming is a file that somebody wants to bring.
type Incoming struct {
	Session, Token string
	// Address is where it comes from; empty if that does not matter.
	Address string
	// Name is what the user calls the file. It is not looked at here.
	Name string
	// Size is how much comes at most, if that is known; else 0.
	Size int64
	PutOptions
}

// Check reports whether a token is good for a session, before anything is read:
// ErrToken or ErrRunning if it is not.
func (u *Uploads) Check(session, token string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, err := u.findLocked(session, token)
	return err
}

func (u *Uploads) findLocked(session, token string) (*ticket, error) {
	t := u.tokens[sha256.Sum256([]byte(token))]
	switch {
	case t == nil || t.session != session || u.expiredLocked(t):
		return nil, ErrToken
	case t.running:
		return nil, ErrRunning
	}
	return t, nil
}

// Receive brings a file for a session with a token of it. The token is spent when
// that works: the same content brought with it once more has the same answer,
// also if it has another name now.
//
// # Errors
//
// ErrToken, ErrSpent, ErrRunning; ErrBusy also if too much waits, or is brought by the
// session or from the address; and those of [Store.Put]. After any but ErrToken and
// ErrSpent the token is as good as before.
func (u *Uploads) Receive(ctx context.Context, in Incoming, r io.Reader) (Upload, error) {
	if in.Limit == 0 {
		in.Limit = DefaultLimit
	}
	if in.Size > in.Limit {
		return Upload{}, ErrTooLarge
	}
	t, err := u.begin(&in)
	if err != nil {
		return Upload{}, err
	}
	h, err := u.bring(ctx, t, &in, r)
	upload, release, err := u.finish(t, in.Name, h, err)
	if release != nil {
		release.Release()
	}
	return upload, err
}

// begin finds the token, and reserves what the file says that it takes.
func (u *Uploads) begin(in *Incoming) (*ticket, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t, err := u.findLocked(in.Session, in.Token)
	if err != nil {
		return nil, err
	}
	if t.upload.ID == "" { // else it is compared with what is there, and thrown away
		t.address = in.Address
		if !u.fitsLocked(t, in.Size) {
			return nil, ErrBusy
		}
		u.countLocked(t, in.Size)
	}
	t.running = true
	return t, nil
}

// bring waits for a place and puts the file into the store.
func (u *Uploads) bring(ctx context.Context, t *ticket, in *Incoming, r io.Reader) (*Hold, error) {
	leave, err := u.queue.take(ctx, in.Session, in.Address)
	if err != nil {
		return nil, err
	}
	defer leave()
	if in.Size == 0 {
		r = &counted{u: u, t: t, r: r}
	}
	return u.opts.Store.Put(ctx, r, in.PutOptions)
}

// counted is a file of which nobody knows how long it is. What came of it counts, and
// no more: else a few that never come would take all that there is.
type counted struct {
	u *Uploads
	t *ticket
	r io.Reader
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.u.mu.Lock()
	defer c.u.mu.Unlock()
	switch {
	case c.t.upload.ID != "":
	case c.t.gone:
		return n, ErrToken
	case !c.u.fitsLocked(c.t, int64(n)):
		return n, ErrBusy
	default:
		c.u.countLocked(c.t, int64(n))
	}
	return n, err
}

// finish notes what became of an upload. It returns the hold that is not needed,
// if there is one, to be released.
func (u *Uploads) finish(t *ticket, name string, h *Hold, err error) (Upload, *Hold, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t.running = false
	first := t.upload.ID == ""
	if first && !t.gone {
		u.countLocked(t, -t.bytes)
	}
	switch {
	case err != nil:
		return Upload{}, nil, err
	case t.gone: // meanwhile
		return Upload{}, h, ErrToken
	case !first && t.upload.Ref != h.Ref:
		return Upload{}, h, ErrSpent
	case !first:
		return t.upload, h, nil
	}
	t.upload = Upload{ID: newID(), Name: name, File: h.File}
	t.hold, t.expires = h, u.expiry()
	u.countLocked(t, h.Size)
	u.ids[t.upload.ID] = t
	return t.upload, nil, nil
}
