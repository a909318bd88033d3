package socket

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
)

// BufferSize is the size of the read and the write buffer of a connection.
// Larger ones would save system calls on long frames, but an idle connection
// keeps them.
const BufferSize = 1 << 10

// Over returns a response that, when it is hijacked, puts the socket between the
// library and the network, with buffers that are small, where net/http has 4 KiB
// each.
func (s *Socket) Over(w http.ResponseWriter) http.ResponseWriter {
	return &hijacker{ResponseWriter: w, socket: s}
}

type hijacker struct {
	http.ResponseWriter
	socket *Socket
}

// Hijack takes the connection over.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over connection: %w", err)
	}
	early, err := rw.Reader.Peek(rw.Reader.Buffered())
	if err != nil {
		_ = nc.Close()
		return nil, nil, fmt.Errorf("take over connection: %w", err)
	}
	h.socket.Conn = nc
	h.socket.early = bytes.Clone(early)
	h.socket.in = bufio.NewReaderSize(h.socket, BufferSize)
	out := bufio.NewWriterSize(h.socket, BufferSize)
	return h.socket, bufio.NewReadWriter(h.socket.in, out), nil
}
