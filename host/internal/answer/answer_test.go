package answer_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/answer"
)

func TestFault_Write(t *testing.T) {
	const unauthorized = `{"error":"A valid bearer token is needed.","code":"unauthorized"}`
	for _, test := range []struct {
		name   string
		fault  *answer.Fault
		status int
		header http.Header
		want   string
	}{
		{"least", &answer.Fault{Status: 418, Code: "tea", Text: "No."}, 418, nil,
			`{"error":"No.","code":"tea"}`},
		{"field and epoch",
			&answer.Fault{Status: 409, Code: "c", Text: "t", Field: "f", Epoch: 7}, 409, nil,
			`{"error":"t","code":"c","field":"f","epoch":7}`},
		{"a second to wait, begun", &answer.Fault{Status: 503, Retry: time.Second + 1}, 503,
			http.Header{"Retry-After": {"2"}}, `{"error":"","code":""}`},
		{"a page may hold it", &answer.Fault{Status: 400, Text: "</script>"}, 400, nil,
			`{"error":"\u003c/script\u003e","code":""}`},
		{"no token", answer.Unauthorized(false), 401,
			http.Header{"Www-Authenticate": {`Bearer realm="bothost"`}}, unauthorized},
		{"bad token", answer.Unauthorized(true), 401,
			http.Header{"Www-Authenticate": {`Bearer realm="bothost", error="invalid_token"`}},
			unauthorized},
		{"nothing there", answer.NotFound(), 404, nil,
			`{"error":"There is nothing here.","code":"not_found"}`},
		{"method", answer.BadMethod(), 405, nil,
			`{"error":"This method is not known here.","code":"method_not_allowed"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			test.fault.Write(w)
			if w.Code != test.status || w.Body.String() != test.want+"\n" {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.want)
			}
			for _, name := range []string{"Retry-After", "Www-Authenticate"} {
				if got, want := w.Header().Get(name), test.header.Get(name); got != want {
					t.Errorf("header %s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestReject wants a status for each code that says whose the mistake is, and a
// time to come back for exactly those that pass.
func TestReject(t *testing.T) {
	for _, test := range []struct {
		code abi.Code
		want int
	}{
		{abi.CodeBadJSON, 400}, {abi.CodeBadValue, 400}, {abi.CodeUnknownSession, 404},
		{abi.CodeUnknownBot, 404}, {abi.CodeIDReused, 409}, {abi.CodeTooLarge, 413},
		{abi.CodeBusy, 429}, {abi.CodeTooManyUploads, 429}, {abi.CodeStoreUnavailable, 503},
		{abi.CodeShuttingDown, 503},
	} {
		f := answer.Reject(test.code, "x")
		if f.Status != test.want || f.Code != test.code.String() ||
			f.Text == "" || f.Field != "x" {
			t.Errorf("Reject(%v) = %+v, want status %d", test.code, f, test.want)
		}
		if (f.Retry > 0) != test.code.Retry() {
			t.Errorf("Reject(%v).Retry = %v", test.code, f.Retry)
		}
	}
}

func TestUnknownField(t *testing.T) {
	for _, length := range []int{1, 39, 40, 41, 4096} {
		got := answer.UnknownField(strings.Repeat("a", length))
		if want := strings.Repeat("a", min(length, 40)); got.Field != want || got.Status != 400 {
			t.Errorf("UnknownField of %d bytes = %+v, want field %q", length, got, want)
		}
	}
}

// TestJSON_deadline wants the deadline of an answer to end with it.
func TestJSON_deadline(t *testing.T) {
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	answer.JSON(w, http.StatusOK, []byte(`{}`))
	if len(w.set) != 2 || w.set[0].IsZero() || !w.set[1].IsZero() {
		t.Errorf("deadlines are %v, want one, and none", w.set)
	}
	if got := w.Header().Get("Content-Length"); got != "3" || !w.Flushed {
		t.Errorf("Content-Length is %q, flushed is %v", got, w.Flushed)
	}
}

type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}
