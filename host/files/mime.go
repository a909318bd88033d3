package files

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

const (
	// sniffed is how much of a file its type is guessed from.
	sniffed = 512
	// maxType bounds MIME types.
	maxType = 127

	unknownType = "application/octet-stream"
)

// declaredType reads a MIME type; its parameters are left out. No type is
// unknownType.
func declaredType(text string) (string, error) {
	if text == "" {
		return unknownType, nil
	}
	typ, _, err := mime.ParseMediaType(text)
	major, minor, ok := strings.Cut(typ, "/")
	if err != nil || !ok || len(typ) > maxType || !isToken(major) || !isToken(minor) {
		return "", fmt.Errorf("%w: %.60q is no MIME type", ErrType, text)
	}
	return typ, nil
}

// isToken reports whether text is a part of a MIME type: RFC 6838 has fewer
// characters than that of MIME, and none that mean anything elsewhere.
func isToken(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$&-^_.+", rune(c)) {
			return false
		}
	}
	return text != ""
}

// checkType returns the type of a file that begins with head. The content must
// look like what is declared, as far as that can be told.
func checkType(declared string, head []byte, allow []string) (string, error) {
	looks := guess(head)
	if declared == unknownType {
		declared = looks
	}
	if !agree(declared, looks) {
		return "", fmt.Errorf("%w: declared as %s, the content is %s", ErrType, declared, looks)
	}
	if len(allow) > 0 && !slices.ContainsFunc(allow, func(p string) bool { return matches(p, declared) }) {
		return "", fmt.Errorf("%w: %s is not allowed", ErrType, declared)
	}
	return declared, nil
}

// guess returns what a file that begins with head looks like. Of texts,
// http.DetectContentType takes those that begin with BM for pictures, and more such.
func guess(head []byte) string {
	looks, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch major, _, _ := strings.Cut(looks, "/"); major {
	case "image", "audio", "video", "font":
		if !slices.ContainsFunc(head, isBinary) {
			return "text/plain"
		}
	}
	return looks
}

// isBinary is what the MIME Sniffing Standard calls a binary data byte: texts have
// none, in any encoding but UTF-16, and the formats above have some.
func isBinary(c byte) bool {
	return c <= 0x08 || c == 0x0b || c >= 0x0e && c <= 0x1a || c >= 0x1c && c <= 0x1f
}

// matches reports whether a type has a pattern, such as image/* or text/plain.
func matches(pattern, typ string) bool {
	pattern = strings.ToLower(pattern)
	if pattern == "*/*" {
		return true
	}
	if major, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(typ, major+"/")
	}
	return pattern == typ
}

// signatures are the types whose content can be told, with what it looks like if
// that has another name, or several.
var signatures = map[string][]string{
	"image/png": {"image/png"}, "image/jpeg": {"image/jpeg"}, "image/jpg": {"image/jpeg"},
	"image/pjpeg": {"image/jpeg"}, "image/gif": {"image/gif"}, "image/webp": {"image/webp"},
	"image/bmp": {"image/bmp"}, "image/x-ms-bmp": {"image/bmp"},
	"image/x-icon": {"image/x-icon"}, "image/vnd.microsoft.icon": {"image/x-icon"},
	"image/svg+xml": {"text/xml", "text/plain"},

	"audio/wave": {"audio/wave"}, "audio/wav": {"audio/wave"}, "audio/x-wav": {"audio/wave"},
	"audio/vnd.wave": {"audio/wave"}, "audio/aiff": {"audio/aiff"}, "audio/x-aiff": {"audio/aiff"},
	"audio/basic": {"audio/basic"}, "audio/midi": {"audio/midi"}, "audio/mid": {"audio/midi"},
	"audio/x-midi": {"audio/midi"}, "video/avi": {"video/avi"}, "video/x-msvideo": {"video/avi"},
	"audio/ogg": {"application/ogg"}, "audio/opus": {"application/ogg"},
	"video/ogg": {"application/ogg"}, "application/ogg": {"application/ogg"},
	"audio/webm": {"video/webm"}, "video/webm": {"video/webm"}, "video/x-matroska": {"video/webm"},
	"audio/x-matroska": {"video/webm"},
	"audio/mp4":        {"video/mp4", unknownType}, "audio/x-m4a": {"video/mp4", unknownType},
	"audio/m4a": {"video/mp4", unknownType}, "video/x-m4v": {"video/mp4", unknownType},
	"video/3gpp": {"video/mp4", unknownType}, "audio/3gpp": {"video/mp4", unknownType},
	"video/mp4": {"video/mp4", unknownType}, "video/quicktime": {"video/mp4", unknownType},
	"image/heic": {"video/mp4", unknownType}, "image/avif": {"video/mp4", unknownType},
	// Without a tag in front the frames begin at once.
	"audio/mpeg": {"audio/mpeg", unknownType}, "audio/mp3": {"audio/mpeg", unknownType},

	"application/pdf":    {"application/pdf"},
	"application/zip":    {"application/zip"},
	"application/gzip":   {"application/x-gzip"},
	"application/x-gzip": {"application/x-gzip"},
	"application/wasm":   {"application/wasm"},
}

// agree reports whether content that looks like one type may be declared as
// another one.
func agree(declared, looks string) bool {
	if names, ok := signatures[declared]; ok {
		return slices.Contains(names, looks)
	}
	major, minor, _ := strings.Cut(declared, "/")
	switch {
	case major == "text", isTextual(minor):
		return strings.HasPrefix(looks, "text/")
	case major == "image", major == "audio", major == "video", major == "font":
		return looks == unknownType || looks == declared
	}
	// Formats of applications are containers, texts, or their own affair.
	return true
}

// isTextual reports whether a type of applications is one of texts.
func isTextual(minor string) bool {
	return minor == "json" || minor == "xml" || strings.HasSuffix(minor, "+json") ||
		strings.HasSuffix(minor, "+xml")
}
