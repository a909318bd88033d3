package files_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/host/platform/files"
)

// collecting takes every file, and remembers the last one.
type collecting struct {
	refusing
	got  files.Incoming
	body []byte
	took bool
}

func (c *collecting) Receive(_ context.Context, in files.Incoming, body io.Reader) (
	files.Upload, error) {
	var err error
	c.got = in
	if c.body, err = io.ReadAll(io.LimitReader(body, in.Limit+1)); err != nil {
		return files.Upload{}, err
	}
	if int64(len(c.body)) > in.Limit {
		return files.Upload{}, files.ErrTooLarge
	}
	c.took = true
	return files.Upload{ID: "id", Name: in.Name, Type: "text/plain", Size: int64(len(c.body))}, nil
}

// FuzzForm: a body is a form with one file, as mime/multipart reads it, or it is
// refused with a reason.
func FuzzForm(f *testing.F) {
	one, typ := form("../../x", "text/plain", "hello")
	two, _ := form("a", "a/b", "a", "b", "c/d", "b")
	for _, body := range []string{one, two, "", one[:40], one + "x", "x\r\n" + one,
		strings.ReplaceAll(one, "\r\n", "\n"),
		strings.Replace(one, "hello", "\r\n--xyz", 1),
		strings.Replace(one, "filename", "name", 1)} {
		f.Add(typ, "name=a", []byte(body))
		f.Add("text/plain", "", []byte(body))
		f.Add("multipart/form-data; boundary=\"x y\"", "", []byte(body))
	}
	f.Fuzz(func(t *testing.T, typ, query string, body []byte) {
		c := &collecting{}
		h := files.New(files.Options{Uploads: c, Downloads: &backend{}, Limit: 1000})
		req := httptest.NewRequest(http.MethodPost, uploadPath, bytes.NewReader(body))
		req.URL.RawQuery = query
		req.Header.Set("Content-Type", typ)
		req.Header.Set("Authorization", "Bearer x")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		var doc struct{ File, Name, Error, Code string }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatalf("the answer is %d %s: %v", w.Code, w.Body, err)
		}
		if taken := w.Code == http.StatusCreated; taken != c.took || taken == (doc.Code != "") {
			t.Fatalf("the answer is %d %s, it was taken: %t", w.Code, w.Body, c.took)
		}
		if !c.took {
			return
		}
		if files.CleanName(c.got.Name) != c.got.Name || !utf8.ValidString(doc.Name) {
			t.Errorf("the name is %q", c.got.Name)
		}
		if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(typ)), "multipart/") {
			if !bytes.Equal(c.body, body) {
				t.Errorf("%q is taken as %q", body, c.body)
			}
			return
		}
		wantOnePart(t, req, body, c.body)
	})
}

// wantOnePart reads a form in the usual way.
func wantOnePart(t *testing.T, req *http.Request, body, got []byte) {
	t.Helper()
	req.Body = io.NopCloser(bytes.NewReader(body))
	r, err := req.MultipartReader()
	if err != nil {
		t.Fatalf("%q is no form: %v", body, err)
	}
	var parts []*multipart.Part
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%q is no form: %v", body, err)
		}
		want, err := io.ReadAll(part)
		if err != nil || !bytes.Equal(got, want) || part.FileName() == "" {
			t.Errorf("%q is taken as %q, want %q of a file", body, got, want)
		}
		parts = append(parts, part)
	}
	if len(parts) != 1 {
		t.Errorf("%q has %d parts", body, len(parts))
	}
}
