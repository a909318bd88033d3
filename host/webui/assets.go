package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/bothost/bothost/host/internal/packed"
)

// pages are the files of the page.
//
//go:embed page
var pages embed.FS

//go:embed npm/library
var library embed.FS

// plotly draws charts, if it is there.
var plotly = &packed.File{
	FS: library, Path: "npm/library/plotly.js.gz", What: "plotly", Target: "ui",
}

// asset is one file as it is sent.
type asset struct {
	kind, etag string
	gzipped    []byte
	plain      func() ([]byte, error)
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
		gzipped, err := pack(plain)
		all[strings.TrimPrefix(name, "page/")] = newAsset(name, gzipped,
			func() ([]byte, error) { return plain, nil })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	if plotly.There() {
		gzipped, err := plotly.Packed()
		if err != nil {
			return nil, fmt.Errorf("webui: %w", err)
		}
		all[plotlyName] = newAsset(plotlyName, gzipped, plotly.Unpacked)
	}
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

// newAsset makes an asset, of which plain returns what few clients want.
func newAsset(name string, gzipped []byte, plain func() ([]byte, error)) *asset {
	hash := sha256.Sum256(gzipped)
	return &asset{
		kind: contentType(name), etag: `"` + hex.EncodeToString(hash[:12]) + `"`,
		gzipped: gzipped, plain: plain,
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
	body := a.gzipped
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
	} else if plain, err := a.plain(); err != nil {
		http.Error(w, "This file is damaged.", http.StatusInternalServerError)
		return
	} else {
		body = plain
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away needs no answer
	}
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
