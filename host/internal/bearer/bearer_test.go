package bearer_test

import (
	"net/http"
	"testing"

	"github.com/bothost/bothost/host/internal/bearer"
)

func TestToken(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   string
		ok     bool
	}{
		{"a token", []string{"Bearer secret"}, "secret", true},
		{"case of the scheme", []string{"bEARER secret"}, "secret", true},
		{"space around", []string{"Bearer  secret "}, "secret", true},
		{"an empty token", []string{"Bearer "}, "", true},
		{"the scheme alone", []string{"Bearer"}, "", true},
		{"no header", nil, "", false},
		{"an empty header", []string{""}, "", false},
		{"another scheme", []string{"Basic secret"}, "", false},
		{"a longer scheme", []string{"Bearers secret"}, "", false},
		{"two headers", []string{"Bearer secret", "Bearer secret"}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &http.Request{Header: http.Header{"Authorization": tt.values}}
			if got, ok := bearer.Token(r); got != tt.want || ok != tt.ok {
				t.Errorf("Token(%q) = %q, %t, want %q, %t", tt.values, got, ok, tt.want, tt.ok)
			}
		})
	}
}
