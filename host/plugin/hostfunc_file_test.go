package plugin

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// What is larger than a piece comes in pieces, and whole.
func TestFileRead_pieces(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<15) // 512 KiB
	const room = memSize - buf
	for _, tt := range []struct {
		name         string
		offset, size int64
		want         string
		reads        int
	}{
		{"one below a piece", 0, filePiece - 1, content[:filePiece-1], 1},
		{"a piece", 0, filePiece, content[:filePiece], 1},
		{"one above a piece", 0, filePiece + 1, content[:filePiece+1], 2},
		{"all that there is room for", 7, room, content[7 : 7+room], 2},
		{"the end, after a piece", int64(len(content)) - filePiece - 3, room,
			content[len(content)-filePiece-3:], 2},
		{"the end, with a piece", int64(len(content)) - filePiece, room,
			content[len(content)-filePiece:], 1},
		{"beyond", int64(len(content)), 9, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reads := 0
			c := newCall(abi.FuncFileRead, 0, tt.offset, buf, tt.size)
			c.fileSize = int64(len(content))
			c.file = func(dst []byte, offset int64) (int, error) {
				reads++
				return strings.NewReader(content).ReadAt(dst, offset)
			}
			got := c.make(t)
			if got.err != nil || got.result != int64(len(tt.want)) || got.read != tt.want {
				t.Errorf("file_read = %d, %v, want %d bytes as they are", got.result, got.err, len(tt.want))
			}
			if reads != tt.reads {
				t.Errorf("the file was read %d times, want %d", reads, tt.reads)
			}
		})
	}
}

// A disk that is slow takes of the guest's time: the turn ends with the piece in which
// it is up.
func TestFileRead_slow(t *testing.T) {
	reads := 0
	c := newCall(abi.FuncFileRead, 0, 0, buf, memSize-buf).times(1000)
	c.limits, c.fileSize = abi.Limits{TurnTime: 20 * time.Millisecond}, 1<<30
	c.file = func(dst []byte, _ int64) (int, error) {
		reads++
		for begun := time.Now(); time.Since(begun) < 15*time.Millisecond; {
		}
		return len(dst), nil
	}
	got := c.make(t)
	if !errors.Is(got.err, context.DeadlineExceeded) || reads > 3 {
		t.Errorf("file_read = %v after %d reads, want the time to be up", got.err, reads)
	}
}

// What the disk says ends the turn.
func TestFileRead_broken(t *testing.T) {
	broken := errors.New("broken disk")
	for _, err := range []error{broken, io.EOF} {
		c := newCall(abi.FuncFileRead, 0, 0, buf, 9)
		c.fileSize = 5
		c.file = func([]byte, int64) (int, error) { return 0, err }
		want := err
		if err == io.EOF { // the file is shorter than it was
			want = io.ErrUnexpectedEOF
		}
		if got := c.make(t); argumentOf(t, c.f, got.err) != "" || !errors.Is(got.err, want) {
			t.Errorf("file_read = %v, want %v", got.err, want)
		}
	}
}

// Each pointer of reply_file, out of bounds.
func TestReplyFile_bounds(t *testing.T) {
	for i, name := range []string{"name", "mime", "data"} {
		for _, o := range []struct{ ptr, size int64 }{
			{memSize - 9, 10}, {memSize, 1}, {memSize + 1, 0}, {-1, 2}, {-16, 32}, {1, -1},
		} {
			args := []int64{mem, 1, mem + 1, 3, mem, 4}
			args[2*i], args[2*i+1] = o.ptr, o.size
			got := newCall(abi.FuncReplyFile, args...).with("xa/b").make(t)
			if arg := argumentOf(t, abi.FuncReplyFile, got.err); arg != name || !errors.Is(got.err, errBounds) {
				t.Errorf("%s(%d, %d): %v, want %s out of bounds", name, o.ptr, o.size, got.err, name)
			}
		}
	}
	got := newCall(abi.FuncReplyFile, mem, 1, mem+1, 3, mem, 4).with("xa/b").make(t)
	if files := got.draft.Files(); got.err != nil || len(files) != 1 || string(files[0].Data) != "xa/b" {
		t.Errorf("reply_file = %v, %v, want the four bytes", got.err, files)
	}
}
