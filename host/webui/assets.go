package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// pages are the files of the page.
//
//go:embed page
var pages embed.FS

// library has plotly's file, gzipped, if make ui had brought it when the program
// was built. The folder always is, so that Go alone builds it.
//
//go:embed npm/library
var library embed.FS

const plotlyFile = "npm/library/plotly.js.gz"

// asset is one file as it is sent.
type asset struct {
	kind, etag     string
	plain, gzipped []byte
}

// assets are all files by their names below /ui/.
type assets map[string]*asset

// loaded are the files, which are packed when they are first needed.
var loaded = sync.OnceValues(loadAssets)

// loadAssets reads and packs the files. They are part of the program: what is wrong
// with them is a fault of ours.
func loadAssets() (assets, error) {
	all := make(assets)
	err := fs.WalkDir(pages, "page", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		plain, err := pages.ReadFile(name)
		if err != nil {
			return err
		}
		packed, err := pack(plain)
		all[strings.TrimPrefix(name, "page/")] = newAsset(name, plain, packed)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	packed, err := library.ReadFile(plotlyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return all, nil
	case err != nil:
		return nil, fmt.Errorf("webui: %w", err)
	}
	all[plotlyName] = newAsset(plotlyName, nil, packed)
	return all, nil
}

// plotlyName is the library's name below /ui/.
const plotlyName = "plotly.js"

func pack(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err = w.Write(plain); err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// newAsset makes an asset. plain may be nil for what is only sent packed.
func newAsset(name string, plain, packed []byte) *asset {
	hash := sha256.Sum256(packed)
	return &asset{
		kind: contentType(name), etag: `"` + hex.EncodeToString(hash[:12]) + `"`,
		plain: plain, gzipped: packed,
	}
}

// contentType does not ask the system, which may know other names for it.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// serve answers with the file, or that the client has it.
func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("ETag", a.etag)
	h.Add("Vary", "Accept-Encoding")
	// Another program may serve another page tomorrow: browsers ask each time, and
	// mostly hear that nothing is new.
	h.Set("Cache-Control", "no-cache")
	if matches(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.plain
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = a.gzipped
	} else if body == nil {
		unpacked, err := unpack(a.gzipped)
		if err != nil {
			http.Error(w, "This file is damaged.", http.StatusInternalServerError)
			return
		}
		body = unpacked
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away needs no answer
	}
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}

// matches reads If-None-Match.
func matches(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == etag || tag == "*" {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding. Of the weights only that of "not at all" is of
// interest.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		value, _ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return err != nil || q > 0
	}
	return false
}
