package door

import (
	"net/http"
	"sync"
	"testing"
)

func TestAddressOf(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:99":                "192.0.2.1",
		"[::ffff:192.0.2.1]:99":       "192.0.2.1",
		"[2001:db8:1:2:3::4]:99":      "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::1]:1":    "2001:db8:1:2::/64",
		"[::1]:99":                    "::1",
		"[fe80::1%eth0]:99":           "fe80::/64",
		"pipe":                        "pipe",
		"@":                           "@",
		"[2001:db8::1%25weird]:65535": "2001:db8::/64",
	} {
		if got := AddressOf(remote); got != want {
			t.Errorf("AddressOf(%s) = %s, want %s", remote, got, want)
		}
	}
}

// One below, at and one above each limit; and a place given back is free.
func TestPlaces(t *testing.T) {
	p := Places{Most: 3, MostOfOne: 2}
	for i, tt := range []struct {
		address string
		want    int
	}{
		{"a", 0}, {"a", 0}, {"a", http.StatusTooManyRequests}, {"b", 0},
		{"b", http.StatusServiceUnavailable}, {"a", http.StatusServiceUnavailable},
	} {
		got := 0
		if refused := p.Take(tt.address); refused != nil {
			got = refused.Status
		}
		if got != tt.want {
			t.Errorf("%d: Take(%s) = %d, want %d", i, tt.address, got, tt.want)
		}
	}
	p.Give("a")
	if refused := p.Take("b"); refused != nil {
		t.Errorf("Take(b) after one left = %+v", refused)
	}
	for _, address := range []string{"a", "b", "b"} {
		p.Give(address)
	}
	if len(p.of) != 0 || p.taken != 0 {
		t.Errorf("%d are taken, of %v, want none", p.taken, p.of)
	}
}

func TestPlaces_Hammer(t *testing.T) {
	p := Places{Most: 5, MostOfOne: 2}
	addresses := []string{"a", "b", "c", "d"}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				address := addresses[(g+i)%len(addresses)]
				if p.Take(address) != nil {
					continue
				}
				p.mu.Lock()
				if p.taken > p.Most || p.of[address] > p.MostOfOne {
					t.Errorf("%d are taken, %d of %s", p.taken, p.of[address], address)
				}
				p.mu.Unlock()
				p.Give(address)
			}
		})
	}
	wg.Wait()
	if len(p.of) != 0 || p.taken != 0 {
		t.Errorf("%d are taken, of %v, want none", p.taken, p.of)
	}
}
