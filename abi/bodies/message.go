package bodies

import (
	"bytes"
	"encoding/json"

	"github.com/bothost/bothost/abi/jsontext"
)

// JSONText returns what the field message of a JSON message says; empty if that is
// no string, or there is none. Names in other cases are other names.
func JSONText(data string) string {
	var fields map[string]json.RawMessage
	var text string
	if json.Unmarshal([]byte(data), &fields) != nil ||
		json.Unmarshal(fields["message"], &text) != nil {
		return ""
	}
	return text
}

// keepJSON takes any JSON, without white space.
func keepJSON(body []byte) (string, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, body); err != nil {
		return "", jsontext.Explain(err)
	}
	return b.String(), nil
}

func jsonText(body string) string {
	if text := JSONText(body); text != "" {
		return text
	}
	return body
}
