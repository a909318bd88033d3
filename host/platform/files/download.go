package files

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bothost/bothost/host/internal/answer"
)

const (
	// sandbox keeps what a browser shows from doing anything; no part of a page is
	// loaded with it.
	sandbox = "default-src 'none'; sandbox"
	// sandboxInline lets a browser show a picture or a player that is opened alone.
	sandboxInline = "default-src 'none'; img-src 'self'; media-src 'self'; " +
		"style-src 'unsafe-inline'; sandbox"
)

// inline are the types that a browser may show in a page: pictures and sound that
// hold no script. image/svg+xml is none of them.
var inline = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
	"audio/mpeg", "audio/ogg", "audio/opus", "audio/wav", "audio/x-wav",
	"audio/wave", "audio/webm",
	"audio/mp4",
	"audio/x-m4a", "audio/aac", "audio/flac",
}

// download serves GET and HEAD.
func (h *Handler) download(w http.ResponseWriter, r *http.Request, b *body) *answer.Fault {
	t, ok := h.target(r)
	if !ok {
		return answer.Unauthorized(t.token != "")
	}
	if err := h.opts.Downloads.Permit(r.Context(), t.bot, t.session, t.token); err != nil {
		return h.fault(r, t, b, err)
	}
	show, f := queryInline(r)
	if f != nil {
		return f
	}
	seq, okSeq := number(r.PathValue("seq"))
	index, okIndex := number(r.PathValue("index"))
	if !okSeq || !okIndex || index > maxIndex {
		return notFound
	}
	c, err := h.opts.Downloads.Find(r.Context(), t.bot, t.session, seq, int(index))
	if err != nil {
		return h.fault(r, t, b, err)
	}
	defer func() { _ = c.Close() }() // it was only read
	describe(w.Header(), c, show)
	pw := &pacedWriter{ResponseWriter: w, rc: http.NewResponseController(w), pace: h.pace()}
	http.ServeContent(pw, r, "", time.Time{}, c)
	// What is still on its way has the deadline; the next request has not.
	_ = pw.rc.Flush()
	_ = pw.rc.SetWriteDeadline(time.Time{})
	return nil
}

// maxIndex is above the number of files that any entry has.
const maxIndex = 1 << 16

// number reads a number as it is written, in one way only.
func number(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && strconv.FormatUint(n, 10) == text
}

// queryInline reads the query string, which may ask to show the file.
func queryInline(r *http.Request) (bool, *answer.Fault) {
	values := r.URL.Query()
	for key := range values {
		if key != "inline" {
			return false, answer.UnknownField(key)
		}
	}
	switch value := values["inline"]; {
	case len(value) == 0:
		return false, nil
	case len(value) == 1 && (value[0] == "1" || value[0] == "0"):
		return value[0] == "1", nil
	}
	return false, badValue("inline")
}

// describe sets the headers of a file.
func describe(header http.Header, c *Content, show bool) {
	typ := c.Type
	if _, _, err := mime.ParseMediaType(typ); err != nil {
		typ = "application/octet-stream"
	}
	disposition, policy := "attachment", sandbox
	if show && slices.Contains(inline, typ) {
		disposition, policy = "inline", sandboxInline
	}
	header.Set("Content-Type", typ)
	header.Set("Content-Disposition", disposition+nameParameters(CleanName(c.Name)))
	header.Set("Content-Security-Policy", policy)
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY")
	if c.Hash != "" {
		header.Set("ETag", `"`+c.Hash+`"`)
	}
}

// nameParameters writes a name as RFC 6266 has it: once in ASCII, for all, and if
// that is another name, once as RFC 8187 has it.
func nameParameters(name string) string {
	var ascii, extended strings.Builder
	same := true
	for _, r := range name {
		switch {
		case r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%':
			// Some clients decode what follows a percent sign.
			ascii.WriteByte('_')
			same = false
		default:
			ascii.WriteRune(r)
		}
	}
	text := `; filename="` + ascii.String() + `"`
	if same {
		return text
	}
	for _, c := range []byte(name) {
		if isAttrChar(c) {
			extended.WriteByte(c)
		} else {
			fmt.Fprintf(&extended, "%%%02X", c)
		}
	}
	return text + "; filename*=UTF-8''" + extended.String()
}

// isAttrChar is attr-char of RFC 8187.
func isAttrChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
