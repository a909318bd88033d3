package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
)

// export writes the sessions of these ids, or all if there are none.
func (f *sessionsFlags) export(ctx context.Context, s admin.Sessions, ids []string,
	output string, stdout, stderr io.Writer) error {
	keys, err := f.findAll(ctx, s, ids)
	if err != nil {
		return err
	}
	x := exporter{sessions: s}
	write := func(w io.Writer) error {
		x.out = bufio.NewWriter(w)
		if len(ids) == 0 {
			err = x.all(ctx, f.bot, f.kind)
		} else {
			err = x.some(ctx, keys)
		}
		return errors.Join(err, x.out.Flush())
	}
	if output == "" {
		return write(stdout)
	}
	if err := writeWhole(output, write); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "bothost: exported %d sessions to %s\n", x.written, output)
	return nil
}

// exporter writes sessions, one at a time.
type exporter struct {
	sessions admin.Sessions
	out      *bufio.Writer
	written  int
}

func (x *exporter) some(ctx context.Context, keys []session.Key) error {
	for _, key := range keys {
		if err := x.one(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// all leaves out what is deleted meanwhile.
func (x *exporter) all(ctx context.Context, bot string, namespace session.Namespace) error {
	return admin.Each(ctx, x.sessions, bot, func(s *session.Summary) error {
		if namespace != 0 && s.Key.Namespace != namespace {
			return nil
		}
		if err := x.one(ctx, s.Key); !errors.Is(err, session.ErrNotFound) {
			return err
		}
		return nil
	})
}

func (x *exporter) one(ctx context.Context, key session.Key) error {
	s, err := admin.Read(ctx, x.sessions, key, admin.All)
	if err != nil {
		return err
	}
	line, err := s.JSON()
	if err != nil {
		return err
	}
	x.written++
	_, err = x.out.Write(line)
	return err
}

// writeWhole writes a file that only the user can read, whole or not at all.
func writeWhole(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return usageError{fmt.Errorf("%s is not a file that can be written", path)}
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".bothost-export-*") // has mode 0600
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) { // nobody knows the file that it names
			err = at.Err
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
