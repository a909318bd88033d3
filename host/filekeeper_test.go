package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/internal/attach"
	platform "github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
)

// newAttachments keeps files in memory; the clock of uploads is the test's.
func newAttachments(t *testing.T, now *time.Time) *attachments {
	t.Helper()
	opts := Options{}.defaults()
	store := files.NewMemory(files.Options{})
	k := newKeeper(store, opts)
	k.uploads = files.NewUploads(files.UploadOptions{Store: store,
		Now: func() time.Time { return *now }})
	t.Cleanup(k.close)
	return &attachments{keeper: k}
}

var attachedKey = session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: "s"}

// bring uploads a file.
func bring(t *testing.T, a *attachments, content string) platform.Upload {
	t.Helper()
	token, err := a.IssueUpload(attachedKey)
	if err != nil {
		t.Fatal(err)
	}
	up, err := a.Receive(t.Context(), platform.Incoming{
		Bot: attachedKey.Bot, Session: attachedKey.ID, Token: token, Name: "a", Limit: 1 << 20,
	}, bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	return up
}

func (k *keeper) has(tb testing.TB, ref string) bool {
	tb.Helper()
	r, ok := files.ParseRef(ref)
	if !ok {
		tb.Fatalf("%q is no ref", ref)
	}
	return k.store.Has(r)
}

// A bot's reply, and what a message holds, does not wait for those who upload slowly.
func TestKeeper_slowUploads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		a := newAttachments(t, &now)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 100 {
			key := session.Key{Bot: "bot", Namespace: session.NamespaceHost,
				ID: fmt.Sprint(i / 10)}
			token, err := a.IssueUpload(key)
			if err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				r, w := io.Pipe()
				defer context.AfterFunc(ctx,
					func() { _ = w.CloseWithError(io.ErrUnexpectedEOF) })()
				_, err := a.Receive(context.Background(), platform.Incoming{
					Bot: key.Bot, Session: key.ID, Token: token, Name: "a", Limit: 1 << 20,
				}, r)
				if err == nil {
					t.Error("an upload that broke off was taken")
				}
			})
		}
		synctest.Wait()
		if _, done, err := a.Put(t.Context(), []byte("reply")); err != nil {
			t.Errorf("Put() = %v", err)
		} else {
			done(false)
		}
		if _, done, err := a.PutFile(t.Context(), attachedKey, "a", "", []byte("x")); err != nil {
			t.Errorf("PutFile() = %v", err)
		} else {
			done(false)
		}
		cancel()
		wg.Wait()
	})
}

// A reply stays if its turn was committed, and goes if it was not.
func TestKeeper_Put(t *testing.T) {
	now := time.Now()
	a := newAttachments(t, &now)
	for _, kept := range []bool{false, true} {
		ref, done, err := a.Put(t.Context(), []byte("reply"))
		if err != nil || !a.has(t, ref) {
			t.Fatalf("Put() = %q, %v", ref, err)
		}
		done(kept)
		if got := a.has(t, ref); got != kept {
			t.Errorf("after done(%t) the file is there: %t", kept, got)
		}
	}
}

// What an entry refers to stays, even if its upload expired, or its session was
// forgotten, before the entry was there; what no entry refers to goes.
func TestAttachments_TakeUploads(t *testing.T) {
	for _, tt := range []struct {
		name    string
		between func(a *attachments, now *time.Time)
	}{
		{"at once", func(*attachments, *time.Time) {}},
		{"expired", func(a *attachments, now *time.Time) {
			*now = now.Add(time.Hour)
			a.uploads.Expire()
		}},
		{"forgotten", func(a *attachments, _ *time.Time) { a.Forget(attachedKey) }},
	} {
		for _, taken := range []bool{true, false} {
			now := time.Now()
			a := newAttachments(t, &now)
			up := bring(t, a, "hello")
			list, done, err := a.TakeUploads(t.Context(), attachedKey, []string{up.ID})
			if err != nil || len(list) != 1 || list[0].Name != "a" || list[0].Size != 5 {
				t.Fatalf("TakeUploads() = %+v, %v", list, err)
			}
			tt.between(a, &now)
			done(taken)
			a.Forget(attachedKey)
			if got := a.has(t, list[0].Ref); got != taken {
				t.Errorf("%s: after done(%t) the file is there: %t", tt.name, taken, got)
			}
		}
	}
}

// One upload that is not known gives the others back.
func TestAttachments_TakeUploads_unknown(t *testing.T) {
	now := time.Now()
	a := newAttachments(t, &now)
	up := bring(t, a, "hello")
	other := attachedKey
	other.Namespace = session.NamespaceClient
	for _, ids := range [][]string{{up.ID, "x"}, {"x", up.ID}} {
		if _, _, err := a.TakeUploads(t.Context(),
			attachedKey, ids); !errors.Is(err, attach.ErrUnknown) {
			t.Errorf("TakeUploads(%q) = %v, want ErrUnknown", ids, err)
		}
	}
	if _, _, err := a.TakeUploads(t.Context(), other,
		[]string{up.ID}); !errors.Is(err, attach.ErrUnknown) {
		t.Errorf("TakeUploads(another session's) = %v, want ErrUnknown", err)
	}
	_, done, err := a.TakeUploads(t.Context(), attachedKey, []string{up.ID})
	if err != nil {
		t.Fatal(err)
	}
	done(true)
}

func TestAttachments_PutFile(t *testing.T) {
	now := time.Now()
	a := newAttachments(t, &now)
	a.types, a.limit = []string{"text/*"}, 5
	f, done, err := a.PutFile(t.Context(), attachedKey, "../x<y", "text/plain", []byte("hello"))
	if err != nil || f.Name != "x_y" || f.Type != "text/plain" || f.Size != 5 {
		t.Fatalf("PutFile() = %+v, %v", f, err)
	}
	e := &abi.Entry{Kind: abi.KindFile, Body: f.Body(), Refs: []string{f.Ref}}
	for most, want := range map[int64]error{4: attach.ErrTooLarge, 5: nil, 6: nil} {
		data, err := a.ReadFile(t.Context(), attachedKey, e, 0, most)
		if !errors.Is(err, want) || want == nil && string(data) != "hello" {
			t.Errorf("ReadFile(at most %d) = %q, %v, want %v", most, data, err, want)
		}
	}
	done(false)
	for index := -1; index < 2; index++ {
		if _, err := a.ReadFile(t.Context(), attachedKey, e,
			index, 9); !errors.Is(err, attach.ErrUnknown) {
			t.Errorf("ReadFile(%d, gone) = %v, want ErrUnknown", index, err)
		}
	}
	for _, tt := range []struct {
		typ, content string
		want         error
	}{{"text/plain", "hello!", attach.ErrTooLarge}, {"image/png", "hello", attach.ErrType},
		{"", "\x00\x01", attach.ErrType}, {"", "hello", nil}} {
		_, done, err := a.PutFile(t.Context(), attachedKey, "x", tt.typ, []byte(tt.content))
		if !errors.Is(err, tt.want) {
			t.Errorf("PutFile(%q of %q) = %v, want %v", tt.content, tt.typ, err, tt.want)
		}
		if err == nil {
			done(false)
		}
	}
}

// A store that cannot be read removes nothing.
func TestKeeper_sweep_unavailable(t *testing.T) {
	now := time.Now()
	a := newAttachments(t, &now)
	ref, done, err := a.Put(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	done(true)
	sessions := memory.New(memory.Options{})
	if err := sessions.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.sweep(sessions); !errors.Is(err, session.ErrUnavailable) || !a.has(t, ref) {
		t.Errorf("sweep(closed store) = %v, the file is there: %t, want an error, and true", err,
			a.has(t, ref))
	}
	if err := a.sweep(memory.New(memory.Options{})); err != nil || a.has(t, ref) {
		t.Errorf("sweep(no sessions) = %v, the file is there: %t, want it gone", err,
			a.has(t, ref))
	}
	if err := a.sweep(sessions); err != nil {
		t.Errorf("sweep(closed store, no files) = %v, want it not to look", err)
	}
}

func TestCheckTypes(t *testing.T) {
	for types, ok := range map[string]bool{
		"text/plain": true, "image/*": true, "*/*": true, "Image/PNG": true,
		"": false, "text": false, "*": false, "/*": false, "text/": false, "*/png": false,
		"a/b/c": false,
	} {
		if err := checkTypes([]string{"a/b", types}); (err == nil) != ok {
			t.Errorf("checkTypes(%q) = %v, want legal = %t", types, err, ok)
		}
	}
	if h, err := New(Options{Addr: "127.0.0.1:0", UploadTypes: []string{"text"}}); err == nil {
		t.Errorf("New() = %v, want it to refuse the type", h)
	}
}
