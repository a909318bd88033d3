package abi_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestValidID(t *testing.T) {
	tests := []struct {
		name string
		id   string
		want bool
	}{
		{"one byte", "a", true},
		{"one below the limit", strings.Repeat("a", 63), true},
		{"at the limit", strings.Repeat("a", 64), true},
		{"one above the limit", strings.Repeat("a", 65), false},
		{"a limit counts bytes", strings.Repeat("é", 33), false},
		{"letters of any language", "séance-七", true},
		{"a space", "a b", true},
		{"nothing", "", false},
		{"a control character", "a\nb", false},
		{"half of a character", "a\xc3", false},
		{"a byte order mark", "\ufeffa", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := abi.ValidID(tt.id, 64); got != tt.want {
				t.Errorf("ValidID(%q, 64) = %t, want %t", tt.id, got, tt.want)
			}
		})
	}
}
