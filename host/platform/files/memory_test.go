package files_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	store "github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/platform/files"
)

// TestPost_memory: a hundred files that come at once, each half-way, take at most
// 64 KiB each, however large they are, and that with both ends of the connection.
func TestPost_memory(t *testing.T) {
	for _, asForm := range []bool{false, true} {
		each, err := uploadsMemory(t, 100, 1<<20, asForm)
		t.Logf("%d bytes each, as a form: %t", each, asForm)
		if err != nil || each > 64<<10 {
			t.Errorf("%d bytes each, as a form: %t, %v, want 64 KiB at most", each, asForm, err)
		}
	}
}

// uploadsMemory brings so many files at once and returns what each took in memory
// when half of it was there.
func uploadsMemory(tb testing.TB, n, size int, asForm bool) (each int, err error) {
	tb.Helper()
	s := newServer(tb, files.Options{})
	disk, err := store.OpenStore(store.Options{Dir: s.dir, Writers: n})
	if err != nil {
		tb.Fatal(err)
	}
	s.uploads = store.NewUploads(store.UploadOptions{Store: disk, Open: n,
		Running: n, RunningOfSession: n, RunningOfAddress: n})
	half := bytes.Repeat([]byte{0, 1, 2, 3}, size/8)
	conns := make([]net.Conn, n)
	before := memory()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range conns {
		conns[i] = dial(tb, s)
		headers, head := fmt.Sprintf("Content-Length: %d\r\n", size), ""
		if asForm {
			head = "--xyz\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n"
			headers = fmt.Sprintf("Content-Type: multipart/form-data; boundary=xyz\r\n"+
				"Content-Length: %d\r\n", size+len(head)+len(formEnd))
		}
		send(tb, conns[i], s.token(tb), headers, head)
		wg.Go(func() { _, errs[i] = conns[i].Write(half) })
	}
	wg.Wait()
	eventually(tb, func() string { // until the server has read it
		return halfWritten(s.dir, n, size/2)
	})
	peak := memory()
	for i, conn := range conns {
		wg.Go(func() { errs[i] = finish(conn, half, asForm, errs[i]) })
	}
	wg.Wait()
	for _, e := range errs {
		if e != nil {
			err = e
		}
	}
	return (peak - before) / n, err
}

const formEnd = "\r\n--xyz--\r\n"

func finish(conn net.Conn, half []byte, asForm bool, err error) error {
	if err == nil {
		_, err = conn.Write(half)
	}
	if err == nil && asForm {
		_, err = io.WriteString(conn, formEnd)
	}
	if err != nil {
		return err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil && resp.StatusCode != 201 {
		err = fmt.Errorf("the answer is %s", resp.Status)
	}
	if err == nil {
		_ = resp.Body.Close()
	}
	return err
}

// halfWritten says what is missing until so many files have so many bytes, a last
// buffer apart.
func halfWritten(dir string, n, size int) string {
	all, err := filepath.Glob(filepath.Join(dir, "tmp", "*"))
	if err != nil || len(all) != n {
		return fmt.Sprintf("%d files are being written, %v", len(all), err)
	}
	for _, path := range all {
		if info, err := os.Stat(path); err != nil || int(info.Size()) < size-64<<10 {
			return fmt.Sprintf("%s has not come half-way, %v", path, err)
		}
	}
	return ""
}

// memory returns what is in use on the heap and by stacks.
func memory() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// bare is what an upload to disk takes at least: no token, no hash, no limit.
func bare(dir string, sync bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, err := os.CreateTemp(dir, "")
		if err == nil {
			_, err = io.Copy(f, r.Body)
		}
		if err == nil && sync {
			err = f.Sync()
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = os.Remove(f.Name())
		w.WriteHeader(http.StatusCreated)
	})
}

// BenchmarkPost sends files of 10 MB, each time to a bare server, to one that
// syncs, and to ours, and compares them.
func BenchmarkPost(b *testing.B) {
	const size = 10 << 20
	content := strings.Repeat("0123456789abcdef", size/16)
	s := newServer(b, files.Options{})
	plain := httptest.NewServer(bare(b.TempDir(), false))
	defer plain.Close()
	synced := httptest.NewServer(bare(b.TempDir(), true))
	defer synced.Close()
	var took [4]time.Duration
	body, typ := form("a", "", content)
	i := 0
	for b.Loop() {
		i++
		head := fmt.Sprintf("%16d", i) // no two files are the same
		took[0] += timed(b, plain.URL, "", "", head+content[16:])
		took[1] += timed(b, synced.URL, "", "", head+content[16:])
		took[2] += timed(b, s.URL+uploadPath, s.token(b), "", head+content[16:])
		took[3] += timed(b, s.URL+uploadPath, s.token(b), typ,
			strings.Replace(body, content[:16], "f"+head[1:], 1))
		s.uploads.Drop("echo/s1")
	}
	for i, name := range []string{"bare", "synced", "ours", "form"} {
		b.ReportMetric(float64(took[i].Milliseconds())/float64(b.N), "ms-"+name)
	}
	b.ReportMetric(took[2].Seconds()/took[0].Seconds(), "x-bare")
	b.ReportMetric(took[2].Seconds()/took[1].Seconds(), "x-synced")
	b.SetBytes(4 * size)
}

func timed(b *testing.B, url, token, typ, body string) time.Duration {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url,
		strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", typ)
	start := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != 201 {
		b.Fatal(resp.Status, err)
	}
	_ = resp.Body.Close()
	return time.Since(start)
}

// BenchmarkPost_memory says what each of a hundred files takes that come at once.
func BenchmarkPost_memory(b *testing.B) {
	for b.Loop() {
		each, err := uploadsMemory(b, 100, 10<<20, false)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(each), "B/upload")
	}
}
