package abi_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// answer and refusal have a value in every field that a response may have.
var (
	answer = abi.Response{
		Status: 200, Headers: map[string]string{"content-type": "text/plain"},
		Body: "sunny", Truncated: true, Key: "k1",
	}
	refusal = abi.Response{Code: abi.ResponseTimeout, Error: "no answer within 30s", Key: "k1"}
)

func TestResponse_AppendJSON(t *testing.T) {
	for _, tt := range []struct {
		name     string
		response abi.Response
		want     string
	}{
		{"whole", answer, `{"status":200,"headers":{"content-type":"text/plain"},` +
			`"truncated":true,"key":"k1","body":"sunny"}`},
		{"empty", abi.Response{Status: 204}, `{"status":204,"headers":{},"key":"","body":""}`},
		{"headers in order",
			abi.Response{Status: 200, Headers: map[string]string{"b": "2", "a": "\"1\"", "c": ""}},
			`{"status":200,"headers":{"a":"\"1\"","b":"2","c":""},"key":"","body":""}`},
		{"not UTF-8", abi.Response{Status: 200, Body: "a\xff"},
			`{"status":200,"headers":{},"key":"","body_base64":"Yf8="}`},
		{"none", refusal, `{"error":"no answer within 30s","code":"timeout","key":"k1"}`},
		{"none, whatever else is there",
			abi.Response{Code: abi.ResponseForbidden, Status: 200, Body: "x", Truncated: true},
			`{"error":"","code":"forbidden","key":""}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(tt.response.AppendJSON([]byte("x")))
			if got != "x"+tt.want {
				t.Errorf("AppendJSON(%+v) =\n%s, want\nx%s", tt.response, got, tt.want)
			}
		})
	}
}

// The law: the JSON is valid, and holds the very body.
func FuzzResponse_AppendJSON(f *testing.F) {
	for _, body := range []string{"", "hi", "\xff", "a\u2028", "\x00", strings.Repeat("é", 100)} {
		f.Add(body, "k", "timeout", "words")
	}
	f.Fuzz(func(t *testing.T, body, key, code, words string) {
		for _, r := range []abi.Response{
			{Status: 200, Headers: map[string]string{key: words}, Body: body, Key: key},
			{Code: abi.ResponseCode(code), Error: words, Key: key},
		} {
			doc := r.AppendJSON(nil)
			var back struct {
				Body   string
				Base64 *string `json:"body_base64"`
			}
			if err := json.Unmarshal(doc, &back); err != nil {
				t.Fatalf("AppendJSON(%+v) = %s: %v", r, doc, err)
			}
			if back.Base64 != nil {
				data, err := base64.StdEncoding.DecodeString(*back.Base64)
				if back.Body = string(data); err != nil {
					t.Fatal(err)
				}
			}
			if back.Body != r.Body {
				t.Errorf("AppendJSON(%+v) = %s, want its body", r, doc)
			}
		}
	})
}

func TestResponses(t *testing.T) {
	seen := make(map[abi.ResponseCode]bool)
	for _, row := range abi.Responses() {
		if seen[row.Code] || row.Code == "" || row.Says == "" {
			t.Errorf("row %+v is not whole, or stands twice", row)
		}
		seen[row.Code] = true
	}
}
