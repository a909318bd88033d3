package files

import (
	"errors"
	"strings"
	"testing"
)

const (
	pngHead  = "\x89PNG\r\n\x1a\n"
	wavHead  = "RIFF\x00\x00\x00\x00WAVEfmt "
	webmHead = "\x1a\x45\xdf\xa3\x01\x00\x00\x00webm"
	htmlText = "<!DOCTYPE html><script>alert(1)</script>"
)

func TestPut_type(t *testing.T) {
	for _, tt := range []struct {
		name, declared, content, allow, want string
	}{
		{"none declared: text", "", "hello", "", "text/plain"},
		{"none declared: image", "", pngHead, "", "image/png"},
		{"none declared: nothing", "", "", "", "text/plain"},
		{"bytes declared: image", "application/octet-stream", pngHead, "", "image/png"},
		{"bytes declared: bytes", "application/octet-stream", "\x00\x01", "", "application/octet-stream"},
		{"case and parameters", "Text/CSV; charset=utf-8", "a,b", "", "text/csv"},
		{"json", "application/json", `{"a":1}`, "", "application/json"},
		{"json that is none", "application/json", "\x00\x01\x02", "", ""},
		{"problem+json", "application/problem+json", "{}", "", "application/problem+json"},
		{"image", "image/png", pngHead, "", "image/png"},
		{"image of another kind", "image/jpeg", pngHead, "", ""},
		{"html as an image", "image/png", htmlText, "", ""},
		{"html as an image of a kind that cannot be told", "image/tiff", htmlText, "", ""},
		{"image of a kind that cannot be told", "image/tiff", "II*\x00", "", "image/tiff"},
		{"text that begins like a picture", "text/plain", "BMW", "", "text/plain"},
		{"text that begins like a picture, not declared", "", "BMW", "", "text/plain"},
		{"text that begins like a sound", "text/markdown", "ID3 is a tag", "", "text/markdown"},
		{"text that begins like a picture, as one", "image/bmp", "BMW", "", ""},
		{"picture of the shortest sign", "image/bmp", "BM\x46\x00\x00", "", "image/bmp"},
		{"text in UTF-16", "text/plain", "\xff\xfeh\x00i\x00", "", "text/plain"},
		{"text in Latin 1", "text/plain", "Gr\xfc\xdfe", "", "text/plain"},
		{"html as text", "text/plain", htmlText, "", "text/plain"},
		{"image as text", "text/plain", pngHead, "", ""},
		{"empty image", "image/png", "", "", ""},
		{"drawing", "image/svg+xml", "<svg xmlns='x'/>", "", "image/svg+xml"},
		{"wav", "audio/wav", wavHead, "", "audio/wav"},
		{"wav by another name", "audio/x-wav", wavHead, "", "audio/x-wav"},
		{"wav that is none", "audio/wav", "hello", "", ""},
		{"voice of a browser", "audio/webm;codecs=opus", webmHead, "", "audio/webm"},
		{"mp3 without a tag", "audio/mpeg", "\xff\xfb\x90\x00", "", "audio/mpeg"},
		{"mp3 that is a page", "audio/mpeg", htmlText, "", ""},
		{"pdf", "application/pdf", "%PDF-1.7", "", "application/pdf"},
		{"pdf that is none", "application/pdf", "PK\x03\x04", "", ""},
		{"document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\x03\x04", "",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},

		{"allowed", "image/png", pngHead, "text/plain image/*", "image/png"},
		{"allowed by another case", "image/png", pngHead, "IMAGE/PNG", "image/png"},
		{"all allowed", "image/png", pngHead, "*/*", "image/png"},
		{"not allowed", "image/png", pngHead, "text/* image/jpeg", ""},
		{"not allowed, found out", "", pngHead, "text/*", ""},
		{"major type that only begins so", "imagery/png", "x", "image/*", ""},

		{"no slash", "text", "a", "", ""},
		{"two slashes", "text/a/b", "a", "", ""},
		{"empty part", "text/", "a", "", ""},
		{"line end", "text/plain\r\nX: y", "a", "", ""},
		{"angle brackets", "text/<b>", "a", "", ""},
		{"star", "text/*", "a", "", ""},
		{"long", "text/" + strings.Repeat("a", 123), "a", "", ""},
		{"longest", "text/" + strings.Repeat("a", 122), "a", "", "text/" + strings.Repeat("a", 122)},
		{"bad parameters", "text/plain; =", "a", "", ""},
		{"letters of elsewhere", "text/plaın", "a", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := NewMemory(Options{})
			o := PutOptions{Type: tt.declared, Allow: strings.Fields(tt.allow)}
			h, err := s.Put(t.Context(), strings.NewReader(tt.content), o)
			got := ""
			if err == nil {
				got = h.Type
				h.Release()
			}
			if got != tt.want || tt.want == "" && !errors.Is(err, ErrType) {
				t.Errorf("Put(%q, %q) = %q, %v, want %q", tt.declared, tt.content, got, err, tt.want)
			}
			wantFiles(t, s)
			wantIdle(t, s)
		})
	}
}

// TestPut_typeFirst: a type that is refused is refused before the file came.
func TestPut_typeFirst(t *testing.T) {
	s := NewMemory(Options{})
	r := &counting{r: endless{}}
	if _, err := s.Put(t.Context(), r, PutOptions{Type: "image/png", Limit: 1 << 30}); !errors.Is(err, ErrType) {
		t.Errorf("Put() = %v, want ErrType", err)
	}
	if r.n > sniffed {
		t.Errorf("%d bytes were read", r.n)
	}
}
