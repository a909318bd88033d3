package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// query is a text and the intent that it has; none if that is empty.
type query struct{ text, intent string }

// parts are the parts of a file by their names; a file without parts has one
// without a name.
type parts map[string][]query

func load(name string) (parts, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimSpace(data)
	var p parts
	switch {
	case bytes.HasPrefix(data, []byte("{")):
		p, err = parseParts(data)
	case bytes.HasPrefix(data, []byte("[")):
		var list []query
		list, err = parsePairs(data, false)
		p = parts{"": list}
	default:
		p, err = parseCSV(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func parseParts(data []byte) (parts, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	p := make(parts)
	for name, part := range raw {
		list, err := parsePairs(part, strings.HasPrefix(name, "oos"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p[name] = list
	}
	return p, nil
}

func parsePairs(data []byte, none bool) ([]query, error) {
	var pairs [][]string
	if err := json.Unmarshal(data, &pairs); err != nil {
		return nil, err
	}
	list := make([]query, len(pairs))
	for i, pair := range pairs {
		if len(pair) != 2 {
			return nil, fmt.Errorf("[%d]: want a query and its intent, got %q", i, pair)
		}
		list[i] = query{pair[0], pair[1]}
		if none || pair[1] == "oos" {
			list[i].intent = ""
		}
	}
	return list, nil
}

func parseCSV(data []byte) (parts, error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	var list []query
	for i, row := range rows {
		if len(row) < 2 {
			return nil, fmt.Errorf("row %d: want the columns text and category", i+1)
		}
		if i > 0 || row[0] != "text" {
			list = append(list, query{row[0], row[1]})
		}
	}
	return parts{"": list}, nil
}

// learned returns what to learn from: queries that have an intent.
func (p parts) learned() []query {
	list, ok := p["train"]
	if !ok {
		list = p[""]
	}
	var out []query
	for _, q := range list {
		if q.intent != "" {
			out = append(out, q)
		}
	}
	return out
}

// asked returns what to ask; ok is false if there is nothing that was held out.
func (p parts) asked() (list []query, ok bool) {
	for _, name := range []string{"test", "val"} {
		if list, ok := p[name]; ok {
			return append(list, p["oos_"+name]...), true
		}
	}
	list = append(p[""], p["oos"]...)
	return list, len(p[""]) > 0
}
