package door

import (
	"net/netip"
	"strings"
	"testing"
)

func TestHostAllowed(t *testing.T) {
	configured := []string{"chat.example", "Bots.example:8443", "[2001:db8::1]:80"}
	for _, tc := range []struct {
		host     string
		loopback bool
		open     bool
	}{
		{"localhost", true, false},
		{"LOCALHOST:8765", true, false},
		{"localhost.", true, false},
		{"127.0.0.1:8765", true, true},
		{"127.5.5.5", true, true},
		{"[::1]:8765", true, true},
		{"[::1]", true, true},
		{"[::ffff:127.0.0.1]", true, true},
		{"192.168.1.5:80", false, true},
		{"[fe80::1%25eth0]:80", false, false},
		{"chat.example", true, true},
		{"chat.example:1234", true, true},
		{"CHAT.example.", true, true},
		{"bots.example:8443", true, true},
		{"bots.example", false, false},
		{"bots.example:80", false, false},
		{"[2001:db8::1]:80", true, true},
		{"evil.example", false, false},
		{"localhost.evil.example", false, false},
		{"evil.example:localhost", false, false},
		{"chat.example.evil", false, false},
		{"127.0.0.1.nip.io", false, false},
		{"127.0.0.1@evil.example", false, false},
		{"", false, false},
		{":8765", false, false},
		{"[::1", false, false},
		{"a:b:c", false, false},
		{"0.0.0.0", false, true},
	} {
		if got := HostAllowed(tc.host, true, configured); got != tc.loopback {
			t.Errorf("HostAllowed(%q, loopback) = %v, want %v", tc.host, got, tc.loopback)
		}
		if got := HostAllowed(tc.host, false, configured); got != tc.open {
			t.Errorf("HostAllowed(%q, open) = %v, want %v", tc.host, got, tc.open)
		}
	}
}

func TestOriginAllowed(t *testing.T) {
	configured := []string{"https://chat.example", "http://dev.example:3000/"}
	for _, tc := range []struct {
		origin   string
		host     string
		loopback bool
		open     bool
	}{
		{"", "localhost", true, true},
		{"http://localhost", "127.0.0.1:8765", true, false},
		{"http://localhost:3000", "localhost:8765", true, false},
		{"https://[::1]:1", "localhost", true, false},
		{"http://127.0.0.1:8765", "127.0.0.1:8765", true, true},
		{"https://chat.example", "x", true, true},
		{"HTTPS://Chat.example", "x", true, true},
		{"http://dev.example:3000", "x", true, true},
		{"http://dev.example", "x", false, false},
		{"http://chat.example", "x", false, false},
		{"https://chat.example:444", "x", false, false},
		{"http://here.example:80", "here.example", true, true},
		{"https://here.example", "here.example:443", true, true},
		{"https://here.example", "here.example:80", false, false},
		{"http://there.example", "here.example", false, false},
		{"null", "localhost", false, false},
		{"file://", "localhost", false, false},
		{"ftp://localhost", "localhost", false, false},
		{"chrome-extension://localhost", "localhost", false, false},
		{"http://localhost@evil.example", "localhost", false, false},
		{"http://evil.example@localhost", "localhost", false, false},
		{"http://localhost/path", "localhost", false, false},
		{"http://localhost#x", "localhost", false, false},
		{"localhost", "localhost", false, false},
		{"http://", "localhost", false, false},
		{"http://localhost.evil.example", "localhost", false, false},
		{"http://localhost http://evil.example", "localhost", false, false},
	} {
		if got := OriginAllowed(tc.origin, tc.host, true, configured); got != tc.loopback {
			t.Errorf("OriginAllowed(%q, %q, loopback) = %v, want %v", tc.origin,
				tc.host, got, tc.loopback)
		}
		if got := OriginAllowed(tc.origin, tc.host, false, configured); got != tc.open {
			t.Errorf("OriginAllowed(%q, %q, open) = %v, want %v", tc.origin, tc.host, got, tc.open)
		}
	}
	if !OriginAllowed("null", "localhost", false, []string{"null"}) {
		t.Error("null is refused though it is named")
	}
}

// Whatever is allowed without configuration names this machine, or an address.
func FuzzHostAllowed(f *testing.F) {
	for _, seed := range []string{
		"localhost", "127.0.0.1:80", "[::1]:80", "evil.example", "[::1%25x]", "a:b", "localhost.:1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name := strings.ToLower(host)
		if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasSuffix(name, "]") &&
			(strings.Count(name, ":") == 1 || strings.HasPrefix(name, "[")) {
			name = name[:i]
		}
		name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
		addr, err := netip.ParseAddr(name)
		loopback := name == "localhost" || err == nil && addr.Unmap().IsLoopback()
		if HostAllowed(host, true, nil) && !loopback {
			t.Errorf("HostAllowed(%q, loopback) = true", host)
		}
		if HostAllowed(host, false, nil) && err != nil {
			t.Errorf("HostAllowed(%q, open) = true", host)
		}
	})
}

// A stranger's page is never let in: whatever stands before or after a foreign
// name, the name stays foreign.
func FuzzOriginAllowed(f *testing.F) {
	for _, seed := range [][2]string{
		{"http://", ""}, {"https://localhost@", ""},
		{"http://localhost#", ":80"}, {"", "/localhost"},
		{"http://localhost\\", "@localhost"}, {"http://127.0.0.1.", ":1"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		origin := before + "evil.example" + after
		for _, loopback := range []bool{true, false} {
			if OriginAllowed(origin, "localhost", loopback, nil) {
				t.Errorf("OriginAllowed(%q, localhost, %v) = true", origin, loopback)
			}
		}
	})
}
