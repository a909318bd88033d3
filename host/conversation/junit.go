package conversation

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// The document that CI systems read: a suite for each file, and a case for each
// conversation.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`

	sum time.Duration
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	File    string       `xml:"file,attr"`
	Line    int          `xml:"line,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitDetail `xml:"failure"`
	Error   *junitDetail `xml:"error"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes reports as JUnit XML: a suite for each file, in the order in
// which they come first, and a case for each conversation. A conversation that
// could not be run to its end is an error, one that went otherwise a failure.
//
// # Errors
//
// Those of w.
func WriteJUnit(w io.Writer, reports []Report) error {
	var doc junitSuites
	places := make(map[string]int)
	var sum time.Duration
	for i := range reports {
		r := &reports[i]
		file := filepath.ToSlash(r.Conversation.File())
		at, ok := places[file]
		if !ok {
			at = len(doc.Suites)
			places[file] = at
			doc.Suites = append(doc.Suites, junitSuite{Name: file})
		}
		doc.Suites[at].add(r, file)
		sum += r.Time
	}
	for i := range doc.Suites {
		s := &doc.Suites[i]
		doc.Tests += s.Tests
		doc.Failures += s.Failures
		doc.Errors += s.Errors
		s.Time = seconds(s.sum)
	}
	doc.Time = seconds(sum)
	body, err := xml.MarshalIndent(&doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), body...), '\n'))
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

// add adds a case.
func (s *junitSuite) add(r *Report, file string) {
	c := junitCase{
		Name: r.name(), Class: strings.TrimSuffix(file, Extension), File: file,
		Line: r.Conversation.Line, Time: seconds(r.Time),
	}
	s.Tests++
	s.sum += r.Time
	if r.Failed() {
		var text bytes.Buffer
		_ = WriteText(&text, r, Options{}) // a buffer takes all
		detail := &junitDetail{Message: r.message(), Type: "conversation", Text: text.String()}
		if r.Err != nil {
			s.Errors++
			c.Error = detail
		} else {
			s.Failures++
			c.Failure = detail
		}
	}
	s.Cases = append(s.Cases, c)
}

// message says in one line what was wrong first.
func (r *Report) message() string {
	if r.Err != nil {
		return fmt.Sprintf("line %d: %v", r.Line, r.Err)
	}
	for i := range r.Results {
		if result := &r.Results[i]; len(result.Failures) > 0 {
			return fmt.Sprintf("line %d: %s", result.Step.Line, result.headline())
		}
	}
	return ""
}
