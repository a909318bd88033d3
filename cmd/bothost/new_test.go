package main

import "testing"

func TestReleasedVersion(t *testing.T) {
	for _, tt := range []struct{ version, want string }{
		{"v1.2.3", "v1.2.3"},
		{"v0.10.0", "v0.10.0"},
		{"v1.0.0-rc.1", "v1.0.0-rc.1"},
		{"(devel)", ""},
		{"(unknown)", ""},
		{"v1.2.3+dirty", ""},
		{"v0.0.0-20261121184000-0123456789ab", ""},
		{"v1.2.4-0.20261121184000-0123456789ab", ""},
		{"v1.2.4-rc.1.0.20261121184000-0123456789ab", ""},
		{"v1.2", ""},
	} {
		if got := releasedVersion(tt.version); got != tt.want {
			t.Errorf("releasedVersion(%q) = %q, want %q", tt.version, got, tt.want)
		}
	}
}
