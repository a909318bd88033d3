package door

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// HostAllowed reports whether a request may carry this Host header. A page of a
// stranger whose name was made to point at this machine (DNS rebinding) carries
// the stranger's name there. Allowed are:
//
//   - on a loopback listener, localhost and loopback addresses, with any port;
//   - on others, any IP address: a rebound name is never one;
//   - what is configured: a name or address with any port, or with a port that
//     one only.
func HostAllowed(host string, loopback bool, configured []string) bool {
	name, port := splitHost(host)
	if name == "" {
		return false
	}
	for _, c := range configured {
		if n, p := splitHost(c); n == name && (p == "" || p == port) {
			return true
		}
	}
	if loopback {
		return isLoopback(name)
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Zone() == ""
}

// OriginAllowed reports whether a request with this Host header, which passed
// [HostAllowed], may carry this Origin header. Browsers send it, and pages of
// strangers cannot forge it. Allowed are:
//
//   - none at all: whoever is no browser;
//   - the page that came from the same host and port;
//   - on a loopback listener, pages of localhost and loopback addresses, with
//     any port;
//   - what is configured, compared as a whole; null only if it is named.
func OriginAllowed(origin, host string, loopback bool, configured []string) bool {
	if origin == "" {
		return true
	}
	for _, c := range configured {
		if strings.EqualFold(strings.TrimSuffix(c, "/"), origin) {
			return true
		}
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" ||
		u.Scheme+"://"+u.Host != strings.ToLower(origin) {
		return false
	}
	name, port := splitHost(u.Host)
	if name == "" {
		return false
	}
	if loopback && isLoopback(name) {
		return true
	}
	hostName, hostPort := splitHost(host)
	return name == hostName && orDefault(port, u.Scheme) == orDefault(hostPort, u.Scheme)
}

// splitHost returns the name, in lower case and without brackets or the dot at
// the end, and the port, which may be empty. The name is empty if host is not
// well-formed.
func splitHost(host string) (name, port string) {
	name = host
	if strings.HasPrefix(host, "[") || strings.Count(host, ":") == 1 {
		var err error
		if name, port, err = net.SplitHostPort(host); err != nil {
			name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
			if len(name) != len(host)-2 {
				return "", ""
			}
		}
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if strings.ContainsAny(name, "/@[]?# \t") {
		return "", ""
	}
	return name, port
}

func isLoopback(name string) bool {
	addr, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

func orDefault(port, scheme string) string {
	switch {
	case port != "":
		return port
	case scheme == "https":
		return "443"
	}
	return "80"
}
