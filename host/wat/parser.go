package wat

import (
	"strings"
	"unicode/utf8"
)

type nodeKind int

const (
	nodeAtom nodeKind = iota
	nodeString
	nodeList
)

// node is one S-expression. A list keeps its first atom in text, so that a
// node is asked what it is in one way.
type node struct {
	kind nodeKind
	pos  int
	head int // of a list, the first atom; else pos
	end  int // of a list, the closing parenthesis
	text string
	kids []node // of a list, what follows the first atom
}

func (n *node) isList(head string) bool { return n.kind == nodeList && n.text == head }

func (n *node) isID() bool { return n.kind == nodeAtom && n.text[0] == '$' }

// isIndex reports whether the node stands where an index can: an identifier or
// something that begins as a number.
func (n *node) isIndex() bool {
	return n.kind == nodeAtom && (n.text[0] == '$' || isDigit(n.text[0]))
}

// String describes the node for an error.
func (n *node) String() string {
	switch {
	case n.kind == nodeString:
		return "string"
	case n.kind == nodeList:
		return `"(` + n.text + `"`
	}
	return `"` + n.text + `"`
}

// parse reads the source and returns the module's name with its dollar sign,
// or "", and the module's fields.
func parse(source string) (name string, fields []node, err error) {
	if !utf8.ValidString(source) {
		return "", nil, errorAt(invalidUTF8(source), "source is not UTF-8")
	}
	p := parser{lexer{source: source}}
	nodes, _, err := p.nodes(0)
	if err != nil {
		return "", nil, err
	}
	if len(nodes) == 0 || !nodes[0].isList("module") {
		return "", nodes, nil
	}
	if len(nodes) > 1 {
		return "", nil, errorAt(nodes[1].pos, "unexpected %v after the module", &nodes[1])
	}
	c := cursor{nodes: nodes[0].kids, end: nodes[0].end}
	name = c.takeID()
	return name, c.nodes, nil
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return i
		}
	}
	return len(s)
}

type parser struct {
	lexer
}

// nodes parses up to the closing parenthesis of the list it is in, or to the
// end of the source at depth 0, and returns the offset of either.
func (p *parser) nodes(depth int) (nodes []node, end int, err error) {
	for {
		t, err := p.next()
		if err != nil {
			return nil, 0, err
		}
		switch t.kind {
		case tokenEOF:
			if depth > 0 {
				return nil, 0, errorAt(t.pos, "missing closing parenthesis")
			}
			return nodes, t.pos, nil
		case tokenClose:
			if depth == 0 {
				return nil, 0, errorAt(t.pos, "closing parenthesis without opening one")
			}
			return nodes, t.pos, nil
		case tokenString:
			nodes = append(nodes, node{kind: nodeString, pos: t.pos, head: t.pos, text: t.text})
		case tokenAtom:
			nodes = append(nodes, node{kind: nodeAtom, pos: t.pos, head: t.pos, text: t.text})
		case tokenOpen:
			if nodes, err = p.appendList(nodes, t.pos, depth+1); err != nil {
				return nil, 0, err
			}
		default:
			return nil, 0, errorAt(t.pos, "unexpected character %q", t.text[0])
		}
	}
}

func (p *parser) appendList(nodes []node, pos, depth int) ([]node, error) {
	if strings.HasPrefix(p.source[p.at:], "@") {
		ahead := p.lexer
		ahead.loose = true
		t, err := ahead.next()
		switch {
		case err != nil:
			return nodes, err
		case t.text == "@":
			return nodes, errorAt(t.pos, "annotation without name")
		case t.text != "@custom":
			return nodes, p.skipAnnotation(pos)
		}
	}
	n, err := p.list(pos, depth)
	return append(nodes, n), err
}

// skipAnnotation skips to behind the closing parenthesis of an annotation. What
// is within need not be the text format, but parentheses and strings balance.
func (p *parser) skipAnnotation(pos int) error {
	p.loose = true
	defer func() { p.loose = false }()
	for depth := 1; depth > 0; {
		t, err := p.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case tokenEOF:
			return errorAt(pos, "annotation without closing parenthesis")
		case tokenOpen:
			depth++
		case tokenClose:
			depth--
		}
	}
	return nil
}

func (p *parser) list(pos, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errorAt(pos, "parentheses nested deeper than %d", maxDepth)
	}
	kids, end, err := p.nodes(depth)
	if err != nil {
		return node{}, err
	}
	n := node{kind: nodeList, pos: pos, head: pos, end: end, kids: kids}
	if len(kids) > 0 && kids[0].kind == nodeAtom {
		n.text, n.head, n.kids = kids[0].text, kids[0].pos, kids[1:]
	}
	return n, nil
}

// cursor walks the members of a list. The take methods move on only past what
// they accept; ok or an empty string says whether they did.
type cursor struct {
	nodes []node
	end   int
}

func (n *node) cursor() cursor { return cursor{nodes: n.kids, end: n.end} }

func (c *cursor) done() bool { return len(c.nodes) == 0 }

// pos is where the next member stands or, past the last, the list's end.
func (c *cursor) pos() int {
	if c.done() {
		return c.end
	}
	return c.nodes[0].pos
}

func (c *cursor) next() *node {
	n := &c.nodes[0]
	c.nodes = c.nodes[1:]
	return n
}

func (c *cursor) atList(head string) bool { return !c.done() && c.nodes[0].isList(head) }

func (c *cursor) atIndex() bool { return !c.done() && c.nodes[0].isIndex() }

func (c *cursor) takeList(head string) (list cursor, ok bool) {
	if !c.atList(head) {
		return cursor{}, false
	}
	return c.next().cursor(), true
}

func (c *cursor) takeID() string {
	if c.done() || !c.nodes[0].isID() {
		return ""
	}
	return c.next().text
}

func (c *cursor) takeKeyword(word string) bool {
	if c.done() || c.nodes[0].kind != nodeAtom || c.nodes[0].text != word {
		return false
	}
	c.next()
	return true
}

func (c *cursor) atom(what string) (*node, error) {
	if c.done() || c.nodes[0].kind != nodeAtom {
		return nil, c.unexpected(what)
	}
	return c.next(), nil
}

// name takes a string that must be UTF-8, as names in the binary must.
func (c *cursor) name(what string) (string, error) {
	if c.done() || c.nodes[0].kind != nodeString {
		return "", c.unexpected(what)
	}
	n := c.next()
	if !utf8.ValidString(n.text) {
		return "", errorAt(n.pos, "%s is not UTF-8", what)
	}
	return n.text, nil
}

// bytes takes all that is left, which must be strings, as one.
func (c *cursor) bytes() ([]byte, error) {
	var data []byte
	for !c.done() {
		if c.nodes[0].kind != nodeString {
			return nil, c.unexpected("string")
		}
		data = append(data, c.next().text...)
	}
	return data, nil
}

func (c *cursor) finish() error {
	if c.done() {
		return nil
	}
	return c.unexpected("closing parenthesis")
}

func (c *cursor) unexpected(want string) error {
	if c.done() {
		return errorAt(c.end, "want %s", want)
	}
	return errorAt(c.pos(), "unexpected %v, want %s", &c.nodes[0], want)
}
