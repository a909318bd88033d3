package host

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
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
	bots   *bots
	runner *turn.Runner
}

var _ websocket.Backend = backend{}

// Bots implements [websocket.Backend].
func (b backend) Bots() []string { return b.bots.names() }

// Create implements [websocket.Backend].
func (b backend) Create(ctx context.Context, bot string, wake func()) (
	websocket.Conversation, string, error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: secret()}
	token := secret()
	opts := turn.CreateOptions{Resume: sha256.Sum256([]byte(token))}
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
	key := session.Key{Bot: bot, Namespace: session.NamespaceHost, ID: secret()}
	h, err := b.runner.Create(ctx, key, turn.CreateOptions{
		Resume: sha256.Sum256([]byte(secret())), Keep: keep,
	}, wake)
	if err != nil {
		return nil, wireError(err)
	}
	return h, nil
}

// Enter takes up the session to which a client gave its id, or makes it.
func (b backend) Enter(ctx context.Context, bot, id, _ string, wake func()) (
	c websocket.Conversation, created bool, err error) {
	key := session.Key{Bot: bot, Namespace: session.NamespaceClient, ID: id}
	h, created, err := b.runner.Enter(ctx, key, turn.CreateOptions{}, wake)
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
	want, got := h.Head().Resume, sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(want[:], got[:]) == 0 {
		h.Close()
		return nil, fmt.Errorf("join: %w", session.ErrNotFound)
	}
	return h, nil
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
