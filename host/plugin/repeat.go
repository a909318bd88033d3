package plugin

import (
	"math/rand/v2"
	"time"
)

// Seed has the guest's randomness follow from seed from now on. Until it is called,
// and for start functions, the seed is zero. It is for modules with Options.Repeat;
// all others have the system's randomness.
func (in *Instance) Seed(seed [32]byte) {
	if in.module.opts.Repeat {
		in.random = rand.NewChaCha8(seed)
	}
}

// walltime is the turn's time, for WASI.
func (in *Instance) walltime() (sec int64, nsec int32) {
	return in.now / 1000, int32(in.now%1000) * int32(time.Millisecond)
}
