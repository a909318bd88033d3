package files

import (
	"context"
	"crypto/sha256"
	"io"
)

// Incoming is a file that somebody wants to bring.
type Incoming struct {
	Session, Token string
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
// ErrToken, ErrSpent, ErrRunning; ErrBusy also if too much waits; and those of
// [Store.Put]. After any but ErrToken and ErrSpent the token is as good as before.
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
	h, err := u.opts.Store.Put(ctx, r, in.PutOptions)
	upload, release, err := u.finish(t, in.Name, h, err)
	if release != nil {
		release.Release()
	}
	return upload, err
}

// begin finds the token, and reserves what the file may take.
func (u *Uploads) begin(in *Incoming) (*ticket, error) {
	reserved := in.Limit
	if in.Size > 0 {
		reserved = in.Size
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	t, err := u.findLocked(in.Session, in.Token)
	switch {
	case err != nil:
		return nil, err
	case t.upload.ID != "":
		// It is compared with what is there, and thrown away.
	case reserved > u.opts.Bytes-u.bytes:
		return nil, ErrBusy
	default:
		t.bytes = reserved
		u.bytes += reserved
	}
	t.running = true
	return t, nil
}

// finish notes what became of an upload. It returns the hold that is not needed,
// if there is one, to be released.
func (u *Uploads) finish(t *ticket, name string, h *Hold, err error) (Upload, *Hold, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t.running = false
	first := t.upload.ID == ""
	if first && !t.gone {
		u.bytes -= t.bytes
		t.bytes = 0
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
	t.hold, t.bytes, t.expires = h, h.Size, u.expiry()
	u.bytes += t.bytes
	u.ids[t.upload.ID] = t
	return t.upload, nil, nil
}
