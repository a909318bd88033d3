package extism

import "fmt"

func (k *Kernel) alloc(stack []uint64) error {
	stack[0] = k.mem.Alloc(stack[0])
	return nil
}

func (k *Kernel) free(stack []uint64) error {
	k.drop(stack[0])
	return nil
}

// drop frees a block; if it is that of the input, there is none any more.
func (k *Kernel) drop(h uint64) {
	if h == k.input && k.mem.Length(h) != 0 {
		k.inputLen = 0
	}
	k.mem.Free(h)
}

func (k *Kernel) length(stack []uint64) error {
	stack[0] = k.mem.Length(stack[0])
	return nil
}

func (k *Kernel) load8(stack []uint64) error {
	v, ok := k.mem.Load8(stack[0])
	if !ok {
		return k.outside(stack[0], 1)
	}
	stack[0] = uint64(v)
	return nil
}

func (k *Kernel) load64(stack []uint64) error {
	v, ok := k.mem.Load64(stack[0])
	if !ok {
		return k.outside(stack[0], 8)
	}
	stack[0] = v
	return nil
}

func (k *Kernel) store8(stack []uint64) error {
	if !k.mem.Store8(stack[0], byte(stack[1])) {
		return k.outside(stack[0], 1)
	}
	return nil
}

func (k *Kernel) store64(stack []uint64) error {
	if !k.mem.Store64(stack[0], stack[1]) {
		return k.outside(stack[0], 8)
	}
	return nil
}

func (k *Kernel) memoryBytes(stack []uint64) error {
	stack[0] = k.mem.Size()
	return nil
}

func (k *Kernel) clear([]uint64) error {
	k.reset()
	return nil
}

func (k *Kernel) inputLength(stack []uint64) error {
	stack[0] = k.inputLen
	return nil
}

func (k *Kernel) inputOffset(stack []uint64) error {
	stack[0] = k.input
	return nil
}

func (k *Kernel) inputLoad8(stack []uint64) error {
	off := stack[0]
	if off >= k.inputLen {
		return k.outsideInput(off, 1)
	}
	stack[0] = k.input + off
	return k.load8(stack)
}

func (k *Kernel) inputLoad64(stack []uint64) error {
	off := stack[0]
	if off >= k.inputLen || k.inputLen-off < 8 {
		return k.outsideInput(off, 8)
	}
	stack[0] = k.input + off
	return k.load64(stack)
}

func (k *Kernel) outsideInput(off, n uint64) error {
	return fault("offset", fmt.Errorf("%d bytes at %d: the input has %d bytes", n, off, k.inputLen))
}

// inputSet and outputSet do nothing if what they name is not in the arena, as handle
// 0 is not.
func (k *Kernel) inputSet(stack []uint64) error {
	if k.mem.Inside(stack[0], max(stack[1], 1)) {
		k.input, k.inputLen = stack[0], stack[1]
	}
	return nil
}

func (k *Kernel) outputSet(stack []uint64) error {
	off, n := stack[0], stack[1]
	if !k.mem.Inside(off, max(n, 1)) {
		return nil
	}
	if n > uint64(k.opts.OutputBytes) {
		return fault("length", fmt.Errorf("an output has at most %d bytes, this one has %d",
			k.opts.OutputBytes, n))
	}
	k.output, k.outputLen, k.replaced = off, n, true
	return nil
}

func (k *Kernel) outputLength(stack []uint64) error {
	stack[0] = k.outputLen
	return nil
}

func (k *Kernel) outputOffset(stack []uint64) error {
	stack[0] = k.output
	return nil
}

// errorSet keeps a handle, not the words: these count as they are when the call
// ends.
func (k *Kernel) errorSet(stack []uint64) error {
	if h := stack[0]; h == 0 || k.mem.Inside(h, 1) {
		k.fault = h
	}
	return nil
}

func (k *Kernel) errorGet(stack []uint64) error {
	stack[0] = k.fault
	return nil
}
