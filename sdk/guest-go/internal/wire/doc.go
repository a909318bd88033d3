// Package wire is the edge of the guest: the host functions of bothost_v1 with
// slices and strings for parameters in the place of addresses and lengths. On
// wasip1 they are the imports themselves; elsewhere they go to a [Host] that a
// test installs, so that a bot's logic runs in go test. It is the only package
// of the SDK that uses unsafe.
//
// The functions are specified in abi/README.md. Those that read return the full
// length of what they read, and have written it only if it fits in buf; they
// return [Absent] for what does not exist.
package wire
