package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/bothost/bothost/host/internal/smalldisk"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// fill leaves so much free on a disk.
func fill(t *testing.T, dir string, left int64) (ballast string) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	ballast = filepath.Join(dir, "ballast")
	file, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	free := int64(s.Bavail) * s.Bsize
	if err := syscall.Fallocate(int(file.Fd()), 0, 0, free-left); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// A disk that has no room for files has some for what people say. An upload, and a
// reply that is a file, are refused until there is room again; then the same token and
// the same message are as good as before.
func TestFiles_FullDisk(t *testing.T) {
	dir := smalldisk.Mount(t, "size=400m")
	data := filepath.Join(dir, "data")
	h := serve(t, assemble(t, giveBack), Options{Data: data, Gone: -1})
	c := newCarrier(t, dial(t, h), h.Addr().String(), data)
	c.ask("m0", "hello") // the session is on disk
	brought := c.post(c.ticket("u1"), "?name=a", "", bytes.NewReader(noise(10_000, 1)))
	ticket := c.ticket("u2")
	for round := range 2 {
		ballast := fill(t, dir, fileReserve-1<<20)
		got := c.post(ticket, "?name=b", "", bytes.NewReader(noise(20_000, 2)))
		if got.status != 503 || got.Code != "store_unavailable" || got.Error == "" {
			t.Errorf("POST = %+v, want 503 store_unavailable", got)
		}
		id := fmt.Sprintf("f%d", round)
		if err := c.Files(t.Context(), id, brought.File); err != nil {
			t.Fatal(err)
		}
		if f := c.receive(); f.Type != native.Rejected || f.ID != id ||
			f.Code != "store_unavailable" || f.RetryMS == 0 {
			t.Errorf("answer to files = %+v, want store_unavailable, to be tried again", f)
		}
		if e := c.ask(fmt.Sprintf("m1-%d", round), "still there?"); e.Body != "still there?" {
			t.Errorf("answer = %+v", e)
		}
		c.wantFiles(1 + round)
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if err := c.Files(t.Context(), id, brought.File); err != nil {
			t.Fatal(err)
		}
		if f := c.receive(); f.Type != native.Accepted || f.ID != id || f.Duplicate {
			t.Errorf("answer to the same files = %+v, want accepted", f)
		}
		c.wantContent(c.receive().Files[0].URL, noise(10_000, 1))
		if got := c.post(ticket, "?name=b", "",
			bytes.NewReader(noise(20_000, 2))); got.status != 201 {
			t.Errorf("POST = %+v, want 201", got)
		}
		c.wantFiles(2)
	}
	h.logged(t, "cannot keep a file", "files cannot be reached")
}
