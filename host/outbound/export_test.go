package outbound

import (
	"crypto/x509"
	"net"
	"net/netip"
)

// Trust makes the client trust the certificates of test servers.
func (c *Client) Trust(roots *x509.CertPool) { c.transport.TLSClientConfig.RootCAs = roots }

// Resolve makes the client ask another resolver.
func (c *Client) Resolve(r *net.Resolver) { c.dialer.Resolver = r }

// Public is for the table of addresses.
func Public(addr netip.Addr) bool { return public(addr) }

// Canonical is for the tables of names.
func Canonical(host string) (string, error) {
	name, _, err := canonical(host)
	return name, err
}

// Allowed reports what the list says of a URL, and the URL as it would be sent.
func Allowed(allow []string, text string) (string, bool, error) {
	list, err := parseAllow(allow)
	if err != nil {
		return "", false, err
	}
	u, err := list.parseURL(text)
	if err != nil {
		return "", false, nil
	}
	return u.String(), true, nil
}
