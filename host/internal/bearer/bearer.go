// Package bearer reads the token of an HTTP request, as RFC 6750 has it in section
// 2.1.
package bearer

import (
	"net/http"
	"strings"
)

// Token returns the bearer token of a request. ok is false if it has none: no
// Authorization header, more than one, or one of another scheme. A token that is
// there may be empty.
func Token(r *http.Request) (token string, ok bool) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}
