package admin_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
)

func TestAnnounce_addr(t *testing.T) {
	for _, test := range []struct {
		addr, want string // empty: refused
	}{
		{"127.0.0.1:8765", "127.0.0.1:8765"},
		{"127.1.2.3:1", "127.1.2.3:1"},
		{"[::1]:8765", "[::1]:8765"},
		{"0.0.0.0:8765", "127.0.0.1:8765"},
		{"[::]:8765", "127.0.0.1:8765"},
		{"[::ffff:127.0.0.1]:8765", "127.0.0.1:8765"},
		{"192.0.2.1:8765", ""},
		{"[2001:db8::1]:8765", ""},
		{"127.0.0.1:0", ""},
		{"127.0.0.1", ""},
		{"localhost:8765", ""},
		{"", ""},
	} {
		dir := t.TempDir()
		secret, remove, err := admin.Announce(dir, test.addr)
		if test.want == "" {
			if !errors.Is(err, admin.ErrAddress) || secret != "" {
				t.Errorf("Announce(%s) = %q, %v, want ErrAddress", test.addr, secret, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("Announce(%s) = %v", test.addr, err)
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "host.json"))
		want := fmt.Sprintf(`{"version":1,"addr":"%s","secret":"%s","process":%d}`+"\n",
			test.want, secret, os.Getpid())
		if err != nil || string(text) != want || len(secret) != 64 {
			t.Errorf("Announce(%s) wrote %s, %v, want %s", test.addr, text, err, want)
		}
		remove()
		remove()
	}
}

func TestAnnounce_file(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "host.json")
	if err := os.WriteFile(path, []byte("left by an old one"), 0o666); err != nil {
		t.Fatal(err)
	}
	secret1, remove1, err := admin.Announce(dir, "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	secret2, remove2, err := admin.Announce(dir, "127.0.0.1:2")
	if err != nil || secret1 == secret2 {
		t.Fatalf("the second Announce = %v, or has the secret of the first one", err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("host.json has mode %v, %v, want 0600", info.Mode(), err)
	}
	remove1() // is of another one by now
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), secret2) {
		t.Errorf("host.json is %s, %v, want the second announcement", text, err)
	}
	remove2()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the folder holds %v, %v, want nothing", left, err)
	}
	if _, _, err := admin.Announce(filepath.Join(dir, "none"), "127.0.0.1:1"); err == nil {
		t.Error("Announce in no folder = nil, want an error")
	}
}

func TestRemote_announcement(t *testing.T) {
	secret := strings.Repeat("5e", 32)
	for _, test := range []struct {
		name, file string
		want       error // nil: any
	}{
		{"none", "", admin.ErrNoHost},
		{"empty", "\n", nil},
		{"no JSON", "x", nil},
		{"newer", `{"version":2,"addr":"127.0.0.1:1","secret":"` + secret + `"}`, nil},
		{"elsewhere", `{"version":1,"addr":"192.0.2.1:1","secret":"` + secret +
			`"}`, admin.ErrAddress},
		{"a name", `{"version":1,"addr":"localhost:1","secret":"` + secret +
			`"}`, admin.ErrAddress},
		{"short secret", `{"version":1,"addr":"127.0.0.1:1","secret":"5e"}`, nil},
		{"no secret", `{"version":1,"addr":"127.0.0.1:1"}`, nil},
		{"huge", strings.Repeat(" ", 1<<20), nil},
	} {
		dir := t.TempDir()
		if test.file != "" {
			path := filepath.Join(dir, "host.json")
			if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := admin.Remote(dir)
		if err == nil || test.want != nil && !errors.Is(err, test.want) ||
			!strings.Contains(err.Error(), dir) {
			t.Errorf("%s: Remote = %v, want %v, with the folder", test.name, err, test.want)
		}
	}
}

// TestRemote_gone holds that of a host that has ended, and of what took its place,
// one is told clearly.
func TestRemote_gone(t *testing.T) {
	for name, next := range map[string]http.Handler{
		"nobody":         nil,
		"another host":   admin.Handler(admin.Local(newStore(t)), strings.Repeat("0", 64)),
		"another server": http.NotFoundHandler(),
		"a redirect":     http.RedirectHandler("http://192.0.2.1/", http.StatusFound),
	} {
		dir := t.TempDir()
		server := httptest.NewServer(next)
		_, remove, err := admin.Announce(dir, server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer remove()
		if next == nil {
			server.Close()
		}
		_, err = newRemote(t, dir).List(t.Context(), "", session.Key{}, 0)
		if !errors.Is(err, admin.ErrNoHost) ||
			!strings.Contains(err.Error(), server.Listener.Addr().String()) {
			t.Errorf("%s: List = %v, want ErrNoHost with the address", name, err)
		}
		server.Close()
	}
}

// TestRemote_cancel holds that a host which does not answer holds nobody.
func TestRemote_cancel(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	dir := t.TempDir()
	_, remove, err := admin.Announce(dir, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // ends with the request
		conn, err := listener.Accept()
		cancel()
		if err == nil {
			_ = conn.Close()
		}
	}()
	if _, err := newRemote(t, dir).List(ctx, "", session.Key{},
		0); !errors.Is(err, context.Canceled) {
		t.Errorf("List = %v, want Canceled", err)
	}
}
