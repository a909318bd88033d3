package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// errFile is something about a file that the user is told, and that ends nothing.
type errFile struct{ error }

// Unwrap returns the error itself.
func (e errFile) Unwrap() error { return e.error }

// sendFiles brings the files that a line names and hands them to the bot, as a
// sound if voice is set.
func (c *chatter) sendFiles(ctx context.Context, line string, voice bool) error {
	paths := strings.Fields(line)
	if _, err := os.Stat(line); err == nil {
		paths = []string{line} // with spaces in it
	}
	if len(paths) == 0 || voice && len(paths) > 1 {
		return errFile{errors.New("which file?")}
	}
	var uploads []string
	for _, path := range paths {
		id, err := c.bring(ctx, path)
		if err != nil {
			return err
		}
		uploads = append(uploads, id)
	}
	var err error
	if voice {
		_, err = c.session.Voice(ctx, uploads[0])
	} else {
		_, err = c.session.Files(ctx, uploads...)
	}
	return err
}

// bring uploads a file, and shows what comes meanwhile.
func (c *chatter) bring(ctx context.Context, path string) (id string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errFile{err}
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", errFile{err}
	case !info.Mode().IsRegular():
		return "", errFile{fmt.Errorf("%s is no file", path)}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { // it ends with ctx at the latest, and is waited for
		defer close(done)
		id, err = c.upload(ctx, client.File{
			Name: filepath.Base(path), Type: mime.TypeByExtension(filepath.Ext(path)),
			Content: f, Size: info.Size(),
		})
	}()
	ended := c.showUntil(ctx, "", done)
	cancel()
	<-done
	if ended != nil {
		return "", ended
	}
	return id, err
}

// upload brings a file. A type that only its name has is not insisted upon.
func (c *chatter) upload(ctx context.Context, f client.File) (id string, err error) {
	id, err = c.session.Upload(ctx, f)
	var refused *client.FileError
	if errors.As(err, &refused) && refused.Status == http.StatusUnsupportedMediaType &&
		f.Type != "" {
		f.Type = ""
		id, err = c.session.Upload(ctx, f)
	}
	switch {
	case errors.As(err, &refused):
		return "", errFile{errors.New(refused.Text)}
	case errors.Is(err, client.ErrTooLarge):
		return "", errFile{errors.New(abi.CodeTooLarge.Info().Text)}
	}
	return id, err
}

// showFiles says how the files of an entry can be had.
func (c *chatter) showFiles(files []native.File) {
	for _, f := range files {
		c.files = append(c.files, f.URL)
		fmt.Fprintf(c.out, "  [%d] %s\n", len(c.files), printable(c.session.FileURL(f.URL)))
	}
}

// save writes a file that was shown to a new file.
func (c *chatter) save(ctx context.Context, line string) error {
	number, path, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	path = strings.TrimSpace(path)
	if err != nil || n < 1 || n > len(c.files) || path == "" {
		return errFile{errors.New("which file, and where to? /save NUMBER PATH")}
	}
	content, err := c.session.Download(ctx, c.files[n-1])
	if err != nil {
		var refused *client.FileError
		if errors.As(err, &refused) {
			err = errors.New(refused.Text)
		}
		return errFile{err}
	}
	defer func() { _ = content.Close() }() // what is missing is noticed below
	if err := writeNew(path, content); err != nil {
		return errFile{err}
	}
	fmt.Fprintf(c.out, "! saved as %s\n", printable(path))
	return nil
}

// writeNew writes a file that is not there yet, or nothing.
func writeNew(path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
