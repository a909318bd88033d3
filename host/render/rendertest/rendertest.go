package rendertest

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

//go:embed testdata/*.txt
var corpus embed.FS

// Payload is one attempt.
type Payload struct {
	// Name is its class and line, Comment what it tries.
	Name, Comment, Text string
}

// Payloads returns the corpus. In its files a line that begins with # tells what
// the next line tries. That is the payload: as it is, as a string of Go if it begins
// with a quotation mark, and as many times as it says if it begins with "repeat".
func Payloads(tb testing.TB) []Payload {
	tb.Helper()
	files, err := fs.Glob(corpus, "testdata/*.txt")
	if err != nil {
		tb.Fatal(err)
	}
	var all []Payload
	for _, file := range files {
		data, err := corpus.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		class := strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".txt")
		comment := ""
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			if about, ok := strings.CutPrefix(line, "# "); ok && comment == "" {
				comment = about
				continue
			}
			name := fmt.Sprintf("%s:%d", class, i+1)
			if comment == "" {
				tb.Fatalf("%s has no comment", name)
			}
			all = append(all, Payload{Name: name, Comment: comment, Text: payload(tb, name, line)})
			comment = ""
		}
	}
	if len(all) < 200 {
		tb.Fatalf("%d payloads, want at least 200", len(all))
	}
	return all
}

func payload(tb testing.TB, name, line string) string {
	tb.Helper()
	times := 1
	if rest, ok := strings.CutPrefix(line, "repeat "); ok {
		count, quoted, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		times, line = n, quoted
	}
	if strings.HasPrefix(line, `"`) {
		text, err := strconv.Unquote(line)
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		line = text
	}
	return strings.Repeat(line, times)
}

var (
	allowed = strings.Fields("a abbr b blockquote br caption code dd del div dl dt em h1 h2 h3 " +
		"h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub sup table " +
		"tbody td tfoot th thead tr u ul var")
	link = regexp.MustCompile(`^(https?://[^\s\x00-\x20\\]+|` +
		`mailto:[^\s\x00-\x20]+|tel:[^\s\x00-\x20]+)$`)
	image  = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$`)
	any    = regexp.MustCompile(`(?s)^.*$`)
	number = regexp.MustCompile(`^[0-9]{1,9}$`)
	attrs  = map[string]*regexp.Regexp{
		"a href":     link,
		"a rel":      regexp.MustCompile(`^noopener noreferrer nofollow$`),
		"a target":   regexp.MustCompile(`^_blank$`),
		"a title":    any,
		"abbr title": any,
		"code class": regexp.MustCompile(`^language-[A-Za-z0-9+#_.-]+$`),
		"img src":    image, "img alt": any, "img title": any,
		"ol start":   number,
		"td align":   regexp.MustCompile(`^(left|center|right)$`),
		"th align":   regexp.MustCompile(`^(left|center|right)$`),
		"td colspan": number, "td rowspan": number, "th colspan": number, "th rowspan": number,
	}
)

// Faults reads HTML as browsers do when a page puts it into an element, writes
// what it read, and reads that again. It returns what is not on the list in either,
// and whether the second differs from the first.
func Faults(text string) []string {
	var faults []string
	first, err := parse(text)
	if err != nil {
		return []string{err.Error()}
	}
	faults = check(faults, first)
	once := write(first)
	second, err := parse(once)
	if err != nil {
		return append(faults, err.Error())
	}
	faults = check(faults, second)
	if twice := write(second); twice != once {
		faults = append(faults,
			fmt.Sprintf("reads differently when it was written: %.200q, then %.200q", once, twice))
	}
	return slices.Compact(faults)
}

func parse(text string) ([]*html.Node, error) {
	return html.ParseFragment(strings.NewReader(text), &html.Node{
		Type: html.ElementNode, Data: "div", DataAtom: atom.Div,
	})
}

func write(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		_ = html.Render(&b, n) // a builder takes everything
	}
	return b.String()
}

func check(faults []string, nodes []*html.Node) []string {
	for _, root := range nodes {
		faults = checkNode(faults, root)
		for n := range root.Descendants() {
			faults = checkNode(faults, n)
		}
	}
	return faults
}

func checkNode(faults []string, n *html.Node) []string {
	switch n.Type {
	case html.TextNode:
		return faults
	case html.ElementNode:
	default:
		return append(faults, fmt.Sprintf("a node of type %d: %.80q", n.Type, n.Data))
	}
	if n.Namespace != "" || !slices.Contains(allowed, n.Data) {
		return append(faults, fmt.Sprintf("element %q", n.Data))
	}
	has := map[string]bool{}
	for _, a := range n.Attr {
		has[a.Key] = true
		rule := attrs[n.Data+" "+a.Key]
		if a.Namespace != "" || rule == nil || !rule.MatchString(a.Val) {
			faults = append(faults, fmt.Sprintf("attribute %s=%.80q of %s", a.Key, a.Val, n.Data))
		}
	}
	if n.Data == "a" && !(has["href"] && has["rel"] && has["target"]) {
		faults = append(faults, "link without href, rel or target")
	}
	return faults
}
