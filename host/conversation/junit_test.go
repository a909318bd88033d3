package conversation_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/conversation"
)

// node is any element of XML.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []node     `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestWriteJUnit(t *testing.T) {
	one := parse(t, "talks/a.chat",
		"== fails\n> say \"<\\u0007&>\"\n] \"\n== passes\n> say a\na\n")
	two := parse(t, "talks/b.chat", "> gone")
	reports := append(play(t, one, ""), play(t, two, "")...)
	var b bytes.Buffer
	if err := conversation.WriteJUnit(&b, reports); err != nil {
		t.Fatal(err)
	}
	var doc node
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	var got []string
	note := func(n *node, names ...string) {
		line := n.XMLName.Local
		for _, name := range names {
			line += " " + name + "=" + n.attr(name)
		}
		got = append(got, line)
		if !strings.HasPrefix(n.XMLName.Local, "test") {
			return
		}
		if s, err := strconv.ParseFloat(n.attr("time"), 64); err != nil || s < 0 || s > 60 {
			t.Errorf("%s has the time %q", line, n.attr("time"))
		}
	}
	note(&doc, "tests", "failures", "errors")
	for _, suite := range doc.Children {
		note(&suite, "name", "tests", "failures", "errors")
		for _, c := range suite.Children {
			note(&c, "name", "classname", "file", "line")
			for _, detail := range c.Children {
				note(&detail, "message")
				if !strings.Contains(detail.Text, "FAIL "+c.attr("file")) {
					t.Errorf("the text of %s is %q", c.attr("name"), detail.Text)
				}
			}
		}
	}
	want := []string{
		"testsuites tests=3 failures=1 errors=1",
		"testsuite name=talks/a.chat tests=2 failures=1 errors=0",
		"testcase name=fails classname=talks/a file=talks/a.chat line=1",
		"failure message=line 2: the bot said something else",
		"testcase name=passes classname=talks/a file=talks/a.chat line=4",
		"testsuite name=talks/b.chat tests=1 failures=0 errors=1",
		"testcase name=(without a name) classname=talks/b file=talks/b.chat line=1",
		"error message=line 1: the store is gone",
	}
	if !slices.Equal(got, want) {
		t.Errorf("WriteJUnit =\n%s\nhas %q\nwant %q", b.String(), got, want)
	}
}
