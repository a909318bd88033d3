package conversation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi"
)

// act reads what follows >.
func (p *parser) act(it *item, who, rest string) error {
	s := Step{Session: who, Act: Act{Verb: Send}}
	ev := &s.Act.Event
	ev.Human, ev.User.ID = true, who
	verb, rest, spaced := cutSpace(rest)
	var err error
	switch verb {
	case "":
		err = parseSaid(&s.Act, it, rest, spaced)
	case "agent":
		ev.Kind, ev.Human = abi.EventMessage, false
		ev.Text, err = textOf(it, rest)
	case "start":
		if s.Act = (Act{Verb: Begin}); who == "" {
			return errors.New("the only session begins by itself")
		}
		err = whole(it, rest)
	case "reset":
		ev.Kind = abi.EventReset
		err = whole(it, rest)
	case "file", "voice":
		ev.Kind = abi.EventKind(verb)
		err = parseFiles(&s.Act, it, rest)
	case "json":
		ev.Kind, ev.Name = abi.EventJSON, abi.NameJSON
		err = parseJSON(ev, it, rest)
	case "event":
		ev.Kind = abi.EventCustom
		err = parseEvent(ev, it, rest)
	default:
		err = fmt.Errorf("what somebody says stands after > and a space; otherwise it is one of "+
			"file voice json event agent start reset, not %.20q: %w", verb, errEscape)
	}
	if stepErr := p.step(it, s); err == nil {
		err = stepErr
	}
	return err
}

// whole refuses what follows a word that is all.
func whole(it *item, rest string) error {
	if rest != "" {
		return fmt.Errorf("nothing may follow here, %.40q does", rest)
	}
	return noMore(it)
}

// textOf reads the text of an item, of which rest is the first line.
func textOf(it *item, rest string) (string, error) {
	if rest == "" {
		return "", errors.New(`a text is missing; an empty one is ""`)
	}
	if rest[0] == '"' && len(it.more) > 0 {
		return "", fmt.Errorf("a JSON string is whole: no line goes on with it; %w", errEscape)
	}
	return parseText(it.whole(rest))
}

// parseSaid reads a text, or the choice of an option.
func parseSaid(a *Act, it *item, rest string, spaced bool) (err error) {
	if !spaced {
		return errors.New(`a text is missing; an empty one is ""`)
	}
	if !inSaid.special(rest) {
		a.Event.Kind = abi.EventMessage
		a.Event.Text, err = textOf(it, rest)
		return err
	}
	options, err := parseOptions(rest)
	if err == nil && len(options) != 1 {
		err = errors.New("one option is chosen at a time")
	}
	if err != nil {
		return err
	}
	a.Verb, a.Option = Choose, options[0]
	a.Event.Kind = abi.EventOption
	return noMore(it)
}

// parseFiles reads NAME TYPE SIZE, NAME TYPE = TEXT and NAME TYPE < FILE, on each line.
func parseFiles(a *Act, it *item, rest string) error {
	if a.Event.Kind == abi.EventVoice && len(it.more) > 0 {
		return errors.New("a voice message is one file")
	}
	for _, line := range append([]string{rest}, it.more...) {
		if line == "" {
			return errors.New("a file is NAME TYPE SIZE, NAME TYPE = TEXT, or NAME TYPE < FILE")
		}
		if err := parseFile(a, line); err != nil {
			return err
		}
	}
	return nil
}

// parseFile adds a file.
func parseFile(a *Act, line string) error {
	file, rest, err := cutFile(line)
	if err != nil {
		return err
	}
	var content *string
	path := ""
	text, isContent := strings.CutPrefix(rest, "=")
	named, isPath := strings.CutPrefix(rest, "<")
	switch {
	case isContent:
		content = new(string)
		*content, err = parseText(strings.TrimLeft(text, " \t"))
		file.Size = int64(len(*content))
	case isPath:
		path, err = parseText(strings.TrimLeft(named, " \t"))
		if path == "" && err == nil {
			err = errors.New("after < stands the name of a file")
		}
	case rest != "":
		file.Size, err = parseSize(rest)
	}
	if path != "" && a.Paths == nil {
		a.Paths = make([]string, len(a.Event.Files))
	}
	a.Event.Files = append(a.Event.Files, file)
	a.Contents = append(a.Contents, content)
	if a.Paths != nil {
		a.Paths = append(a.Paths, path)
	}
	return err
}

// path returns the file that is the content of file i; empty if there is none.
func (a *Act) path(i int) string {
	if a.Paths == nil {
		return ""
	}
	return a.Paths[i]
}

// cutFile reads NAME TYPE.
func cutFile(line string) (f abi.File, rest string, err error) {
	name, rest, err := cutWord(line)
	if err != nil {
		return f, "", err
	}
	typ, rest, _ := cutSpace(rest)
	f.Name, f.Type = name, typ
	if major, minor, ok := strings.Cut(typ, "/"); !ok || major == "" || minor == "" {
		return f, "", fmt.Errorf("a file is NAME TYPE SIZE with a MIME type such as text/plain, "+
			"not %.40q", typ)
	}
	return f, rest, nil
}

// compact reads JSON that may go on over several lines.
func compact(it *item, rest string) (string, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(it.whole(rest))); err != nil {
		return "", fmt.Errorf("is no JSON: %w", err)
	}
	return b.String(), nil
}

func parseJSON(ev *abi.Event, it *item, rest string) (err error) {
	if ev.Data, err = compact(it, rest); err != nil {
		return err
	}
	// A map: encoding/json takes the names of a struct's fields in any case.
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(ev.Data), &fields) == nil {
		var text string
		if json.Unmarshal(fields["message"], &text) == nil {
			ev.Text = text
		}
	}
	return nil
}

func parseEvent(ev *abi.Event, it *item, rest string) (err error) {
	if ev.Name, rest, err = cutWord(rest); err != nil {
		return err
	}
	if ev.Name == "" {
		return errors.New("an event is NAME JSON, or NAME")
	}
	if rest == "" && len(it.more) == 0 {
		return nil
	}
	ev.Data, err = compact(it, rest)
	return err
}

// directive reads what follows @.
func (p *parser) directive(it *item, who, rest string) error {
	word, rest, _ := cutSpace(rest)
	switch word {
	case "bot", "swap", "stub":
		if who != "" {
			return fmt.Errorf("@%s is about all sessions: name nobody", word)
		}
		return p.world(it, word, rest)
	}
	w, err := parseCheck(it, word, rest)
	if err != nil {
		return err
	}
	return p.about(it, who, w)
}

// world reads what happens around the conversation.
func (p *parser) world(it *item, word, rest string) (err error) {
	a := Act{Verb: Answer}
	if word == "stub" {
		a.Stub, err = parseStub(it, rest)
		return errors.Join(err, p.step(it, Step{Act: a}))
	}
	if a.Verb = Swap; word == "bot" {
		a.Verb = Bot
	}
	if a.File, err = textOf(it, rest); err == nil {
		err = noMore(it)
	}
	if a.Verb == Bot {
		switch {
		case p.conv != nil:
			return errors.New("@bot stands at the head of a file, before the first conversation")
		case p.file.Bot != "":
			return errors.New("a file names one bot")
		}
		p.file.Bot = a.File
	}
	if err != nil {
		return err
	}
	return p.step(it, Step{Act: a})
}

var errStub = errors.New("a stub is METHOD URL -> STATUS TEXT, or METHOD URL -> CODE")

func parseStub(it *item, rest string) (s Stub, err error) {
	request, answer, ok := strings.Cut(rest, " -> ")
	words := strings.Fields(request)
	switch {
	case !ok, len(words) == 0, len(words) > 2:
		return s, errStub
	case len(words) == 2:
		s.Method = words[0]
		if !slices.Contains(abi.Methods(), s.Method) {
			all := strings.Join(abi.Methods(), " ")
			return s, fmt.Errorf("a method is one of %s, not %.20q", all, s.Method)
		}
	}
	s.URL = words[len(words)-1]
	status, body, _ := cutSpace(strings.TrimLeft(answer, " \t"))
	if s.Status, err = strconv.Atoi(status); err != nil {
		return s, s.none(it, abi.ResponseCode(status), body)
	}
	if s.Status < 200 || s.Status > 599 {
		return s, fmt.Errorf("a status is from 200 to 599, not %d", s.Status)
	}
	if body != "" || len(it.more) > 0 {
		s.Body, err = textOf(it, body)
	}
	return s, err
}

// none is for a request that has no answer.
func (s *Stub) none(it *item, code abi.ResponseCode, rest string) error {
	s.Status = 0
	var codes []string
	for _, row := range abi.Responses() {
		codes = append(codes, string(row.Code))
		if s.Code == "" && row.Code == code {
			s.Code = code
		}
	}
	if s.Code == "" {
		all := strings.Join(codes, " ")
		return fmt.Errorf("after -> stands a status, or one of %s, not %.20q", all, code)
	}
	return whole(it, rest)
}
