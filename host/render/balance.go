package render

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// nature is how an element stands among others.
type nature uint8

const (
	// phrase stands within a line, void too and holds nothing.
	phrase nature = iota
	void
	// block ends a paragraph that is open, heading another heading as well.
	block
	heading
	// item ends the item before it, in its list.
	item
	// part is a part of a table.
	part
)

// elements are those that leave.
var elements = map[string]nature{
	"a": phrase, "abbr": phrase, "b": phrase, "code": phrase, "del": phrase, "em": phrase,
	"i": phrase, "ins": phrase, "kbd": phrase, "mark": phrase, "q": phrase, "s": phrase,
	"samp": phrase, "small": phrase, "span": phrase, "strong": phrase, "sub": phrase,
	"sup": phrase, "u": phrase, "var": phrase, "br": void, "img": void, "hr": void,
	"blockquote": block, "div": block, "dl": block, "ol": block, "p": block, "pre": block,
	"table": block, "ul": block, "h1": heading, "h2": heading, "h3": heading, "h4": heading,
	"h5": heading, "h6": heading, "dd": item, "dt": item, "li": item, "caption": part,
	"thead": part, "tbody": part, "tfoot": part, "tr": part, "td": part, "th": part,
}

// Names that are looked for among the elements that are open.
var (
	tables     = []string{"table"}
	sections   = []string{"thead", "tbody", "tfoot"}
	rows       = []string{"tr"}
	cells      = []string{"td", "th", "caption"}
	between    = slices.Concat(tables, sections, rows)
	anchors    = []string{"a"}
	paragraphs = []string{"p"}
	headings   = []string{"h1", "h2", "h3", "h4", "h5", "h6"}
	lists      = []string{"ul", "ol"}
	listItems  = []string{"li"}
	listEnds   = slices.Concat(lists, cells)
	termLists  = []string{"dl"}
	terms      = []string{"dd", "dt"}
	termEnds   = slices.Concat(termLists, cells)
)

// maxDepth is how deep elements may be nested; deeper ones are left out, and what
// they hold is not. Some room is kept for the parts of a table.
const (
	maxDepth   = 64
	tableDepth = 5
)

// balance nests what a sanitiser left of HTML, so that every browser reads it as
// it is written: every element is ended, in the order in which they began, and
// none stands where a browser would move it. Its time is linear.
func balance(sanitized string) string {
	var n nester
	n.out.Grow(len(sanitized) + len(sanitized)/8)
	z := html.NewTokenizer(strings.NewReader(sanitized))
	for {
		switch z.Next() {
		case html.ErrorToken:
			n.close(0)
			return n.out.String()
		case html.TextToken:
			t := z.Token()
			n.text(t.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			n.start(&t)
		case html.EndTagToken:
			t := z.Token()
			n.end(t.Data)
		}
	}
}

// nester writes elements and keeps those that are open.
type nester struct {
	out  strings.Builder
	open []string
}

// text appends text, in a cell of its own where it stands between cells.
func (n *nester) text(s string) {
	if strings.Trim(s, " \t\n\r\f") != "" {
		n.leaveParts()
	}
	escapeText(&n.out, s)
}

// start begins an element, after it ended those that cannot hold it.
func (n *nester) start(t *html.Token) {
	kind, known := elements[t.Data]
	switch {
	case !known, kind == item && !n.inList(t.Data):
		return
	case kind == part:
		n.startPart(t)
		return
	case t.Data == "img":
		n.image(t)
		return
	case t.Data == "a":
		if i := n.find(anchors, nil); i >= 0 {
			n.close(i)
		}
	}
	if kind >= block || t.Data == "hr" {
		n.endBefore(t.Data, kind)
	}
	n.leaveParts()
	n.push(t)
}

// endBefore ends the paragraph, heading or item that ends where another block
// begins.
func (n *nester) endBefore(name string, kind nature) {
	if i := n.find(paragraphs, cells); i >= 0 {
		n.close(i)
	}
	switch {
	case kind == heading:
		if i := n.find(headings, cells); i >= 0 {
			n.close(i)
		}
	case name == "li":
		if i := n.find(listItems, listEnds); i >= 0 {
			n.close(i)
		}
	case kind == item:
		if i := n.find(terms, termEnds); i >= 0 {
			n.close(i)
		}
	}
}

// inList reports whether there is a list for an item.
func (n *nester) inList(name string) bool {
	if name == "li" {
		return n.find(lists, cells) >= 0
	}
	return n.find(termLists, cells) >= 0
}

// startPart begins a part of a table, with those that it stands in.
func (n *nester) startPart(t *html.Token) {
	table := n.find(tables, nil)
	if table < 0 {
		return
	}
	keep := table
	switch {
	case slices.Contains(cells[:2], t.Data):
		keep = n.findAbove(table, rows)
		if keep == table {
			keep = n.findAbove(table, sections)
		}
	case t.Data == "tr":
		keep = n.findAbove(table, sections)
	}
	n.close(keep + 1)
	switch t.Data {
	case "tr":
		n.needSection()
	case "td", "th":
		n.needRow()
	}
	n.push(t)
}

// findAbove returns the innermost element of those names above from, or from.
func (n *nester) findAbove(from int, names []string) int {
	for i := len(n.open) - 1; i > from; i-- {
		if slices.Contains(names, n.open[i]) {
			return i
		}
	}
	return from
}

func (n *nester) needSection() {
	if n.top() == "table" {
		n.push(&html.Token{Data: "tbody"})
	}
}

func (n *nester) needRow() {
	n.needSection()
	if n.top() != "tr" {
		n.push(&html.Token{Data: "tr"})
	}
}

// leaveParts begins a cell if what comes would stand between cells, from where
// browsers take it away.
func (n *nester) leaveParts() {
	if slices.Contains(between, n.top()) {
		n.needRow()
		n.push(&html.Token{Data: "td"})
	}
}

// image appends a picture, or a link to it.
func (n *nester) image(t *html.Token) {
	src := value(t, "src")
	if picture(src) {
		n.leaveParts()
		n.push(t)
		return
	}
	alt := value(t, "alt")
	if !address(src) || n.find(anchors, nil) >= 0 {
		n.text(alt)
		return
	}
	if strings.TrimSpace(alt) == "" {
		alt = src
	}
	n.leaveParts()
	depth := len(n.open)
	n.push(&html.Token{Data: "a", Attr: []html.Attribute{{Key: "href", Val: src}}})
	n.text(alt)
	n.close(depth)
}

// end ends an element, and those within it.
func (n *nester) end(name string) {
	kind, known := elements[name]
	if !known || kind == void {
		return
	}
	names, within := []string{name}, cells
	switch {
	case name == "table":
		within = nil
	case kind == part:
		within = tables
	case kind == heading:
		names = headings
	}
	if i := n.find(names, within); i >= 0 {
		n.close(i)
	}
}

// find returns the place of the innermost open element of those names; -1 if there
// is none, or one of within is further in.
func (n *nester) find(names, within []string) int {
	for i := len(n.open) - 1; i >= 0; i-- {
		if slices.Contains(names, n.open[i]) {
			return i
		}
		if slices.Contains(within, n.open[i]) {
			return -1
		}
	}
	return -1
}

func (n *nester) top() string {
	if len(n.open) == 0 {
		return ""
	}
	return n.open[len(n.open)-1]
}

// close ends the elements from a depth on, the innermost first.
func (n *nester) close(depth int) {
	for len(n.open) > depth {
		n.out.WriteString("</")
		n.out.WriteString(n.top())
		n.out.WriteByte('>')
		n.open = n.open[:len(n.open)-1]
	}
}

// push appends the tag of an element, unless it has no room or leads nowhere.
func (n *nester) push(t *html.Token) {
	kind := elements[t.Data]
	room := maxDepth
	if kind == part {
		room += tableDepth
	}
	if kind != void && len(n.open) >= room || t.Data == "a" && !address(value(t, "href")) {
		return
	}
	n.out.WriteByte('<')
	n.out.WriteString(t.Data)
	for _, key := range attributes[t.Data] {
		n.attribute(t, key)
	}
	if t.Data == "a" {
		n.out.WriteString(` rel="noopener noreferrer nofollow" target="_blank"`)
	}
	n.out.WriteByte('>')
	if kind != void {
		n.open = append(n.open, t.Data)
	}
}

// attribute appends an attribute that the element has and may have.
func (n *nester) attribute(t *html.Token, key string) {
	for i := range t.Attr {
		if t.Attr[i].Key != key {
			continue
		}
		v := t.Attr[i].Val
		if rule := values[key]; rule != nil && !rule.MatchString(v) {
			return
		}
		n.out.WriteByte(' ')
		n.out.WriteString(key)
		n.out.WriteString(`="`)
		escapeValue(&n.out, v)
		n.out.WriteByte('"')
		return
	}
}

// value returns the value of an attribute, that of the first if there are many:
// browsers read that.
func value(t *html.Token, key string) string {
	for i := range t.Attr {
		if t.Attr[i].Key == key {
			return t.Attr[i].Val
		}
	}
	return ""
}
