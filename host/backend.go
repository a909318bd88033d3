package host

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

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
	h, err := b.runner.Create(ctx, key, sha256.Sum256([]byte(token)), wake)
	if err != nil {
		return nil, "", wireError(err)
	}
	return h, token, nil
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
