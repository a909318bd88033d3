package host

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// backend is what the sockets see of the host.
type backend struct {
	*attachments
	bots *bots
}

var (
	_ websocket.Backend = backend{}
	_ websocket.Filer   = backend{}
)

// Bots implements [websocket.Backend].
func (b backend) Bots() []string { return b.bots.names() }

// Create implements [websocket.Backend].
func (b backend) Create(ctx context.Context, bot string, wake func()) (
	websocket.Conversation, string, error) {
	return b.create(ctx, bot, 0, wake)
}

// create makes a session that stays so long after its last turn; if zero, as long
// as the store keeps sessions.
func (b backend) create(ctx context.Context, bot string, keep time.Duration, wake func()) (
	websocket.Conversation, string, error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: secret()}
	token, hash := newToken()
	opts := turn.CreateOptions{Resume: hash, Keep: keep, Fresh: true}
	h, err := b.runner.Create(ctx, key, opts, wake)
	if err != nil {
		return nil, "", wireError(err)
	}
	return h, token, nil
}

// CreateKept makes a session that nobody can take up again, and that stays only so
// long after its last turn.
func (b backend) CreateKept(ctx context.Context, bot string, keep time.Duration, wake func()) (
	websocket.Conversation, error) {
	c, _, err := b.create(ctx, bot, keep, wake) // nobody gets the token
	return c, err
}

// Enter takes up the session to which a client gave its id, or makes it.
func (b backend) Enter(ctx context.Context, bot, id string, by websocket.Guest, wake func()) (
	c websocket.Conversation, created bool, err error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceClient, ID: id}
	h, created, err := b.runner.Enter(ctx, key,
		turn.CreateOptions{User: by.User, Title: by.Title}, wake)
	if err != nil {
		return nil, false, wireError(err)
	}
	return h, created, nil
}

// Join implements [websocket.Backend]. A wrong token and an unknown session are
// the same to whoever asks.
func (b backend) Join(ctx context.Context, bot, id, token string, wake func()) (
	websocket.Conversation, error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: id}
	h, err := b.runner.Open(ctx, key, wake)
	if err != nil {
		return nil, wireError(err)
	}
	head := h.Head()
	newest, former := matches(&head, token, b.now())
	switch {
	case newest:
		return h, nil
	case former:
		// The client has not heard of the newest token: welcome will tell it.
		if _, err = h.Renew(ctx); err == nil {
			return h, nil
		}
	default:
		err = session.ErrNotFound
	}
	h.Close()
	return nil, fmt.Errorf("join: %w", err)
}

// newToken makes a token that lets clients join a session, and its hash.
func newToken() (token string, hash [32]byte) {
	token = secret()
	return token, sha256.Sum256([]byte(token))
}

// secret returns 128 random bits as text that fits into a URL.
func secret() string {
	var b [16]byte
	// Never fails: the process ends if the system has no randomness.
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// wireError tells the sockets what they must tell apart.
func wireError(err error) error {
	if errors.Is(err, turn.ErrTooMany) {
		return fmt.Errorf("%w: %w", websocket.ErrTooMany, err)
	}
	return err
}
