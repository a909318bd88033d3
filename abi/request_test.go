package abi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// get returns a request with the defaults.
func get(url string) abi.Request {
	return abi.Request{Method: "GET", URL: url, TimeoutMillis: 30000}
}

func TestParseRequest(t *testing.T) {
	whole := abi.Request{
		Method: "POST", URL: "https://api.example.org:8443/v1/x?q=1&r=%20",
		Headers: map[string]string{"content-type": "application/json", "x-a": "b c\td"},
		Body:    "{\"a\":\"\u00e9\"}\n", TimeoutMillis: 60000,
	}
	for _, tt := range []struct {
		name, doc string
		want      abi.Request
	}{
		{"url alone", `{"url":"http://h"}`, get("http://h")},
		{"white space", " {\n\t\"url\" : \"http://h\" } ", get("http://h")},
		{"whole", `{"timeout_ms":60000,"body":"{\"a\":\"\u00e9\"}\n",` +
			`"headers":{"X-A":"b c\td","Content-Type":"application/json"},` +
			`"url":"https://api.example.org:8443/v1/x?q=1&r=%20","method":"POST"}`, whole},
		{"no headers", `{"url":"http://h","headers":{},"body":""}`, get("http://h")},
		{"scheme in capitals", `{"url":"HTTP://h/"}`, get("HTTP://h/")},
		{"address", `{"url":"http://[::1]:80/"}`, get("http://[::1]:80/")},
		{"escaped", `{"url":"http:\/\/h\u002f"}`, get("http://h/")},
		{"last port", `{"url":"http://h:65535/"}`, get("http://h:65535/")},
		{"hash that is escaped", `{"url":"http://h/%23"}`, get("http://h/%23")},
		{"shortest time", `{"url":"http://h","timeout_ms":1}`,
			abi.Request{Method: "GET", URL: "http://h", TimeoutMillis: 1}},
		{"empty header", `{"url":"http://h","headers":{"a":""}}`,
			abi.Request{Method: "GET", URL: "http://h", TimeoutMillis: 30000,
				Headers: map[string]string{"a": ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := abi.ParseRequest([]byte(tt.doc))
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("ParseRequest(%s) = %+v, %v, want %+v", tt.doc, got, err, tt.want)
			}
		})
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		r, err := abi.ParseRequest(fmt.Appendf(nil, `{"url":"http://h","method":%q}`, method))
		if err != nil || r.Method != method {
			t.Errorf("ParseRequest(method %s) = %+v, %v, want the method", method, r, err)
		}
	}
}

// with returns a request with one more field, or with another URL.
func with(field, value string) string {
	if field == "url" {
		return fmt.Sprintf(`{"url":%s}`, value)
	}
	return fmt.Sprintf(`{"url":"http://h",%q:%s}`, field, value)
}

func TestParseRequest_refuses(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"nothing", ``, "not JSON at byte 0"},
		{"not JSON", `{"url":`, "not JSON at byte 7"},
		{"two", `{"url":"http://h"}{}`, "not JSON at byte 19"},
		{"null", ` null `, "must be an object, is null"},
		{"array", `[]`, "must be an object, is array"},
		{"string", `"http://h"`, "must be an object, is string"},
		{"no url", `{}`, "url: is missing"},
		{"unknown field", with("retries", "1"), `the field "retries" is unknown`},
		{"field in capitals", with("Method", `"GET"`), `the field "Method" is unknown`},
		{"name", with("name", `"x"`), `the field "name" is unknown`},

		{"method null", with("method", `null`), "method: must be a string, is null"},
		{"method number", with("method", `1`), "method: must be a string, is number"},
		{"method empty", with("method", `""`), "method: must be one of GET HEAD"},
		{"method in small letters", with("method", `"get"`), `is "get"`},
		{"method unknown", with("method", `"CONNECT"`), `is "CONNECT"`},

		{"url number", with("url", `1`), "url: must be a string, is number"},
		{"url empty", with("url", `""`), "url: must begin with http"},
		{"url relative", with("url", `"/path"`), "url: must begin with http"},
		{"url without scheme", with("url", `"//h/path"`), "url: must begin with http"},
		{"url of a file", with("url", `"file:///etc/passwd"`), "url: must begin with http"},
		{"url opaque", with("url", `"http:h"`), "url: must name a host"},
		{"url without host", with("url", `"http:///x"`), "url: must name a host"},
		{"url with a port alone", with("url", `"http://:80/x"`), "url: must name a host"},
		{"url with user", with("url", `"http://u@h/"`), "url: must not name a user"},
		{"url with password", with("url", `"http://u:p@h/"`), "url: must not name a user"},
		{"url with empty user", with("url", `"http://@h/"`), "url: must not name a user"},
		{"url with fragment", with("url", `"http://h/#x"`), "url: must not have a fragment"},
		{"url with empty fragment", with("url", `"http://h/#"`), "url: must not have a fragment"},
		{"url with a port too large", with("url", `"http://h:65536/"`),
			`url: has the port "65536"`},
		{"url with a port of letters", with("url", `"http://h:x/"`), "url: "},
		{"url with a space", with("url", `"http://a b/"`), "url: "},
		{"url with a line", with("url", `"http://h/\nx"`), "url: "},

		{"headers array", with("headers", `[]`), "headers: must be an object, is array"},
		{"headers null", with("headers", `null`), "headers: must be an object, is null"},
		{"header number", with("headers", `{"a":1}`), `headers: "a": must be a string, is number`},
		{"header null", with("headers", `{"a":null}`), `headers: "a": must be a string, is null`},
		{"header empty", with("headers", `{"":"x"}`), `headers: "": must not be empty`},
		{"header with a space", with("headers", `{"a b":"x"}`), `headers: "a b": is no name`},
		{"header with a colon", with("headers", `{":path":"x"}`), `is no name`},
		{"header not ASCII", with("headers", `{"\u00e9":"x"}`), `is no name`},
		{"header twice", with("headers", `{"X-A":"1","x-a":"2"}`), `headers: "x-a": stands twice`},
		{"value with a line", with("headers", `{"a":"x\r\nb: y"}`),
			`headers: "a": must be printable`},
		{"value with a zero byte", with("headers", `{"a":"\u0000"}`), "must be printable"},
		{"value not ASCII", with("headers", `{"a":"\u00e9"}`), "must be printable"},
		{"value with space before", with("headers", `{"a":" x"}`), "must be printable"},
		{"value with tab behind", with("headers", `{"a":"x\t"}`), "must be printable"},

		{"body object", with("body", `{}`), "body: must be a string, is object"},
		{"body null", with("body", `null`), "body: must be a string, is null"},
		{"timeout text", with("timeout_ms", `"1"`),
			"timeout_ms: must be a whole number, is string"},
		{"timeout fraction", with("timeout_ms", `1.5`), "timeout_ms: must be a whole number"},
		{"timeout 0", with("timeout_ms", `0`), "timeout_ms: must be 1 to 60000, is 0"},
		{"timeout -1", with("timeout_ms", `-1`), "timeout_ms: must be 1 to 60000, is -1"},
		{"timeout one above", with("timeout_ms", `60001`), "is 60001"},
		{"timeout null", with("timeout_ms", `null`), "timeout_ms: must be a whole number, is null"},
		{"not UTF-8", "{\"url\":\"http://h/\xff\"}", "must be UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := abi.ParseRequest([]byte(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseRequest(%s) = %+v, %v, want error %s", tt.doc, got, err, tt.want)
			}
			if !reflect.DeepEqual(got, abi.Request{}) {
				t.Errorf("ParseRequest(%s) = %+v, want nothing beside the error", tt.doc, got)
			}
		})
	}
	if _, err := abi.ParseRequest([]byte("\xff")); !errors.Is(err, abi.ErrNotUTF8) {
		t.Errorf("ParseRequest(\\xff) = %v, want %v", err, abi.ErrNotUTF8)
	}
	for _, name := range []string{
		"Host", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive", "TE", "Trailer",
		"Upgrade", "Expect", "HTTP2-Settings", "Proxy-Authorization", "proxy-connection",
		"Idempotency-Key", "IDEMPOTENCY-KEY",
	} {
		doc := with("headers", fmt.Sprintf(`{%q:"x"}`, name))
		if _, err := abi.ParseRequest([]byte(doc)); err == nil ||
			!strings.Contains(err.Error(), "is set by the host") {
			t.Errorf("ParseRequest(%s) = %v, want it to be the host's", doc, err)
		}
	}
}

func TestParseRequest_headers(t *testing.T) {
	for n, want := range map[int]bool{31: true, 32: true, 33: false} {
		headers := make(map[string]string)
		for i := range n {
			headers[fmt.Sprintf("x-%d", i)] = "v"
		}
		list, err := json.Marshal(headers)
		if err != nil {
			t.Fatal(err)
		}
		r, err := abi.ParseRequest([]byte(with("headers", string(list))))
		if (err == nil) != want || want && len(r.Headers) != n {
			t.Errorf("ParseRequest(%d headers) = %d, %v, want success: %t", n,
				len(r.Headers), err, want)
		}
	}
}

func TestRequest_AppendJSON(t *testing.T) {
	for _, tt := range []struct {
		name    string
		request abi.Request
		want    string
	}{
		{"with defaults", get("http://h/\"x"),
			`{"method":"GET","url":"http://h/\"x","timeout_ms":30000}`},
		{"whole", abi.Request{
			Name: "n", Method: "PUT", URL: "http://h", Body: "x\n", TimeoutMillis: 1,
			Headers: map[string]string{"b": "2", "a": "1"},
		},
			`{"method":"PUT","url":"http://h","headers":{"a":"1","b":"2"},"body":"x\n","timeout_ms":1}`},
	} {
		if got := string(tt.request.AppendJSON([]byte("x"))); got != "x"+tt.want {
			t.Errorf("AppendJSON(%+v) = %s, want x%s", tt.request, got, tt.want)
		}
	}
}

// The law: an error and nothing else, or a request that net/http makes, and that
// comes out of its own JSON as it is.
func FuzzParseRequest(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"url":"http://h"}`, with("method", `"HEAD"`), with("body", `"\ud800"`),
		with("url", `"http://u:p@[::1%25e]:80/?a#b"`), with("headers", `{"X-A":"b","x-a":"c"}`),
		with("headers", `{"a":"\u007f","b":" "}`), with("timeout_ms", `1e3`), with("x", `{}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := abi.ParseRequest(doc)
		if err != nil {
			if !reflect.DeepEqual(r, abi.Request{}) {
				t.Fatalf("ParseRequest(%q) = %+v, %v, want one of them", doc, r, err)
			}
			return
		}
		again, err := abi.ParseRequest(r.AppendJSON(nil))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("ParseRequest(%s) = %+v, %v, want %+v", r.AppendJSON(nil), again, err, r)
		}
		made, err := http.NewRequest(r.Method, r.URL, strings.NewReader(r.Body))
		if err != nil || made.URL.Host == "" || made.URL.User != nil || made.URL.Fragment != "" {
			t.Fatalf("NewRequest(%+v) = %v, %v, want one with a host", r, made, err)
		}
		if r.TimeoutMillis < 1 || r.TimeoutMillis > abi.MaxTimeout ||
			len(r.Headers) > abi.MaxHeaders {
			t.Errorf("ParseRequest(%q) = %+v, want it within its bounds", doc, r)
		}
		for name, value := range r.Headers {
			if strings.ContainsAny(name+value, "\r\n\x00") || name != strings.ToLower(name) {
				t.Errorf("ParseRequest(%q): header %q = %q, want it on one line", doc, name, value)
			}
		}
	})
}
