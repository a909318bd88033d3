package plugin

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

// compiledOf returns the code that is compiled of a module.
func compiledOf(t *testing.T, source string, opts Options) []byte {
	t.Helper()
	info, err := Check(assemble(t, source), opts.Limits)
	if err != nil {
		t.Fatal(err)
	}
	code, err := (&Module{info: info, opts: opts}).meter(info.TakeCode())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Code is metered once for all its assets, and is what it is without a cache.
func TestMetered(t *testing.T) {
	bare := strings.Replace(variant(1, ""), `(@custom "bothost.asset" "")`, "", 1)
	for _, tt := range []struct {
		name          string
		first, second string
		kept          bool
	}{
		{"another asset", variant(1, "a"), variant(1, "b"), true},
		{"no asset any more", variant(1, "a"), bare, false},
		{"no asset", bare, bare, false},
		{"other code", variant(1, "a"), variant(2, "a"), false},
		{"an empty asset", variant(1, ""), variant(1, "a"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := Options{Cache: openCache(t, t.TempDir(), 0, new(logLines))}
			first, second := compiledOf(t, tt.first, opts), compiledOf(t, tt.second, opts)
			if got := &first[0] == &second[0]; got != tt.kept {
				t.Errorf("the metered code is kept: %t, want %t", got, tt.kept)
			}
			if want := compiledOf(t, tt.second, Options{}); !bytes.Equal(second, want) {
				t.Errorf("the metered code has %d bytes, want %d as without a cache",
					len(second), len(want))
			}
		})
	}
}

// What cannot be metered is refused each time, and is nobody else's code.
func TestMetered_refused(t *testing.T) {
	c := openCache(t, t.TempDir(), 0, new(logLines))
	good := compiledOf(t, variant(1, "a"), Options{Cache: c})
	bad := good[:len(good)-1]
	for range 2 {
		if code, err := c.metered.of(bad); err == nil {
			t.Fatalf("code that is cut off is metered: %d bytes", len(code))
		}
	}
	if again := compiledOf(t, variant(1, "b"), Options{Cache: c}); &again[0] != &good[0] {
		t.Error("code that was refused is kept")
	}
}

func TestMetered_Hammer(t *testing.T) {
	c := openCache(t, t.TempDir(), 0, new(logLines))
	var wants [2][]byte
	for i := range wants {
		wants[i] = compiledOf(t, variant(i+1, "a"), Options{})
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				n := (i + k) % 2
				if got := compiledOf(t, variant(n+1, "b"), Options{Cache: c}); !bytes.Equal(got, wants[n]) {
					t.Errorf("the code of variant %d is another one's", n)
				}
			}
		})
	}
	wg.Wait()
}

// The engine only reads the code that it compiles, which others may have too.
func TestMetered_unchanged(t *testing.T) {
	c := openCache(t, t.TempDir(), 0, new(logLines))
	for _, asset := range []string{"a", "b", "c"} {
		runCached(t, c, variant(1, asset))
		if want := compiledOf(t, variant(1, ""), Options{}); !bytes.Equal(c.metered.code, want) {
			t.Fatal("the code was changed by who compiled it")
		}
	}
}
