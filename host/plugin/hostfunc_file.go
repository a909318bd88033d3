package plugin

import "github.com/tetratelabs/wazero/api"

// filePiece is how much of a file is copied before the guest's time is looked at.
const filePiece = 256 << 10

func (in *Instance) hostReplyFile(mem api.Memory, stack []uint64) error {
	name, err := in.arg(mem, stack[0], stack[1], "name")
	if err != nil {
		return err
	}
	mime, err := in.arg(mem, stack[2], stack[3], "mime")
	if err != nil {
		return err
	}
	data, err := in.arg(mem, stack[4], stack[5], "data")
	if err != nil {
		return err
	}
	return in.host.ReplyFile(name, mime, data)
}

// hostFileRead reads in pieces: a disk may take its time, and the guest has only so
// much of it.
func (in *Instance) hostFileRead(mem api.Memory, stack []uint64) error {
	index, offset := int(int32(uint32(stack[0]))), int64(stack[1])
	dst, ok := mem.Read(uint32(stack[2]), uint32(stack[3]))
	if !ok {
		return badArg("buf", boundsError(mem, stack[2], stack[3]))
	}
	n := 0
	for {
		piece := dst[n:min(len(dst), n+filePiece)]
		m, ok, err := in.host.ReadFile(index, offset, piece)
		switch {
		case err != nil:
			return err
		case !ok:
			return absent(mem, stack[2], stack[3], stack)
		}
		n += m
		offset += int64(m)
		if m < len(piece) || n == len(dst) {
			stack[0] = uint64(uint32(n))
			return nil
		}
		if err := in.limit.check(); err != nil {
			return err
		}
	}
}
