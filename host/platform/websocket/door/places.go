package door

import (
	"net/http"
	"net/netip"
	"sync"
)

// Places are what connections take while they last: at most Most at once, and
// MostOfOne from one address. Both are set before the first is taken.
type Places struct {
	Most, MostOfOne int64

	mu    sync.Mutex // guards the following
	taken int64
	of    map[string]int64
}

// Take takes a place for an address, until Give.
func (p *Places) Take(address string) *Refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.taken >= p.Most:
		return &Refusal{http.StatusServiceUnavailable, "There are too many connections.", 10}
	case p.of[address] >= p.MostOfOne:
		return &Refusal{http.StatusTooManyRequests,
			"There are too many connections from your address.", 10}
	}
	if p.of == nil {
		p.of = make(map[string]int64)
	}
	p.taken++
	p.of[address]++
	return nil
}

// Give gives a place back that was taken for the address.
func (p *Places) Give(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.of[address]--; p.of[address] == 0 {
		delete(p.of, address)
	}
}

// AddressOf returns what counts as one address: that of a machine for IPv4, the
// network of 64 bits that one customer has for IPv6.
func AddressOf(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	addr := ap.Addr().Unmap().WithZone("")
	if addr.Is6() && !addr.IsLoopback() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}
