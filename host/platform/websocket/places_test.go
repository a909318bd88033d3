package websocket

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
)

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
