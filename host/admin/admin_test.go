package admin_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
)

// TestSessions_same holds that a host answers what its store would.
func TestSessions_same(t *testing.T) {
	store := newStore(t)
	local := admin.Local(store)
	remote := newRemote(t, newHost(t, local))
	ctx := t.Context()
	same := func(what string, want, got any, err1, err2 error) {
		t.Helper()
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: remote\n%+v\nlocal\n%+v", what, got, want)
		}
		if (err1 == nil) != (err2 == nil) ||
			errors.Is(err1, session.ErrNotFound) != errors.Is(err2, session.ErrNotFound) {
			t.Errorf("%s: remote error %v, local %v", what, err2, err1)
		}
	}
	var keys []session.Key
	for _, bot := range []string{"", "greetings", "b\xff\xfet", "none"} {
		for _, limit := range []int{-1, 0, 1, 7, 5000} {
			after := session.Key{}
			for {
				a, err1 := local.List(ctx, bot, after, limit)
				b, err2 := remote.List(ctx, bot, after, limit)
				same(fmt.Sprintf("List(%q, %v, %d)", bot, after, limit), a, b, err1, err2)
				if len(a) == 0 || t.Failed() {
					break
				}
				after = a[len(a)-1].Key
				if bot == "" && limit == 1 {
					keys = append(keys, after)
				}
			}
		}
	}
	if want := 45 + len(hostile); len(keys) != want {
		t.Errorf("List shows %d sessions, want %d", len(keys), want)
	}
	keys = append(keys, key("greetings", "none"), key("", ""))
	for _, k := range keys {
		a, err1 := local.Show(ctx, k)
		b, err2 := remote.Show(ctx, k)
		same(fmt.Sprintf("Show(%q)", k), a, b, err1, err2)
		if a.Head.Resume != [32]byte{} {
			t.Errorf("Show(%q) tells the hash of the resume token", k)
		}
		for _, limit := range []int{0, 1, 99, 100, 101} {
			for _, after := range []uint64{0, 1, 100, 250, math.MaxUint64} {
				a, err1 := local.Entries(ctx, k, after, limit)
				b, err2 := remote.Entries(ctx, k, after, limit)
				same(fmt.Sprintf("Entries(%q, %d, %d)", k, after, limit), a, b, err1, err2)
				if len(a.Entries) > admin.MaxPage {
					t.Errorf("Entries returned %d entries, want %d at most",
						len(a.Entries), admin.MaxPage)
				}
			}
		}
	}
	for i, k := range keys {
		s := []admin.Sessions{local, remote}[i%2]
		if err := s.Delete(ctx, k); err != nil {
			t.Errorf("Delete(%q) = %v", k, err)
		}
		if _, err := store.Load(ctx, k); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Load(%q) after Delete = %v, want ErrNotFound", k, err)
		}
	}
	if list, err := remote.List(ctx, "", session.Key{}, 0); err != nil || len(list) > 0 {
		t.Errorf("List after all Deletes = %v, %v, want none", list, err)
	}
}

// TestSessions_errors holds that the errors of a store are known on the other
// side, with their words.
func TestSessions_errors(t *testing.T) {
	store := newStore(t)
	remote := newRemote(t, newHost(t, admin.Local(store)))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := remote.Show(t.Context(), key("greetings", "a"))
	if !errors.Is(err, session.ErrUnavailable) || !strings.HasSuffix(err.Error(), ": closed") {
		t.Errorf("Show = %v, want that the store is closed", err)
	}
	for _, want := range []error{session.ErrConflict, session.ErrUnknown, session.ErrUnavailable} {
		remote := newRemote(t, newHost(t, failing{err: fmt.Errorf("%w: here", want)}))
		err := remote.Delete(t.Context(), key("b", "a"))
		if !errors.Is(err, want) || !strings.HasSuffix(err.Error(), ": here") {
			t.Errorf("Delete = %v, want %v: here", err, want)
		}
	}
	other := newRemote(t, newHost(t, failing{err: errors.New("boom")}))
	if err := other.Delete(t.Context(), key("b", "a")); err == nil || err.Error() != "boom" {
		t.Errorf("Delete = %v, want boom", err)
	}
}

func TestEntries_bytes(t *testing.T) {
	for _, test := range []struct {
		size int // of each of three bodies
		want int
	}{
		{admin.MaxPageBytes/2 - 1, 3},
		{admin.MaxPageBytes / 2, 2},
		{admin.MaxPageBytes/2 + 1, 2},
		{admin.MaxPageBytes - 1, 2},
		{admin.MaxPageBytes, 1},
		{admin.MaxPageBytes + 1, 1},
	} {
		store := memory.New(memory.Options{})
		commit(t, store, key("b", "big"), 0, func(c *session.Commit) {
			c.Head.Seq = 3
			for i := range 3 {
				c.Entries = append(c.Entries, abi.Entry{Seq: uint64(i) + 1, From: abi.FromUser,
					Kind: abi.KindText, Body: strings.Repeat("x", test.size)})
			}
		})
		local := admin.Local(store)
		all := []admin.Sessions{local}
		if test.size == admin.MaxPageBytes/2 { // the others are the same, and take long
			all = append(all, newRemote(t, newHost(t, local)))
		}
		for _, s := range all {
			page, err := s.Entries(t.Context(), key("b", "big"), 0, 0)
			if err != nil || len(page.Entries) != test.want {
				t.Errorf("Entries with bodies of %d bytes = %d, %v, want %d",
					test.size, len(page.Entries), err, test.want)
			}
			got, err := admin.Read(t.Context(), s, key("b", "big"), admin.All)
			if err != nil || len(got.Entries) != 3 {
				t.Errorf("Read = %d entries, %v, want 3", len(got.Entries), err)
			}
		}
	}
}

// TestSessions_Hammer asks from all sides while sessions come, grow and go.
func TestSessions_Hammer(t *testing.T) {
	store := memory.New(memory.Options{Entries: 8})
	local := admin.Local(store)
	remote := newRemote(t, newHost(t, local))
	ctx := t.Context()
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 4 {
		writers.Go(func() {
			for i := range 100 {
				k := key(fmt.Sprint("bot", w), fmt.Sprint(i%5))
				commit(t, store, k, 3, func(c *session.Commit) {
					if i%7 == 0 {
						c.Reset = true
						c.Head.Epoch++
						c.Head.Seq = 0
					}
				})
				if i%11 == 0 {
					if err := []admin.Sessions{local, remote}[i%2].Delete(ctx, k); err != nil {
						t.Errorf("Delete = %v", err)
					}
				}
			}
		})
	}
	for r := range 4 {
		readers.Go(func() {
			s := []admin.Sessions{local, remote}[r%2]
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := admin.Each(ctx, s, "", func(sum *session.Summary) error {
					got, err := admin.Read(ctx, s, sum.Key, admin.All)
					if errors.Is(err, session.ErrNotFound) {
						return nil
					}
					if n := len(got.Entries); err == nil && n > 0 &&
						got.Entries[n-1].Seq != got.Head.Seq {
						t.Errorf("Read ends with entry %d, the head is at %d",
							got.Entries[n-1].Seq, got.Head.Seq)
					}
					return err
				})
				if err != nil {
					t.Errorf("Each = %v", err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}
