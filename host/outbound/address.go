package outbound

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
)

// addressError is an address that may not be connected to.
type addressError struct{ addr string }

func (e *addressError) Error() string {
	return fmt.Sprintf("%s is not a public address, and not among those that bots may call",
		e.addr)
}

// special4 are the IPv4 networks that lead to no public host.
var special4 = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carrier-grade NAT
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; where clouds keep their secrets
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved; broadcast
)

// public6 is what is given to public hosts of IPv6. What is outside of it is
// loopback, unspecified, mapped and translated IPv4 (NAT64), discard, private,
// link-local and multicast, or not given to anybody.
var public6 = netip.MustParsePrefix("2000::/3")

// special6 are networks within public6 that lead to no public host.
var special6 = prefixes(
	"2001::/23",         // protocol assignments, Teredo among them
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4: holds any IPv4 address
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public reports whether an address is one of a public host.
func public(addr netip.Addr) bool {
	special := special4
	if !addr.Is4() {
		if addr.Zone() != "" || !public6.Contains(addr) {
			return false
		}
		special = special6
	}
	for _, p := range special {
		if p.Contains(addr) {
			return false
		}
	}
	return addr.IsValid()
}

// control is asked by the dialer before each connection, with the address that
// it has chosen: nothing can change between the check and the connection.
func (l allowList) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return &addressError{address}
	}
	if !public(ap.Addr()) && !l.dials(ap) {
		return &addressError{address}
	}
	return nil
}
