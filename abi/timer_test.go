package abi_test

import (
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestCheckDelay(t *testing.T) {
	const year = 31_536_000_000
	for ms, want := range map[int64]bool{
		-1 << 63: false, -1: false, 0: false, 99: false, 100: true, 101: true,
		year - 1: true, year: true, year + 1: false, 1<<63 - 1: false,
	} {
		if err := abi.CheckDelay(ms); (err == nil) != want {
			t.Errorf("CheckDelay(%d) = %v, want it to be legal: %t", ms, err, want)
		}
	}
}
