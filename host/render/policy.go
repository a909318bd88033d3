package render

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// attributes are the attributes that elements may have, in the order in which
// they leave. What an element has besides, it gets from the host.
var attributes = map[string][]string{
	"a":    {"href", "title"},
	"abbr": {"title"},
	"code": {"class"},
	"img":  {"src", "alt", "title"},
	"ol":   {"start"},
	"td":   {"align", "colspan", "rowspan"},
	"th":   {"align", "colspan", "rowspan"},
}

// values are what attributes may hold; those without are text.
var values = map[string]*regexp.Regexp{
	"class":   regexp.MustCompile(`^language-[A-Za-z0-9+#_.-]{1,32}$`),
	"start":   regexp.MustCompile(`^[0-9]{1,9}$`),
	"align":   regexp.MustCompile(`^(left|center|right)$`),
	"colspan": regexp.MustCompile(`^[1-9][0-9]?$`),
	"rowspan": regexp.MustCompile(`^[1-9][0-9]?$`),
}

// newPolicy returns what bluemonday leaves of HTML. Addresses are looked at once
// more in address and picture: bluemonday has one list for links and pictures.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for name := range elements {
		if name == "a" || name == "img" {
			continue // nothing without attributes
		}
		p.AllowElements(name)
	}
	for name, list := range attributes {
		for _, attr := range list {
			if rule := values[attr]; rule != nil {
				p.AllowAttrs(attr).Matching(rule).OnElements(name)
			} else {
				p.AllowAttrs(attr).OnElements(name)
			}
		}
	}
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowDataURIImages()
	p.AllowRelativeURLs(false)
	p.SkipElementsContent("svg", "math", "template", "textarea", "select", "xmp", "title",
		"object", "applet", "audio", "video", "canvas")
	return p
}

// address reports whether a link may lead to href. There are no relative ones: a
// bot has no place on the host that it could speak of, and must not send people
// to what they may do there.
func address(href string) bool {
	u, err := url.Parse(href)
	if err != nil || !printable(href) {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "mailto", "tel":
		return u.Opaque != ""
	}
	return false
}

var raster = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$`)

// picture reports whether src is a picture by itself. One at an address is asked
// for without a click, by everybody who sees it: it tells a stranger who reads what
// and when, and a bot could tell whom it likes what it heard, whatever hosts it is
// allowed. SVG may hold script.
func picture(src string) bool { return raster.MatchString(src) }

// printable reports whether s holds nothing that browsers leave out of addresses.
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\\'
	}) < 0
}
