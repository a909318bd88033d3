package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bothost/bothost/host/platform/websocket/native"
)

// File is a file that is brought to a host.
type File struct {
	// Name is what it is called. Type is its MIME type; if empty, the host guesses.
	Name, Type string
	// Content is read from its beginning up to Size, maybe more than once.
	Content io.ReaderAt
	Size    int64
}

// FileError is what a host answers about a file that it does not take, or give.
type FileError struct {
	// Status is the HTTP status; 0 if the host said it over the socket.
	Status int
	// Code is for programs, Text for people.
	Code, Text string
	// Retry is when to try again; 0 if the host did not say.
	Retry time.Duration
}

// Error says what the host said.
func (e *FileError) Error() string { return "client: file: " + e.Text }

// Temporary reports whether the same may work later.
func (e *FileError) Temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Code == "upload_running"
}

// maxAttempts is how often a file is brought before Upload gives up.
const maxAttempts = 8

// Upload brings a file for the session, and returns the id with which Files and
// Voice hand it to the bot. It tries again what may work later. Meanwhile somebody
// must receive, or there must be room for what comes.
//
// # Errors
//
// [ErrTooLarge], a [*FileError], those of ctx, and [ErrClosed], or why the session
// ended.
func (s *Session) Upload(ctx context.Context, f File) (id string, err error) {
	s.mu.Lock()
	most := s.d.largestFile
	s.mu.Unlock()
	if most > 0 && f.Size > most {
		return "", fmt.Errorf("%w: %d bytes, the host takes %d", ErrTooLarge, f.Size, most)
	}
	var ticket Frame
	for n := 0; ; n++ {
		if ticket.Token == "" {
			if ticket, err = s.ticket(ctx); err != nil {
				return "", err
			}
		}
		if id, err = s.post(ctx, &ticket, &f); err == nil || ctx.Err() != nil {
			return id, err
		}
		var refused *FileError
		isRefused := errors.As(err, &refused)
		expired := isRefused && refused.Status == http.StatusUnauthorized
		if n == maxAttempts-1 || isRefused && !expired && !refused.Temporary() {
			return "", err
		}
		if expired { // the host began anew, or it took too long
			ticket = Frame{}
		}
		if !sleep(ctx, s.pause(n, refused)) {
			return "", ctx.Err()
		}
	}
}

// pause is how long to wait before another attempt.
func (s *Session) pause(n int, refused *FileError) time.Duration {
	if refused != nil && refused.Retry > 0 {
		return refused.Retry
	}
	return s.wait(n, nil)
}

// Files hands files to the bot, by the ids that Upload returned; else it is as Send.
func (s *Session) Files(ctx context.Context, uploads ...string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Files, Files: native.FileList(uploads...)})
}

// Voice hands a sound to the bot, by the id that Upload returned; else it is as Send.
func (s *Session) Voice(ctx context.Context, upload string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Voice, File: upload})
}

// ticket asks for a token.
func (s *Session) ticket(ctx context.Context) (Frame, error) {
	answer := make(chan Frame, 1)
	id, err := s.submitFor(ctx, native.Request{Type: native.Upload}, answer)
	if err != nil {
		return Frame{}, err
	}
	select {
	case f := <-answer:
		if f.Type == native.Rejected {
			return Frame{}, &FileError{Code: f.Code, Text: f.Error}
		}
		return f, nil
	case <-ctx.Done():
		s.mu.Lock()
		delete(s.answers, id)
		s.mu.Unlock()
		return Frame{}, ctx.Err()
	case <-s.done:
		return Frame{}, s.ended()
	}
}

// takeAnswersLocked hands frames to those who wait for them, and returns the others.
func (s *Session) takeAnswersLocked(frames []Frame) []Frame {
	others := frames[:0]
	for _, f := range frames {
		answer := s.answers[f.ID]
		switch {
		case answer != nil:
			delete(s.answers, f.ID)
			answer <- f // there is room for one
		case f.Type != native.Upload: // nobody waits any more
			others = append(others, f)
		}
	}
	return others
}

// post brings a file once.
func (s *Session) post(ctx context.Context, ticket *Frame, f *File) (id string, err error) {
	target, err := s.resolve(ticket.URL)
	if err != nil {
		return "", err
	}
	target.RawQuery = url.Values{"name": {f.Name}}.Encode()
	body := io.NewSectionReader(f.Content, 0, f.Size)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), body)
	if err != nil {
		return "", fmt.Errorf("client: upload: %w", err)
	}
	req.ContentLength = f.Size
	if f.Size == 0 {
		req.Body = http.NoBody
	}
	if f.Type != "" {
		req.Header.Set("Content-Type", f.Type)
	}
	response, err := s.do(req, ticket.Token)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		File string `json:"file"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, maxFileAnswer)).Decode(&answer)
	if err != nil || answer.File == "" {
		return "", fmt.Errorf("client: upload: the answer cannot be read: %w", err)
	}
	return answer.File, nil
}

// Download fetches a file of an entry, by its URL; the caller closes it.
//
// # Errors
//
// A [*FileError], those of ctx and of the connection.
func (s *Session) Download(ctx context.Context, path string) (io.ReadCloser, error) {
	target, err := s.resolve(path)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("client: download: %w", err)
	}
	s.mu.Lock()
	token := s.d.resume
	s.mu.Unlock()
	response, err := s.do(req, token)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// resolve returns the URL of a path of the host's. Tokens go nowhere else.
func (s *Session) resolve(path string) (*url.URL, error) {
	base, err := url.Parse(s.opts.URL)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	base.Scheme = strings.Replace(base.Scheme, "ws", "http", 1)
	ref, err := url.Parse(path)
	if err != nil || ref.Host != "" || ref.Scheme != "" || !strings.HasPrefix(ref.Path, "/") {
		return nil, fmt.Errorf("client: %.100q is no path of the host", path)
	}
	return base.ResolveReference(ref), nil
}

// maxFileAnswer bounds what is read of an answer that is no file.
const maxFileAnswer = 64 << 10

// do makes a request, and makes an error of what is no success.
func (s *Session) do(req *http.Request, token string) (*http.Response, error) {
	for name, values := range s.opts.Header {
		req.Header[name] = values
	}
	req.Header.Set("Authorization", "Bearer "+token)
	client := s.opts.HTTPClient
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	refused := &FileError{
		Status: response.StatusCode, Text: http.StatusText(response.StatusCode),
		Retry: time.Duration(min(max(seconds, 0), 3600)) * time.Second,
	}
	var said struct{ Error, Code string }
	err = json.NewDecoder(io.LimitReader(response.Body, maxFileAnswer)).Decode(&said)
	if err == nil && said.Error != "" {
		refused.Text, refused.Code = said.Error, said.Code
	}
	return nil, refused
}

// FileURL returns the whole URL of a file of an entry, for people; empty if it is
// none of the host's.
func (s *Session) FileURL(path string) string {
	target, err := s.resolve(path)
	if err != nil {
		return ""
	}
	return target.String()
}
