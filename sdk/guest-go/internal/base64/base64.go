// Package base64 reads the base64 (RFC 4648) in which a host gives bytes that are
// no text. encoding/base64 would bring reflect into each module.
package base64

// Decode returns the bytes that text stands for; ok is false if it is not whole
// groups of the standard alphabet, padded, without line breaks.
func Decode(text string) (data []byte, ok bool) {
	if len(text)%4 != 0 {
		return nil, false
	}
	data = make([]byte, 0, len(text)/4*3)
	for len(text) > 4 {
		if data, ok = group(data, text[:4], 3); !ok {
			return nil, false
		}
		text = text[4:]
	}
	switch {
	case text == "":
		return data, true
	case text[2:] == "==":
		return group(data, text[:2]+"AA", 1)
	case text[3:] == "=":
		return group(data, text[:3]+"A", 2)
	}
	return group(data, text, 3)
}

// group appends the first n of the three bytes that four characters stand for.
// The others must be zero.
func group(data []byte, four string, n int) ([]byte, bool) {
	var bits uint32
	for i := range 4 {
		v, ok := value(four[i])
		if !ok {
			return nil, false
		}
		bits = bits<<6 | v
	}
	three := [3]byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
	for _, b := range three[n:] {
		if b != 0 {
			return nil, false
		}
	}
	return append(data, three[:n]...), true
}

func value(c byte) (uint32, bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return uint32(c - 'A'), true
	case c >= 'a' && c <= 'z':
		return uint32(c-'a') + 26, true
	case c >= '0' && c <= '9':
		return uint32(c-'0') + 52, true
	case c == '+':
		return 62, true
	case c == '/':
		return 63, true
	}
	return 0, false
}
