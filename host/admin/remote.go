package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bothost/bothost/host/session"
)

const (
	// patience is how long the host may take to answer.
	patience = 30 * time.Second
	// maxAnswer bounds what is read of an answer; none is nearly as long.
	maxAnswer = 256 << 20
)

// Remote returns the sessions of a folder on which a host runs, by asking it.
// Whether the one that announced itself is still there, the first call tells.
//
// # Errors
//
// [ErrNoHost] if none has announced itself; else the announcement cannot be read.
func Remote(dir string) (Sessions, error) {
	a, err := readAnnouncement(dir)
	if err != nil {
		return nil, err
	}
	return &remote{announcement: a, http: http.Client{
		// No proxy, no other place: the secret is for this host. A connection lasts
		// for one request, so that nothing is to be closed.
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: patience}).DialContext,
			ResponseHeaderTimeout: patience,
			DisableKeepAlives:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}, nil
}

type remote struct {
	announcement announcement
	http         http.Client
}

func (r *remote) List(ctx context.Context, bot string, after session.Key, limit int) (
	[]session.Summary, error) {
	q := url.Values{}
	if bot != "" {
		q.Set("bot", bot)
	}
	if after != (session.Key{}) {
		q.Set("after_bot", after.Bot)
		q.Set("after_namespace", NamespaceName(after.Namespace))
		q.Set("after_id", after.ID)
	}
	setLimit(q, limit)
	var answer listShape
	if err := r.call(ctx, http.MethodGet, pathList, q, &answer); err != nil {
		return nil, err
	}
	return answer.list()
}

func (r *remote) Show(ctx context.Context, key session.Key) (session.Record, error) {
	var answer recordShape
	if err := r.call(ctx, http.MethodGet, pathRecord, queryOf(key), &answer); err != nil {
		return session.Record{}, err
	}
	return answer.record()
}

func (r *remote) Entries(ctx context.Context, key session.Key, after uint64, limit int) (
	session.Page, error) {
	q := queryOf(key)
	q.Set("after", strconv.FormatUint(after, 10))
	setLimit(q, limit)
	var answer pageShape
	if err := r.call(ctx, http.MethodGet, pathEntries, q, &answer); err != nil {
		return session.Page{}, err
	}
	return answer.page()
}

func (r *remote) Delete(ctx context.Context, key session.Key) error {
	return r.call(ctx, http.MethodDelete, pathRecord, queryOf(key), &struct{}{})
}

func queryOf(key session.Key) url.Values {
	return url.Values{
		"bot": {key.Bot}, "namespace": {NamespaceName(key.Namespace)}, "id": {key.ID},
	}
}

func setLimit(q url.Values, limit int) {
	if limit > 0 {
		q.Set("limit", strconv.Itoa(min(limit, MaxList)))
	}
}

// call makes one request.
func (r *remote) call(ctx context.Context, method, path string, q url.Values, into any) error {
	target := url.URL{
		Scheme: "http", Host: r.announcement.Addr, Path: path, RawQuery: q.Encode(),
	}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.announcement.Secret)
	res, err := r.http.Do(req)
	if err != nil {
		return r.lost(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	body := json.NewDecoder(io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode != http.StatusOK {
		return r.refused(res.Status, body)
	}
	if err := body.Decode(into); err != nil {
		return r.lost(ctx, fmt.Errorf("answer of the host at %s: %w", r.announcement.Addr, err))
	}
	return nil
}

// lost says what it means that there was no answer.
func (r *remote) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("%w: process %d, which announced itself, does not answer at %s: %v",
			ErrNoHost, r.announcement.Process, r.announcement.Addr, op.Err)
	}
	return err
}

// refused says what it means that the answer was not what was asked for.
func (r *remote) refused(status string, body *json.Decoder) error {
	var e errorShape
	if body.Decode(&e) != nil || e.Error == "" || e.Error == "unauthorized" {
		return fmt.Errorf("%w: not the host that announced itself answers at %s (%s)",
			ErrNoHost, r.announcement.Addr, status)
	}
	for _, f := range faults {
		if f.name == e.Error {
			return &answerError{f.err, e.Message}
		}
	}
	return &answerError{nil, e.Message}
}

// answerError is an error of the host, as it would be here.
type answerError struct {
	err     error
	message string
}

func (e *answerError) Error() string { return e.message }
func (e *answerError) Unwrap() error { return e.err }
