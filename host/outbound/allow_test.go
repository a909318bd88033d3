package outbound_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/outbound"
)

func TestAllow(t *testing.T) {
	for _, tt := range []struct {
		name, allow, url string
		want             string // the URL that is sent; empty if it is forbidden
	}{
		{"nothing is allowed", "", "https://api.example.org/", ""},
		{"name", "api.example.org", "https://api.example.org/x?y=z",
			"https://api.example.org/x?y=z"},
		{"name, http", "api.example.org", "http://api.example.org/", "http://api.example.org/"},
		{"default port", "api.example.org", "https://api.example.org:443/",
			"https://api.example.org/"},
		{"default port of the other scheme", "api.example.org", "http://api.example.org:443/", ""},
		{"another port", "api.example.org", "https://api.example.org:8443/", ""},
		{"port", "api.example.org:8443", "https://api.example.org:8443/",
			"https://api.example.org:8443/"},
		{"port named, default used", "api.example.org:8443", "https://api.example.org/", ""},
		{"default port named", "api.example.org:443", "https://api.example.org/",
			"https://api.example.org/"},
		{"default port named, http", "api.example.org:443", "http://api.example.org/", ""},
		{"case", "API.Example.org", "HTTPS://aPI.eXAMPLE.ORG/A", "https://api.example.org/A"},
		{"dot at the end of the URL's", "api.example.org", "https://api.example.org./",
			"https://api.example.org/"},
		{"dot at the end of the list's", "api.example.org.", "https://api.example.org/",
			"https://api.example.org/"},
		{"below a name", "example.org", "https://api.example.org/", ""},
		{"name as suffix", "example.org", "https://notexample.org/", ""},
		{"name as prefix", "example.org", "https://example.org.evil.test/", ""},
		{"wildcard", "*.example.org", "https://api.example.org/", "https://api.example.org/"},
		{"wildcard, two below", "*.example.org", "https://a.b.example.org/",
			"https://a.b.example.org/"},
		{"wildcard, itself", "*.example.org", "https://example.org/", ""},
		{"wildcard, suffix", "*.example.org", "https://notexample.org/", ""},
		{"wildcard, empty label", "*.example.org", "https://.example.org/", ""},
		{"wildcard, port", "*.example.org:8443", "https://api.example.org:8443/",
			"https://api.example.org:8443/"},
		{"wildcard, other port", "*.example.org:8443", "https://api.example.org/", ""},
		{"everything", "*:443", "https://api.example.org/", "https://api.example.org/"},
		{"everything, other port", "*:443", "https://api.example.org:8443/", ""},
		{"everything, any port", "*:*", "https://api.example.org:8443/",
			"https://api.example.org:8443/"},
		{"any port", "api.example.org:*", "http://api.example.org:8080/",
			"http://api.example.org:8080/"},
		{"any port, default used", "api.example.org:*", "https://api.example.org/",
			"https://api.example.org/"},
		{"any port, other name", "api.example.org:*", "http://example.org:8080/", ""},
		{"wildcard, any port", "*.example.org:*", "http://a.example.org:8080/",
			"http://a.example.org:8080/"},
		{"IPv6, any port", "[::1]:*", "http://[::1]:9000/", "http://[::1]:9000/"},
		{"address", "192.0.2.1", "http://192.0.2.1/", "http://192.0.2.1/"},
		{"address and port", "127.0.0.1:9000", "http://127.0.0.1:9000/", "http://127.0.0.1:9000/"},
		{"address, other port", "127.0.0.1:9000", "http://127.0.0.1:9001/", ""},
		{"localhost is not its address", "localhost:9000", "http://127.0.0.1:9000/", ""},
		{"address is not localhost", "127.0.0.1:9000", "http://localhost:9000/", ""},
		{"IPv6", "2001:DB8:0::1", "https://[2001:db8::1]/", "https://[2001:db8::1]/"},
		{"IPv6 in brackets", "[2001:db8::1]", "https://[2001:db8::1]:443/",
			"https://[2001:db8::1]/"},
		{"IPv6 and port", "[::1]:9000", "http://[0:0::1]:9000/", "http://[::1]:9000/"},
		{"IPv6 with a zone", "fe80::1", "http://[fe80::1%25eth0]/", ""},
		{"mapped IPv4", "127.0.0.1", "http://[::ffff:127.0.0.1]/", ""},
		{"short IPv4", "127.0.0.1", "http://127.1/", ""},
		{"IPv4 as a number", "127.0.0.1", "http://2130706433/", ""},
		{"IPv4 in hex", "127.0.0.1", "http://0x7f000001/", ""},
		{"IPv4 in octal", "127.0.0.1", "http://0177.0.0.1/", ""},
		{"umlaut", "bücher.example", "https://bücher.example/", "https://xn--bcher-kva.example/"},
		{"umlaut, upper case", "bücher.example", "https://BÜCHER.example/",
			"https://xn--bcher-kva.example/"},
		{"umlaut, encoded by the bot", "bücher.example", "https://xn--bcher-kva.example/",
			"https://xn--bcher-kva.example/"},
		{"umlaut, encoded by the operator", "xn--bcher-kva.example", "https://bücher.example/",
			"https://xn--bcher-kva.example/"},
		{"umlaut, percent", "bücher.example", "https://b%C3%BCcher.example/",
			"https://xn--bcher-kva.example/"},
		{"letters that look alike", "apple.example", "https://аpple.example/", ""},
		{"wide letters", "example.org", "https://ｅxample.org/", ""},
		{"wide dot", "example.org", "https://example。org/", ""},
		{"user", "example.org", "https://me@example.org/", ""},
		{"user that looks like a host", "example.org", "https://example.org@evil.test/", ""},
		{"user and password", "example.org", "https://me:secret@example.org/", ""},
		{"reverse solidus", "example.org", `https://evil.test\@example.org/`, ""},
		{"other scheme", "example.org", "ftp://example.org/", ""},
		{"file", "example.org", "file:///etc/passwd", ""},
		{"opaque", "example.org", "http:example.org", ""},
		{"no scheme", "example.org", "//example.org/", ""},
		{"no host", "example.org", "http:///", ""},
		{"empty", "example.org", "", ""},
		{"fragment", "example.org", "http://example.org/#a", "http://example.org/"},
		{"port zero", "example.org", "http://example.org:0/", ""},
		{"port too large", "example.org:80", "http://example.org:65616/", ""},
		{"port empty", "example.org", "http://example.org:/", "http://example.org/"},
		{"line end", "example.org", "http://example.org/\r\nX: y", ""},
		{"long", "example.org", "http://example.org/" + strings.Repeat("a", 8192), ""},
		{"one of several", "a.example b.example", "http://b.example/", "http://b.example/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := outbound.Allowed(strings.Fields(tt.allow), tt.url)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("with %q, %q = %q, want %q", tt.allow, tt.url, got, tt.want)
			}
		})
	}
}

func TestNew_BadAllow(t *testing.T) {
	for _, entry := range []string{
		"", "*", "*.", "*.*.example.org", "a.*.example.org", "*example.org", "https://example.org",
		"example.org/path", "example.org:", "example.org:0", "example.org:65536",
		"example.org:+80",
		"example.org:http", "me@example.org", "exa mple.org", "[::1", "[::1]9000", "[::1]:",
		"[a.example]", "[127.0.0.1]", "*.127.0.0.1",
		"127.1", "0x7f.1", "256.256.256.256", "::ffff:127.0.0.1", "fe80::1%eth0",
		"-a.example", "a-.example",
		"a..example", ".example", strings.Repeat("a", 64) + ".example",
		strings.Repeat("a.", 127) + "example",
		"10.0.0.0/8", "\xff.example", "xn--ü.example",
	} {
		if c,
			err := outbound.New(outbound.Options{Allow: []string{"a.example", entry}}); err == nil {
			c.Close()
			t.Errorf("New(Allow: %q) succeeded, want an error", entry)
		}
	}
}

// TestCanonical_Punycode: the samples of RFC 3492 §7.1 that are in lower case,
// and names of everyday.
func TestCanonical_Punycode(t *testing.T) {
	for _, tt := range []struct{ host, want string }{
		{"ليهمابتكلموشعربي؟", ""}, // a question mark is in no name
		{"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
		{"他們爲什麽不說中文", "xn--ihqwctvzc91f659drss3x8bo0yb"},
		{"למההםפשוטלאמדבריםעברית", "xn--4dbcagdahymbxekheh6e0a7fei0b"},
		{"почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"},
		{"3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"},
		{"ひとつ屋根の下2", "xn--2-u9tlzr9756bt3uc0v"},
		{"そのスピードで", "xn--d9juau41awczczp"},
		{"ß", "xn--zca"},
		{"münchen.straße.example", "xn--mnchen-3ya.xn--strae-oqa.example"},
		{strings.Repeat("ü", 60), ""},
		{strings.Repeat("a", 63), strings.Repeat("a", 63)},
		{strings.Repeat("a", 64), ""},
		{"under_score.example", "under_score.example"},
	} {
		got, err := outbound.Canonical(tt.host)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("canonical(%q) = %q, %v, want %q", tt.host, got, err, tt.want)
		}
	}
}

// FuzzAllow: whatever the list and the URL, a URL that may be called is sent to a
// host that, written as it is sent, is in its one form and allowed as well.
func FuzzAllow(f *testing.F) {
	f.Add("api.example.org", "https://api.example.org/")
	f.Add("*.example.org:8443", "https://a.example.org:8443/x")
	f.Add("[::1]:9000", "http://[::1]:9000/")
	f.Add("bücher.example", "https://b%C3%BCcher.example/")
	f.Add("127.0.0.1", "http://127.0.0.1/?q#f")
	f.Add("localhost", "http://LOCALHOST./")
	f.Fuzz(func(t *testing.T, allow, text string) {
		sent, ok, err := outbound.Allowed([]string{allow}, text)
		if err != nil || !ok {
			return
		}
		u, err := url.Parse(sent)
		if err != nil {
			t.Fatalf("%q is sent as %q, which is no URL: %v", text, sent, err)
		}
		if u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("%q is sent as %q", text, sent)
		}
		host := u.Hostname()
		if again, err := outbound.Canonical(host); err != nil || again != host {
			t.Errorf("canonical(%q) = %q, %v, want itself", host, again, err)
		}
		if strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 || r <= ' ' }) {
			t.Errorf("%q is sent to %q", text, host)
		}
		if again, ok, _ := outbound.Allowed([]string{allow}, sent); !ok || again != sent {
			t.Errorf("%q is sent as %q, and that as %q, %v", text, sent, again, ok)
		}
		if _, ok, _ := outbound.Allowed(nil, sent); ok {
			t.Errorf("%q is allowed by nobody", sent)
		}
	})
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		addr string
		want bool
	}{
		{"8.8.8.8", true}, {"1.1.1.1", true}, {"93.184.216.34", true},
		{"0.0.0.0", false}, {"0.1.2.3", false}, {"1.0.0.0", true},
		{"9.255.255.255", true}, {"10.0.0.0", false}, {"10.255.255.255", false},
		{"11.0.0.0", true},
		{"100.63.255.255", true}, {"100.64.0.0", false}, {"100.127.255.255", false},
		{"100.128.0.0", true},
		{"126.255.255.255", true}, {"127.0.0.1", false}, {"127.255.255.255", false},
		{"128.0.0.0", true},
		{"169.253.255.255", true}, {"169.254.0.0", false}, {"169.254.169.254", false},
		{"169.255.0.0", true},
		{"172.15.255.255", true}, {"172.16.0.0", false}, {"172.31.255.255", false},
		{"172.32.0.0", true},
		{"192.0.0.0", false}, {"192.0.0.255", false}, {"192.0.1.0", true}, {"192.0.2.1", false},
		{"192.88.99.1", false}, {"192.167.255.255", true}, {"192.168.0.0", false},
		{"192.168.255.255", false},
		{"192.169.0.0", true}, {"198.17.255.255", true}, {"198.18.0.0", false},
		{"198.19.255.255", false},
		{"198.20.0.0", true}, {"198.51.100.7", false}, {"203.0.113.7", false},
		{"223.255.255.255", true},
		{"224.0.0.1", false}, {"239.255.255.255", false}, {"240.0.0.1", false},
		{"255.255.255.255", false},

		{"2606:4700:4700::1111", true}, {"2a00:1450::1", true}, {"2400::1", true},
		{"::", false}, {"::1", false}, {"::ffff:8.8.8.8", false}, {"::ffff:127.0.0.1", false},
		{"::127.0.0.1", false}, {"64:ff9b::7f00:1", false}, {"64:ff9b::808:808", false},
		{"64:ff9b:1::1", false},
		{"100::1", false}, {"1fff::1", false}, {"2000::1", true}, {"2001::1", false},
		{"2001:2::1", false}, {"2001:1ff::1", false}, {"2001:200::1", true},
		{"2001:db8::1", false},
		{"2001:db9::1", true}, {"2002:7f00:1::", false},
		{"2002:808:808::1", false}, {"2003::1", true},
		{"2620:4f:8000::1", false}, {"3fff::1", false}, {"3fff:1000::1", true}, {"4000::1", false},
		{"5f00::1", false}, {"fc00::1", false}, {"fd12:3456::1", false}, {"fe80::1", false},
		{"fe80::1%eth0", false}, {"2400::1%eth0", false}, {"fec0::1", false}, {"ff02::1", false},
	} {
		if got := outbound.Public(netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("public(%s) = %v, want %v", tt.addr, got, tt.want)
		}
	}
	if outbound.Public(netip.Addr{}) {
		t.Error("public(no address) = true, want false")
	}
}
