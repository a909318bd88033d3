package websocket

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
)

// bufferSize is the size of the read and the write buffer of a connection.
// Larger ones would save system calls on long frames, but an idle connection
// keeps them.
const bufferSize = 1 << 10

// hijacker puts our socket between the library and the network, with buffers
// that are small, where net/http has 4 KiB each.
type hijacker struct {
	http.ResponseWriter
	socket *socket
	reader *bufio.Reader
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
	h.reader = bufio.NewReaderSize(h.socket, bufferSize)
	return h.socket, bufio.NewReadWriter(h.reader, bufio.NewWriterSize(h.socket, bufferSize)), nil
}
