package guesttest

import (
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
)

// File returns a file that a test can send: see [Conversation.SendFile].
func File(name, mime, content string) abi.File {
	return abi.File{Name: name, Type: mime, Size: int64(len(content)), Ref: content}
}

// In tests a file's Ref is its content: there is no better place for it. A Ref does
// not cross to another process, so what does cross has the contents beside it.

// pack puts the contents of files beside their events.
func (q *request) pack() {
	q.Contents = contents(q.Event.Files)
	q.WaitingContents = nil
	for i := range q.Waiting {
		q.WaitingContents = append(q.WaitingContents, contents(q.Waiting[i].Event.Files))
	}
}

// unpack takes them back.
func (q *request) unpack() {
	refer(q.Event.Files, q.Contents)
	for i := range min(len(q.Waiting), len(q.WaitingContents)) {
		refer(q.Waiting[i].Event.Files, q.WaitingContents[i])
	}
}

func contents(files []abi.File) [][]byte {
	var list [][]byte
	for _, f := range files {
		list = append(list, []byte(f.Ref))
	}
	return list
}

func refer(files []abi.File, contents [][]byte) {
	for i := range min(len(files), len(contents)) {
		files[i].Ref = string(contents[i])
	}
}

// readFile reads a file of an event.
func readFile(content string, dst []byte, offset int64) (int, error) {
	if content == "" {
		return 0, fmt.Errorf("the test sent a file without content: make it with guesttest.File")
	}
	return strings.NewReader(content).ReadAt(dst, offset)
}

// keep gives what the turn did the contents of files, as a host keeps them: replies,
// and events that go on waiting, or begin to.
func (w *world) keep(r *result) {
	for _, f := range r.Files {
		r.Entries[f.Entry].Refs = []string{string(f.Data)}
	}
	for i := range r.Waiting {
		now := &r.Waiting[i]
		if now.ID == "" {
			now.Event.Files = w.event.Files
		}
		for _, before := range w.waiting {
			if now.ID == before.ID {
				now.Event.Files = before.Event.Files
			}
		}
	}
}

// WantsFile wants the next reply to be a file with this name, MIME type and
// content: of the kind [guest.KindImage] or [guest.KindAudio] if the type is one of
// these.
func (t *Turn) WantsFile(name, mime, content string) *Turn {
	t.conversation.tb.Helper()
	t.asked = true
	f := File(name, mime, content)
	want := Reply{guest.Kind(f.Kind()), f.Body(), content}
	return t.check(func(o *outcome) string {
		got, fault := o.next()
		if fault != "" {
			return fmt.Sprintf("%s, want %v", fault, want)
		}
		if got != want {
			return fmt.Sprintf("reply %d = %v with %.80q, want %v with %.80q", o.taken, got, got.Content,
				want, content)
		}
		return ""
	})
}
