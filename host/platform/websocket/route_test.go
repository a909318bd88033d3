package websocket

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
)

func TestRoute(t *testing.T) {
	for _, tc := range []struct {
		bots []string
		path string
		want string
	}{
		{[]string{"a"}, "/", "a"},
		{[]string{"a"}, "/chat/ws?user_id=1", "a"},
		{[]string{"b", "a"}, "/bots/a", "a"},
		{[]string{"b", "a"}, "/bots/b", "b"},
		{[]string{"b", "a"}, "/bots/c", "404 These bots are served here:\n/bots/a\n/bots/b\n"},
		{[]string{"b", "a"}, "/", "404 These bots are served here:\n/bots/a\n/bots/b\n"},
		{nil, "/", "404 No bot is served here.\n"},
		{[]string{"a"}, "/plain", "426 This is a WebSocket: connect with a chat client.\n"},
	} {
		f := newFake()
		f.names = tc.bots
		s := New(Options{Backend: f, Loopback: true})
		r := httptest.NewRequest(http.MethodGet, tc.path, nil)
		if tc.path != "/plain" {
			r.Header.Set("Upgrade", "WebSocket")
		}
		got, refused := s.route(r)
		if refused != nil {
			w := httptest.NewRecorder()
			refused.write(w)
			body, err := io.ReadAll(w.Result().Body)
			do(t, err)
			got = w.Result().Status[:4] + string(body)
		}
		if got != tc.want {
			t.Errorf("route(%v, %s) = %q, want %q", tc.bots, tc.path, got, tc.want)
		}
	}
}

// One below, at and one above each limit; and a place given back is free.
func TestPlaces(t *testing.T) {
	for _, tc := range []struct {
		name   string
		limits abi.Limits
		want   int
	}{
		{"of the host", abi.Limits{Connections: 2}, http.StatusServiceUnavailable},
		{"of an address", abi.Limits{AddressConnections: 2}, http.StatusTooManyRequests},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, _ := serve(t, newFake(), Options{Limits: tc.limits})
			first := greeted(t, url)
			greeted(t, url)
			_, err := client.Dial(background(t), client.Options{URL: url})
			if err == nil || !strings.Contains(err.Error(), http.StatusText(tc.want)) {
				t.Errorf("third connection: %v, want %d", err, tc.want)
			}
			var closed *client.ClosedError
			if errors.As(err, &closed) {
				t.Errorf("third connection was upgraded: %v", err)
			}
			do(t, first.Close())
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			for {
				c, err := client.Dial(ctx, client.Options{URL: url})
				if err == nil {
					do(t, c.CloseNow())
					return
				}
				if ctx.Err() != nil {
					t.Fatalf("after one left: %v", err)
				}
			}
		})
	}
}
