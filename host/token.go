package host

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"strings"
)

// minToken is how many bytes a token has at least: a shorter one can be guessed.
const minToken = 16

// errNoToken: a file of tokens that lets nobody in is a mistake.
var errNoToken = errors.New("no token in it")

// ReadTokens reads a file of bearer tokens for Options.Token: one a line, of 16
// bytes at least, or a user's name, a space and that user's token. Empty lines and
// those that begin with # count nothing.
//
// # Errors
//
// The file cannot be read, or a line is not as above; the error does not show what
// the line holds.
func ReadTokens(path string) (func(token string) (user string, ok bool), error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	tokens, err := parseTokens(data)
	if err != nil {
		return nil, fmt.Errorf("tokens: %s: %w", path, err)
	}
	return tokens.user, nil
}

// bearer is one token, as its hash: who reads our memory does not find it.
type bearer struct {
	hash [32]byte
	user string
}

type bearers []bearer

func parseTokens(data []byte) (bearers, error) {
	var all bearers
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, token, named := strings.Cut(line, " ")
		if !named {
			user, token = "", line
		}
		token = strings.TrimSpace(token)
		switch {
		case strings.ContainsAny(token, " \t"):
			return nil, fmt.Errorf("line %d: must be a token, or a user and a token", n)
		case len(token) < minToken:
			return nil, fmt.Errorf("line %d: a token has at least %d bytes, this one has %d", n,
				minToken, len(token))
		}
		all = append(all, bearer{sha256.Sum256([]byte(token)), user})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errNoToken
	}
	return all, nil
}

// user looks at all tokens, whichever fits: how long it takes tells nothing.
func (b bearers) user(token string) (user string, ok bool) {
	hash := sha256.Sum256([]byte(token))
	for i := range b {
		if subtle.ConstantTimeCompare(hash[:], b[i].hash[:]) == 1 {
			user, ok = b[i].user, true
		}
	}
	return user, ok
}
