package plugin

import (
	"fmt"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
)

// arg reads the guest's bytes at a pointer and a length, as a view.
func (in *Instance) arg(mem api.Memory, ptr, length uint64, name string) ([]byte, error) {
	b, ok := mem.Read(uint32(ptr), uint32(length))
	if !ok {
		return nil, badArg(name, boundsError(mem, ptr, length))
	}
	in.work += len(b)
	return b, nil
}

func boundsError(mem api.Memory, ptr, length uint64) error {
	return fmt.Errorf("%d bytes at %d: %w, which has %d bytes",
		uint32(length), uint32(ptr), errBounds, mem.Size())
}

// text is arg for what must be UTF-8.
func (in *Instance) text(mem api.Memory, ptr, length uint64, name string) ([]byte, error) {
	b, err := in.arg(mem, ptr, length, name)
	if err == nil && !utf8.Valid(b) {
		err = badArg(name, abi.ErrNotUTF8)
	}
	return b, err
}

// limited is text for what has at most limit bytes, called what in the error.
func (in *Instance) limited(
	mem api.Memory, ptr, length uint64, name, what string, limit int64,
) ([]byte, error) {
	if n := uint32(length); int64(n) > limit {
		err := fmt.Errorf("%s has at most %d bytes, this one has %d", what, limit, n)
		return nil, badArg(name, err)
	}
	return in.text(mem, ptr, length, name)
}

// pull answers a pure read: the length goes to stack[0], and the value into the
// guest's buffer if it fits.
func pull[S ~string | ~[]byte](
	in *Instance, mem api.Memory, buf, capacity uint64, stack []uint64, value S,
) error {
	dst, ok := mem.Read(uint32(buf), uint32(capacity))
	if !ok {
		return badArg("buf", boundsError(mem, buf, capacity))
	}
	if len(value) <= len(dst) {
		in.work += copy(dst, value)
	}
	stack[0] = uint64(uint32(len(value)))
	return nil
}

// absent answers a pure read of what does not exist.
func absent(mem api.Memory, buf, capacity uint64, stack []uint64) error {
	if _, ok := mem.Read(uint32(buf), uint32(capacity)); !ok {
		return badArg("buf", boundsError(mem, buf, capacity))
	}
	stack[0] = uint64(uint32(0xffffffff)) // abi.Absent
	return nil
}
