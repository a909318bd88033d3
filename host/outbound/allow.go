package outbound

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// rule is one entry of the allow-list.
type rule struct {
	// host is a name or an address in its one form; below a dot, everything
	// below.
	host string
	// addr is valid if host is an address.
	addr netip.Addr
	// port is 0 for the default port of the scheme, unless ports says that any will do.
	port  uint16
	ports bool
}

// everything is the rule's host that names all hosts. It stands with a port, so that
// nobody allows everything by the way.
const everything = "*"

// allowList is what bots may call.
type allowList []rule

// target is where a request goes: a host in its one form, and its port.
type target struct {
	scheme, host string
	port         uint16
}

// parseAllow reads the entries of the list.
func parseAllow(entries []string) (allowList, error) {
	list := make(allowList, 0, len(entries))
	for _, entry := range entries {
		r, err := parseRule(entry)
		if err != nil {
			return nil, fmt.Errorf("allowed host %.80q: %w", entry, err)
		}
		list = append(list, r)
	}
	return list, nil
}

func parseRule(entry string) (r rule, err error) {
	host, port := splitPort(entry)
	if port == "*" {
		r.ports = true
	} else if port != "" {
		if r.port, err = parsePort(port); err != nil {
			return rule{}, err
		}
	}
	if host == everything && port != "" {
		r.host = everything
		return r, nil
	}
	below, wild := strings.CutPrefix(host, "*.")
	if r.host, r.addr, err = canonical(below); err != nil {
		return rule{}, err
	}
	if wild {
		if r.addr.IsValid() {
			return rule{}, fmt.Errorf("nothing is below an address")
		}
		r.host = "." + r.host
	}
	return r, nil
}

// splitPort cuts the port off; port is empty if there is none. An IPv6 address
// needs brackets only if a port follows.
func splitPort(s string) (host, port string) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		host, port, ok = strings.Cut(inner, "]")
		switch {
		case !ok || !strings.Contains(host, ":"):
		case port == "":
			return host, ""
		case port[0] == ':' && port != ":":
			return host, port[1:]
		}
		return s, "" // no host: canonical says so
	}
	if strings.Count(s, ":") == 1 && !strings.HasSuffix(s, ":") {
		host, port, _ = strings.Cut(s, ":")
		return host, port
	}
	return s, ""
}

func parsePort(s string) (uint16, error) {
	port, err := strconv.ParseUint(s, 10, 16)
	if err != nil || port == 0 || s[0] == '+' {
		return 0, fmt.Errorf("%.10q is not a port", s)
	}
	return uint16(port), nil
}

// parseTarget returns where a URL leads.
func parseTarget(u *url.URL) (target, error) {
	host, _, err := canonical(u.Hostname())
	if err != nil {
		return target{}, fmt.Errorf("the URL's host: %w", err)
	}
	t := target{scheme: u.Scheme, host: host, port: defaultPort(u.Scheme)}
	if port := u.Port(); port != "" {
		if t.port, err = parsePort(port); err != nil {
			return target{}, fmt.Errorf("the URL's port: %w", err)
		}
	}
	return t, nil
}

func defaultPort(scheme string) uint16 {
	if scheme == "https" {
		return 443
	}
	return 80
}

// urlHost returns the host and port as they stand in a URL, without a port that
// says nothing.
func (t target) urlHost() string {
	host := t.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if t.port == defaultPort(t.scheme) {
		return host
	}
	return host + ":" + strconv.Itoa(int(t.port))
}

func (t target) String() string { return t.urlHost() }

// allows reports whether bots may call t.
func (l allowList) allows(t target) bool {
	for _, r := range l {
		if r.names(t.host) &&
			(r.ports || r.port == t.port || r.port == 0 && t.port == defaultPort(t.scheme)) {
			return true
		}
	}
	return false
}

// explicit reports whether the port of u, which passed check, stands in the
// list: that is how an operator says that http will do.
func (l allowList) explicit(u *url.URL) bool {
	t, err := parseTarget(u)
	if err != nil {
		return false
	}
	for _, r := range l {
		if r.names(t.host) && r.port == t.port {
			return true
		}
	}
	return false
}

// names reports whether the rule is about a host in its one form.
func (r rule) names(host string) bool {
	switch {
	case r.host == everything:
		return true
	case strings.HasPrefix(r.host, "."):
		return strings.HasSuffix(host, r.host) && len(host) > len(r.host)
	}
	return host == r.host
}

// dials reports whether the list names this very address, or calls it localhost.
func (l allowList) dials(ap netip.AddrPort) bool {
	for _, r := range l {
		named := r.addr.IsValid() && r.addr == ap.Addr() ||
			r.host == "localhost" && ap.Addr().IsLoopback()
		if named && (r.ports || r.port == ap.Port() ||
			r.port == 0 && (ap.Port() == 80 || ap.Port() == 443)) {
			return true
		}
	}
	return false
}
