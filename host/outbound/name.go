package outbound

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName  = 253
	maxLabel = 63
)

// canonical brings a host into the one form in which hosts are compared and
// connected to: an address as netip writes it, or a name in ASCII and lower case
// without the dot at the end. addr is valid for an address.
//
// What people write is mapped to lower case and to Punycode, and no further: of
// the equal forms of one letter that Unicode has, only the composed one is what
// DNS knows. As the result is what is connected to, this cannot be used to call
// something else than what was compared.
func canonical(host string) (name string, addr netip.Addr, err error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" || addr.Is4In6() {
			return "", netip.Addr{},
				fmt.Errorf("%.80q is an address in a form that is not taken", host)
		}
		return addr.String(), addr, nil
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for i, label := range labels {
		ascii, ok := canonicalLabel(label)
		if !ok {
			return "", netip.Addr{}, fmt.Errorf("%.80q is not a host name or address", host)
		}
		labels[i] = ascii
	}
	name = strings.Join(labels, ".")
	if len(name) > maxName || isNumber(labels[len(labels)-1]) {
		return "", netip.Addr{}, fmt.Errorf("%.80q is not a host name or address", host)
	}
	return name, netip.Addr{}, nil
}

// isNumber reports whether a name with this last label could be taken for an
// address by somebody: 127.1, 0x7f000001, 2130706433.
func isNumber(label string) bool {
	digits, hex := strings.CutPrefix(label, "0x")
	chars := "0123456789"
	if hex {
		chars += "abcdef"
	}
	return strings.Trim(digits, chars) == ""
}

// canonicalLabel returns one label of a name in lower-case ASCII.
func canonicalLabel(label string) (string, bool) {
	if !utf8.ValidString(label) {
		return "", false
	}
	label = strings.ToLower(label)
	ascii := true
	for _, r := range label {
		switch {
		case r >= utf8.RuneSelf:
			if ascii = false; !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
				return "", false
			}
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
		default:
			return "", false
		}
	}
	// Nothing longer can be a name, and Punycode takes time by the square of it.
	if label == "" || len(label) > 4*maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
		return "", false
	}
	if !ascii {
		if strings.HasPrefix(label, "xn--") {
			return "", false
		}
		label = "xn--" + punycode([]rune(label))
	}
	return label, len(label) <= maxLabel
}

// punycode encodes a label (RFC 3492) of which at least one character is not
// ASCII. Labels are short, so nothing overflows.
func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(0x80), 0, 72
	for done := basic; done < len(label); n++ {
		next := rune(unicode.MaxRune)
		for _, r := range label {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = appendDelta(out, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
	}
	return string(out)
}

// appendDelta appends a number as Punycode writes it.
func appendDelta(out []byte, q, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := 36; ; k += 36 {
		t := min(max(k-bias, 1), 26)
		if q < t {
			return append(out, digits[q])
		}
		out = append(out, digits[t+(q-t)%(36-t)])
		q = (q - t) / (36 - t)
	}
}

func adapt(delta, count int, first bool) int {
	if first {
		delta /= 700
	} else {
		delta /= 2
	}
	delta += delta / count
	k := 0
	for ; delta > 35*26/2; k += 36 {
		delta /= 35
	}
	return k + 36*delta/(delta+38)
}
