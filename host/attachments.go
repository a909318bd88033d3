package host

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/internal/attach"
	platform "github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/platform/websocket/door"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// attachments are the files of sessions, as clients bring and fetch them: sockets
// hand out tokens and take what came, and HTTP carries the content.
type attachments struct {
	*keeper
	runner *turn.Runner
	now    func() time.Time
	// operator says whether a token is one of the operator's; nil if there are none.
	operator func(token string) (user string, ok bool)
	// types are the MIME types that are taken; all if there are none.
	types []string
}

var (
	_ websocket.Filer    = (*attachments)(nil)
	_ platform.Uploads   = (*attachments)(nil)
	_ platform.Downloads = (*attachments)(nil)
)

// IssueUpload implements [websocket.Filer].
func (a *attachments) IssueUpload(key session.Key) (token string, err error) {
	token, err = a.uploads.Issue(uploader(key))
	return token, attachError(err)
}

// TakeUploads implements [websocket.Filer].
func (a *attachments) TakeUploads(_ context.Context, key session.Key, ids []string) (
	list []abi.File, done func(taken bool), err error) {
	var holds []*files.Hold
	end := func(taken bool) {
		for i, h := range holds {
			// It is kept whatever became of the upload: that may have expired.
			settled(h)(taken)
			if taken {
				a.uploads.Used(uploader(key), ids[i])
			}
		}
	}
	for _, id := range ids {
		up, h, err := a.uploads.Take(uploader(key), id)
		if err != nil {
			end(false)
			return nil, nil, attachError(err)
		}
		holds = append(holds, h)
		list = append(list,
			abi.File{Name: up.Name, Type: up.Type, Size: up.Size, Ref: up.Ref.String()})
	}
	return list, end, nil
}

// PutFile implements [websocket.Filer].
func (a *attachments) PutFile(ctx context.Context, _ session.Key, name, typ string, data []byte) (
	abi.File, func(taken bool), error) {
	h, err := a.store.PutBytes(ctx, data, files.PutOptions{
		Limit: a.limit, Type: typ, Allow: a.types,
	})
	if err != nil {
		return abi.File{}, nil, attachError(err)
	}
	f := abi.File{Name: platform.CleanName(name), Type: h.Type, Size: h.Size, Ref: h.Ref.String()}
	return f, settled(h), nil
}

// ReadFile implements [websocket.Filer].
func (a *attachments) ReadFile(
	_ context.Context, _ session.Key, e *abi.Entry, index int, most int64,
) ([]byte, error) {
	list := e.Files()
	if index < 0 || index >= len(list) {
		return nil, attach.ErrUnknown
	}
	if list[index].Size > most {
		return nil, attach.ErrTooLarge
	}
	c, err := a.open(list[index].Ref)
	if err != nil {
		return nil, attachError(err)
	}
	data := make([]byte, c.Size())
	_, err = io.ReadFull(c, data)
	return data, errors.Join(err, c.Close())
}

// attachErrors are what errors of files are where sockets ask.
var attachErrors = []struct{ theirs, ours error }{
	{files.ErrTooMany, attach.ErrTooMany}, {files.ErrBusy, attach.ErrBusy},
	{files.ErrNotFound, attach.ErrUnknown}, {session.ErrNotFound, attach.ErrUnknown},
	{files.ErrTooLarge, attach.ErrTooLarge}, {files.ErrType, attach.ErrType},
}

func attachError(err error) error {
	for _, e := range attachErrors {
		if errors.Is(err, e.theirs) {
			return fmt.Errorf("%w: %w", e.ours, err)
		}
	}
	return err
}

// platformErrors are what errors of files are over HTTP.
var platformErrors = []struct{ theirs, ours error }{
	{files.ErrToken, platform.ErrToken}, {files.ErrSpent, platform.ErrSpent},
	{files.ErrRunning, platform.ErrRunning}, {files.ErrTooLarge, platform.ErrTooLarge},
	{files.ErrType, platform.ErrType}, {files.ErrBusy, platform.ErrBusy},
	{files.ErrNotFound, platform.ErrNotFound}, {session.ErrNotFound, platform.ErrNotFound},
}

func platformError(err error) error {
	for _, e := range platformErrors {
		if errors.Is(err, e.theirs) {
			return fmt.Errorf("%w: %w", e.ours, err)
		}
	}
	return err
}

// keys are the sessions that an address can mean: the ids of the host's are random,
// so that no client has chosen the same.
func keys(bot, id string) [2]session.Key {
	return [2]session.Key{
		{Bot: bot, Namespace: session.NamespaceHost, ID: id},
		{Bot: bot, Namespace: session.NamespaceClient, ID: id},
	}
}

// tokenKey finds the session that a token for an upload is of.
func (a *attachments) tokenKey(bot, id, token string) (key session.Key, err error) {
	for _, key = range keys(bot, id) {
		if err = a.uploads.Check(uploader(key), token); !errors.Is(err, files.ErrToken) {
			return key, err
		}
	}
	return session.Key{}, err
}

// Check implements [platform.Uploads].
func (a *attachments) Check(_ context.Context, bot, id, token string) error {
	_, err := a.tokenKey(bot, id, token)
	return platformError(err)
}

// Receive implements [platform.Uploads].
func (a *attachments) Receive(ctx context.Context, in platform.Incoming, body io.Reader) (
	platform.Upload, error) {
	key, err := a.tokenKey(in.Bot, in.Session, in.Token)
	if err != nil {
		return platform.Upload{}, platformError(err)
	}
	up, err := a.uploads.Receive(ctx, files.Incoming{
		Session: uploader(key), Token: in.Token, Address: door.AddressOf(in.Remote),
		Name: in.Name, Size: in.Size,
		PutOptions: files.PutOptions{Limit: in.Limit, Type: in.Type, Allow: a.types},
	}, body)
	return platform.Upload{ID: up.ID, Name: up.Name, Type: up.Type, Size: up.Size},
		platformError(err)
}

// Permit implements [platform.Downloads]: a session's own token is good, and the
// operator's is for all sessions.
func (a *attachments) Permit(ctx context.Context, bot, id, token string) error {
	if token == "" {
		return platform.ErrToken
	}
	if a.operator != nil {
		if _, ok := a.operator(token); ok {
			return nil
		}
	}
	head, err := a.runner.Head(ctx, keys(bot, id)[0])
	switch {
	case errors.Is(err, session.ErrNotFound):
		return platform.ErrToken
	case err != nil:
		return err
	}
	if newest, former := matches(&head, token, a.now()); !newest && !former {
		return platform.ErrToken
	}
	return nil
}

// matches says whether a token is the one that lets clients join a session, or the
// one before, which is still good for a while.
func matches(head *session.Head, token string, now time.Time) (newest, former bool) {
	got := sha256.Sum256([]byte(token))
	newest = subtle.ConstantTimeCompare(head.Resume[:], got[:]) == 1
	former = subtle.ConstantTimeCompare(head.Former[:], got[:]) == 1 &&
		now.UnixMilli() < head.FormerUntil
	return newest, former
}

// Find implements [platform.Downloads].
func (a *attachments) Find(ctx context.Context, bot, id string, seq uint64, index int) (
	*platform.Content, error) {
	if seq == 0 {
		return nil, platform.ErrNotFound
	}
	var page session.Page
	var err error
	for _, key := range keys(bot, id) {
		page, err = a.runner.Read(ctx, key, seq-1, 1, nil)
		if !errors.Is(err, session.ErrNotFound) {
			break
		}
	}
	if err != nil {
		return nil, platformError(err)
	}
	if len(page.Entries) == 0 || page.Entries[0].Seq != seq {
		return nil, platform.ErrNotFound
	}
	list := page.Entries[0].Files()
	if index >= len(list) {
		return nil, platform.ErrNotFound
	}
	f := list[index]
	c, err := a.open(f.Ref)
	if err != nil {
		return nil, platformError(err)
	}
	return &platform.Content{Name: f.Name, Type: f.Type, Hash: f.Ref, ReadSeekCloser: c}, nil
}

// checkTypes refuses what no file can be of.
func checkTypes(types []string) error {
	for _, t := range types {
		one := t
		if major, ok := strings.CutSuffix(t, "/*"); ok && t != "*/*" {
			one = major + "/any"
		}
		if _, err := bodies.ParseFileType(one); err != nil && t != "*/*" {
			return fmt.Errorf("types of uploads: %q is no MIME type such as text/plain, "+
				"image/* or */*", t)
		}
	}
	return nil
}
