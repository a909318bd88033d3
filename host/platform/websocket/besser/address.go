package besser

import (
	"encoding/json"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

// withoutScript returns JSON with "unsafe:" before each text that is an address of
// script: clients make links and frames of the addresses in screens.
func withoutScript(doc string) string {
	// A colon may be an escape, and most documents hold no other sign of it.
	if lower := strings.ToLower(doc); !strings.Contains(lower, "script") &&
		!strings.Contains(doc, `\`) {
		return doc
	}
	var b []byte
	for doc != "" {
		start := strings.IndexByte(doc, '"')
		if start < 0 {
			break
		}
		end := start + python.EndOfString(doc[start:])
		var text string
		if json.Unmarshal([]byte(doc[start:end]), &text) == nil && isScript(text) {
			b = jsontext.AppendString(append(b, doc[:start]...), "unsafe:"+text)
		} else {
			b = append(b, doc[:end]...)
		}
		doc = doc[end:]
	}
	return string(append(b, doc...))
}

// isScript reports whether browsers take a text for an address of script: they leave
// out control characters and spaces before it, and some within.
func isScript(text string) bool {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return r <= ' ' })
	scheme, _, _ := strings.Cut(text, ":")
	if len(scheme) == len(text) {
		return false
	}
	switch strings.ToLower(strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(scheme)) {
	case "javascript", "vbscript":
		return true
	}
	return false
}
