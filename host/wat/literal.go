package wat

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var (
	errMalformed = errors.New("malformed number")
	errRange     = errors.New("number out of range")
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHexDigit(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// stripUnderscores returns the digits of s; ok is false when there is none or
// an underscore stands anywhere but between two.
func stripUnderscores(s string, digit func(byte) bool) (digits string, ok bool) {
	last := byte('_')
	for i := range len(s) {
		if !digit(s[i]) && (s[i] != '_' || last == '_') {
			return "", false
		}
		last = s[i]
	}
	return strings.ReplaceAll(s, "_", ""), last != '_'
}

func cutSign(s string) (negative bool, rest string) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[0] == '-', s[1:]
	}
	return false, s
}

// parseUint parses an unsigned integer of at most the given number of bits.
func parseUint(s string, bits int) (uint64, error) {
	base, digit := 10, isDigit
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		s, base, digit = rest, 16, isHexDigit
	}
	digits, ok := stripUnderscores(s, digit)
	if !ok {
		return 0, errMalformed
	}
	v, err := strconv.ParseUint(digits, base, bits)
	if err != nil {
		return 0, errRange
	}
	return v, nil
}

// parseInt parses an integer that fits the given number of bits as a signed or
// as an unsigned number, and returns its two's complement in those bits.
func parseInt(s string, bits int) (uint64, error) {
	negative, rest := cutSign(s)
	v, err := parseUint(rest, bits)
	if err != nil || !negative {
		return v, err
	}
	if v > 1<<(bits-1) {
		return 0, errRange
	}
	return -v & (math.MaxUint64 >> (64 - bits)), nil
}

// parseFloat parses a floating-point literal of 32 or 64 bits and returns its
// bit pattern.
func parseFloat(s string, bits int) (uint64, error) {
	mantissa := 52
	if bits == 32 {
		mantissa = 23
	}
	exponent := uint64(1)<<(bits-1) - 1<<mantissa // all ones below the sign
	negative, rest := cutSign(s)
	v, err := uint64(0), error(nil)
	switch {
	case rest == "inf":
		v = exponent
	case rest == "nan":
		v = exponent | 1<<(mantissa-1)
	case strings.HasPrefix(rest, "nan:"):
		v, err = parseNaN(strings.TrimPrefix(rest, "nan:"), mantissa)
		v |= exponent
	default:
		v, err = parseFinite(rest, bits)
	}
	if negative {
		v |= 1 << (bits - 1)
	}
	return v, err
}

func parseNaN(payload string, mantissa int) (uint64, error) {
	if !strings.HasPrefix(payload, "0x") {
		return 0, errMalformed
	}
	v, err := parseUint(payload, mantissa)
	if err == nil && v == 0 {
		return 0, errRange // it would be an infinity
	}
	return v, err
}

// parseFinite leaves the rounding to strconv, whose syntax is wider in some
// places and narrower in others than that of the text format.
func parseFinite(s string, bits int) (uint64, error) {
	prefix, mark, digit := "", "eE", isDigit
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		s, prefix, mark, digit = rest, "0x", "pP", isHexDigit
	}
	power := "0"
	if i := strings.IndexAny(s, mark); i >= 0 {
		negative, exp := cutSign(s[i+1:])
		digits, ok := stripUnderscores(exp, isDigit)
		if !ok {
			return 0, errMalformed
		}
		s, power = s[:i], digits
		if negative {
			power = "-" + power
		}
	}
	whole, frac, _ := strings.Cut(s, ".")
	whole, ok := stripUnderscores(whole, digit)
	if frac != "" && ok {
		frac, ok = stripUnderscores(frac, digit)
	}
	if !ok {
		return 0, errMalformed
	}
	f, err := strconv.ParseFloat(prefix+whole+"."+frac+mark[:1]+power, bits)
	if err != nil {
		return 0, errRange
	}
	if bits == 32 {
		return uint64(math.Float32bits(float32(f))), nil
	}
	return math.Float64bits(f), nil
}

// uint, like int and float below, parses the node and places the error.
func (n *node) uint(bits int) (uint64, error) {
	v, err := parseUint(n.text, bits)
	return v, n.literalError(err)
}

func (n *node) int(bits int) (uint64, error) {
	v, err := parseInt(n.text, bits)
	return v, n.literalError(err)
}

func (n *node) float(bits int) (uint64, error) {
	v, err := parseFloat(n.text, bits)
	return v, n.literalError(err)
}

func (n *node) literalError(err error) error {
	if err == nil {
		return nil
	}
	return errorAt(n.pos, "%v %q", err, n.text)
}
