package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/files"
)

// Attach implements [conversation.Player]. Of a file of so many zeros that a host
// would not take it, only the size is known.
func (p *Play) Attach(ctx context.Context, _ string, f abi.File, content *string, path string) (
	abi.File, error) {
	var from io.Reader
	switch {
	case path != "":
		file, err := os.Open(path)
		if err != nil {
			return f, err
		}
		defer func() { _ = file.Close() }() // it is only read
		from = file
	case content != nil:
		from = strings.NewReader(*content)
	case f.Size > p.files.limit:
		return f, nil
	default:
		from = io.LimitReader(zeros{}, f.Size)
	}
	h, err := p.files.store.Put(ctx, from, files.PutOptions{Limit: p.files.limit})
	if errors.Is(err, files.ErrTooLarge) {
		err = fmt.Errorf("file %s: a file has at most %d bytes", f.Name, p.files.limit)
	}
	if err != nil {
		return f, err
	}
	settled(h)(true) // until the play ends
	f.Size, f.Ref = h.Size, h.Ref.String()
	return f, nil
}

// zeros is a reader of zeros.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// note notes the files that the bot replied with.
func (a *actor) note(entries []abi.Entry) {
	for i := range entries {
		if entries[i].From != abi.FromBot {
			continue
		}
		for _, f := range entries[i].Files() {
			a.replied[f.Name] = f.Ref
		}
	}
}

// Content implements [conversation.Player].
func (p *Play) Content(session, name string) (content string, ok bool) {
	a := p.actors[session]
	if a == nil {
		return "", false
	}
	ref, ok := a.replied[name]
	if !ok {
		return "", false
	}
	c, err := p.files.open(ref)
	if err != nil {
		return "", false
	}
	data, err := io.ReadAll(c)
	return string(data), errors.Join(err, c.Close()) == nil
}
