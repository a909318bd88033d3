package files

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/answer"
)

const (
	// maxFormHead is how much a form may hold before its file and after it: names,
	// types and boundaries.
	maxFormHead = 16 << 10
	// maxBoundary is that of RFC 2046.
	maxBoundary = 70
	// lingerTime and lingerBytes are how long, and how much, is read of a file that was
	// refused: a client that sends all before it reads would not see the answer.
	lingerTime  = 3 * time.Second
	lingerBytes = 32 << 20
)

// errForm: a form is not as it must be.
var errForm = errors.New("files: no form with one file")

// upload serves POST.
func (h *Handler) upload(w http.ResponseWriter, r *http.Request, b *body) *answer.Fault {
	t, ok := h.target(r)
	if !ok || t.token == "" {
		return answer.Unauthorized(t.token != "")
	}
	if b.isOff() {
		return closed
	}
	if err := h.opts.Uploads.Check(r.Context(), t.bot, t.session, t.token); err != nil {
		return h.fault(r, t, b, err)
	}
	in, file, f := h.incoming(r, b)
	if f != nil {
		return f
	}
	in.Bot, in.Session, in.Token, in.Remote = t.bot, t.session, t.token, r.RemoteAddr
	up, err := h.opts.Uploads.Receive(r.Context(), in, file)
	if err != nil {
		return h.fault(r, t, b, err)
	}
	_ = b.rc.SetReadDeadline(time.Time{}) // there are readers without deadlines
	answer.JSON(w, http.StatusCreated, appendUpload(nil, &up))
	return nil
}

func appendUpload(b []byte, up *Upload) []byte {
	b = append(b, `{"file":`...)
	b = jsontext.AppendString(b, up.ID)
	b = append(b, `,"name":`...)
	b = jsontext.AppendString(b, up.Name)
	b = append(b, `,"type":`...)
	b = jsontext.AppendString(b, up.Type)
	b = append(b, `,"size":`...)
	b = strconv.AppendInt(b, up.Size, 10)
	return append(b, '}')
}

// incoming looks at the headers of a request, and at those of a form's file.
func (h *Handler) incoming(r *http.Request, b *body) (
	in Incoming, file io.Reader, f *answer.Fault) {
	name, named, f := queryName(r.URL.RawQuery)
	if f != nil {
		return in, nil, f
	}
	in = Incoming{Type: r.Header.Get("Content-Type"), Limit: h.opts.Limit,
		Size: max(r.ContentLength, 0)}
	kind, params, err := mime.ParseMediaType(in.Type)
	if err != nil && in.Type != "" || r.Header.Get("Content-Encoding") != "" {
		return in, nil, badType // of an encoded one the size would be another one
	}
	file = b
	if strings.HasPrefix(kind, "multipart/") {
		var given string
		given, file, f = h.form(r, b, &in, kind, params["boundary"])
		if !named {
			name = given
		}
	}
	if f == nil && in.Size > in.Limit {
		f = tooLarge
	}
	in.Name = CleanName(name)
	return in, file, f
}

// queryName reads the query string, which may have a name and nothing else.
func queryName(raw string) (name string, named bool, f *answer.Fault) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", false, badValue("")
	}
	for key, all := range values {
		if key != "name" {
			return "", false, answer.UnknownField(key)
		}
		if len(all) > 1 {
			return "", false, badValue("name")
		}
		name, named = all[0], true
	}
	return name, named, nil
}

// form finds the file of a form, and returns its name and a reader of it which
// fails if anything but the form's end follows.
func (h *Handler) form(r *http.Request, b *body, in *Incoming, kind, boundary string) (
	name string, file io.Reader, f *answer.Fault) {
	switch {
	case kind != "multipart/form-data" || boundary == "" || len(boundary) > maxBoundary:
		return "", nil, badForm
	case in.Size > in.Limit+2*maxFormHead:
		return "", nil, tooLarge
	}
	few := &allowance{r: b, left: maxFormHead}
	parts := multipart.NewReader(few, boundary)
	part, err := parts.NextRawPart()
	if err != nil {
		return "", nil, h.fault(r, target{}, b, errForm)
	}
	if part.FileName() == "" || !isPlain(part.Header.Get("Content-Transfer-Encoding")) {
		return "", nil, badForm
	}
	few.left = -1
	in.Type, in.Size = part.Header.Get("Content-Type"), min(in.Size, in.Limit)
	return part.FileName(), &formFile{few: few, parts: parts, part: part}, nil
}

// isPlain reports whether a part is in its own bytes.
func isPlain(encoding string) bool {
	switch strings.ToLower(encoding) {
	case "", "binary", "8bit", "7bit":
		return true
	}
	return false
}

// allowance is a reader of which only so much may be read. Below 0 it is all.
type allowance struct {
	r    io.Reader
	left int
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left < 0 {
		return a.r.Read(p)
	}
	if a.left == 0 {
		return 0, errForm
	}
	n, err := a.r.Read(p[:min(len(p), a.left)])
	a.left -= n
	return n, err
}

// formFile is the file of a form. Its end is the form's.
type formFile struct {
	few   *allowance
	parts *multipart.Reader
	part  *multipart.Part
	ended bool
}

func (f *formFile) Read(p []byte) (int, error) {
	if f.ended {
		return 0, io.EOF
	}
	n, err := f.part.Read(p)
	if err == nil {
		return n, nil
	}
	if err != io.EOF {
		return n, fmt.Errorf("%w: %w", errForm, err)
	}
	f.few.left = maxFormHead
	if _, err := f.parts.NextRawPart(); err != io.EOF {
		return n, errForm
	}
	// What follows belongs to nothing; it is read for the connection to go on.
	if _, err := io.Copy(io.Discard, f.few); err != nil {
		return n, err
	}
	f.ended = true
	return n, io.EOF
}

// refuse writes a fault. If the body was not read to its end the connection is
// closed after it: what is still to come would be taken for the next request.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, b *body, f *answer.Fault) {
	defer h.end(b)
	if b.ended {
		f.Write(w)
		return
	}
	w.Header().Set("Connection", "close")
	f.Write(w)
	// There are readers without deadlines. Without one the server reads on by itself.
	if b.mayBeComing(r) {
		_ = b.rc.SetReadDeadline(time.Now().Add(h.linger))
		// The client gave up, or has seen the answer, or had its time.
		_, _ = io.CopyN(io.Discard, b.r, lingerBytes)
	}
	_ = b.rc.SetReadDeadline(time.Unix(1, 0))
}

// mayBeComing reports whether a client sends on though it was refused. One that
// waits to be told to send was told not to.
func (b *body) mayBeComing(r *http.Request) bool {
	waits := !b.begun && strings.EqualFold(r.Header.Get("Expect"), "100-continue")
	return !waits && (b.err == nil || b.isOff())
}
