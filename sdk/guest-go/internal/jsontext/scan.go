package jsontext

// maxDepth is how deep arrays and objects may be nested: a guest's stack is
// small, and the host's own documents are three deep.
const maxDepth = 500

// scanner walks over a document. Its methods return false at the first fault,
// and nothing more can be read then.
type scanner struct {
	doc   string
	pos   int
	depth int
}

// space skips white space and returns the byte after it; 0 at the end, which no
// value begins with.
func (s *scanner) space() byte {
	for s.pos < len(s.doc) {
		switch c := s.doc[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// end reports whether nothing but white space is left.
func (s *scanner) end() bool {
	s.space()
	return s.pos == len(s.doc)
}

// take skips white space and the byte c.
func (s *scanner) take(c byte) bool {
	if s.space() != c || s.pos == len(s.doc) {
		return false
	}
	s.pos++
	return true
}

// members walks over an array or object from its opening to its closing byte
// and calls member at the beginning of each of its parts.
func (s *scanner) members(opening, closing byte, member func() bool) bool {
	if s.depth++; s.depth > maxDepth || !s.take(opening) {
		return false
	}
	if !s.take(closing) {
		for {
			if !member() {
				return false
			}
			if s.take(closing) {
				break
			}
			if !s.take(',') {
				return false
			}
		}
	}
	s.depth--
	return true
}

// name walks over a member's name and the colon, and returns the name with its
// quotation marks.
func (s *scanner) name() (string, bool) {
	if s.space() != '"' {
		return "", false
	}
	start := s.pos
	if !s.str() {
		return "", false
	}
	name := s.doc[start:s.pos]
	return name, s.take(':')
}

// value walks over any value and returns it.
func (s *scanner) value() (string, bool) {
	c := s.space()
	start := s.pos
	ok := false
	switch {
	case c == '"':
		ok = s.str()
	case c == '{':
		ok = s.members('{', '}', func() bool {
			if _, ok := s.name(); !ok {
				return false
			}
			_, ok := s.value()
			return ok
		})
	case c == '[':
		ok = s.members('[', ']', func() bool {
			_, ok := s.value()
			return ok
		})
	case c == '-' || isDigit(c):
		ok = s.number()
	default:
		ok = s.word("true") || s.word("false") || s.word("null")
	}
	return s.doc[start:s.pos], ok
}

func (s *scanner) word(w string) bool {
	if len(s.doc)-s.pos < len(w) || s.doc[s.pos:s.pos+len(w)] != w {
		return false
	}
	s.pos += len(w)
	return true
}

// str walks over a string. Its bytes above 0x7f are not looked at.
func (s *scanner) str() bool {
	for s.pos++; s.pos < len(s.doc); s.pos++ {
		switch c := s.doc[s.pos]; {
		case c == '"':
			s.pos++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if !s.escape() {
				return false
			}
		}
	}
	return false
}

// escape walks from a reverse solidus to the last byte of its escape.
func (s *scanner) escape() bool {
	s.pos++
	if s.pos == len(s.doc) {
		return false
	}
	switch s.doc[s.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if _, ok := hex4(s.doc, s.pos+1); !ok {
			return false
		}
		s.pos += 4
		return true
	}
	return false
}

func (s *scanner) number() bool {
	s.word("-")
	if !s.word("0") && !s.digits() {
		return false
	}
	if s.word(".") && !s.digits() {
		return false
	}
	if s.word("e") || s.word("E") {
		if !s.word("+") {
			s.word("-")
		}
		return s.digits()
	}
	return true
}

// digits walks over digits and reports whether there was one.
func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.doc) && isDigit(s.doc[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
