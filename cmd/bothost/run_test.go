package main

import "testing"

// TestRunFlags_alone tells when the page shows what is inside by itself.
func TestRunFlags_alone(t *testing.T) {
	for _, tt := range []struct {
		name, addr, tokens string
		hosts              []string
		want               bool
	}{
		{name: "this machine", addr: "127.0.0.1:8765", want: true},
		{name: "this machine by its name", addr: "localhost:0", want: true},
		{name: "this machine, IPv6", addr: "[::1]:8765", want: true},
		{name: "everybody", addr: ":8765"},
		{name: "everybody by number", addr: "0.0.0.0:8765"},
		{name: "a network", addr: "192.168.1.2:8765"},
		{name: "no address", addr: "127.0.0.1"},
		{name: "behind a proxy", addr: "127.0.0.1:8765", hosts: []string{"bots.example"}},
		{name: "those with a token", addr: "127.0.0.1:8765", tokens: "tokens.txt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &runFlags{tokens: tt.tokens}
			f.opts.Addr, f.opts.Hosts = tt.addr, tt.hosts
			if got := f.alone(); got != tt.want {
				t.Errorf("alone() at %q = %t, want %t", tt.addr, got, tt.want)
			}
		})
	}
}
