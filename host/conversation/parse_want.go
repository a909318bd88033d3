package conversation

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/bothost/bothost/abi"
)

// parseReply reads what the bot says.
func parseReply(it *item, text string) (w Want, err error) {
	w.Kind = Reply
	if text == "" {
		return w, errors.New(`a text is missing; an empty one is ""`)
	}
	switch {
	case text == "*":
		w.Kind = Rest
		return w, noMore(it)
	case text == "-":
		w.Kind = Silence
		return w, noMore(it)
	case text[0] == '[':
		w.Entry = abi.KindOptions
		w.Options, err = parseOptions(it.whole(text))
		w.Options = written(w.Options)
		return w, err
	case text[0] == '{':
		err = parseKind(&w, it, text)
		return w, err
	case text[0] == '~', text[0] == '/':
		w.Text, err = parseMatch(it, text)
		return w, err
	}
	if inReply.special(text) {
		return w, fmt.Errorf("what begins like this is no reply: %w", errEscape)
	}
	w.Entry, w.Text.How = abi.KindText, Exactly
	w.Text.Value, err = textOf(it, text)
	return w, err
}

var kindName = regexp.MustCompile(`^\{([a-z_]{1,40})\}(?: +(.*))?$`)

// parseKind reads {KIND}, and what follows it.
func parseKind(w *Want, it *item, text string) (err error) {
	m := kindName.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("a kind is such as {markdown}, with a space after it: %w", errEscape)
	}
	w.Entry = abi.Kind(m[1])
	switch {
	case m[2] == "":
		return noMore(it)
	case inBody.special(m[2]):
		w.Text, err = parseMatch(it, m[2])
	default:
		w.Text.How = Exactly
		w.Text.Value, err = textOf(it, m[2])
	}
	return err
}

// parseMatch reads ~ TEXT and /REGEXP/.
func parseMatch(it *item, text string) (t Text, err error) {
	if text[0] == '/' {
		t.How = Matches
		if t.re, err = cutRegexp(text); err != nil {
			return t, err
		}
		t.Value = t.re.String()
		return t, noMore(it)
	}
	word, rest, ok := cutSpace(text)
	if word != "~" || !ok {
		return t, fmt.Errorf("what a text contains stands after ~ and a space: %w", errEscape)
	}
	t.How = Contains
	t.Value, err = textOf(it, rest)
	return t, err
}

// parseCheck reads what follows @ and is wanted.
func parseCheck(it *item, word, rest string) (w Want, err error) {
	switch word {
	case "state", "intent":
		if w.Kind = State; word == "intent" {
			w.Kind = Intent
		}
		w.Text, err = parseNamed(it, rest)
	case "var", "file", "param":
		w.Kind = map[string]WantKind{"var": Var, "file": Content, "param": Param}[word]
		err = parseValue(&w, it, rest)
	case "score":
		w.Kind = Score
		w.Number, err = parseBound(it, rest, ">=", 1)
	case "fuel":
		w.Kind = Fuel
		w.Number, err = parseBound(it, rest, "<=", 1<<53)
		if err == nil && w.Number != math.Trunc(w.Number) {
			err = errors.New("fuel is a whole number")
		}
	case "fails":
		w.Kind = Fails
		w.Text, err = parseCause(it, rest)
	default:
		err = fmt.Errorf("after @ stands one of bot swap stub state var file intent score param "+
			"fuel fails, not %.20q: %w", word, errEscape)
	}
	return w, err
}

// parseNamed reads the name of a state or an intent, or - for none.
func parseNamed(it *item, rest string) (t Text, err error) {
	if rest == "-" {
		return Text{How: Unset}, noMore(it)
	}
	t.How = Exactly
	t.Value, err = textOf(it, rest)
	return t, err
}

// parseValue reads NAME = TEXT, and the other ways to compare.
func parseValue(w *Want, it *item, rest string) (err error) {
	if w.Name, rest, err = cutWord(rest); err != nil {
		return err
	}
	word, text, _ := cutSpace(rest)
	switch {
	case w.Name == "" || rest == "":
		return errors.New("it is NAME = TEXT, NAME ~ TEXT, NAME /REGEXP/, or NAME - for none")
	case rest == "-":
		w.Text.How = Unset
		return noMore(it)
	case word == "=":
		w.Text.How = Exactly
		w.Text.Value, err = textOf(it, text)
		return err
	case word == "~", rest[0] == '/':
		w.Text, err = parseMatch(it, rest)
		return err
	}
	return errors.New("it is NAME = TEXT, NAME ~ TEXT, NAME /REGEXP/, or NAME - for none")
}

func parseBound(it *item, rest, op string, most float64) (n float64, err error) {
	word, number, _ := cutSpace(rest)
	n, err = strconv.ParseFloat(number, 64)
	if word != op || err != nil || !(n >= 0 && n <= most) {
		return 0, fmt.Errorf("it is %s and a number from 0 to %.0f", op, most)
	}
	return n, noMore(it)
}

// parseCause reads what is known of a failure.
func parseCause(it *item, rest string) (t Text, err error) {
	if rest == "" {
		return t, noMore(it)
	}
	if rest[0] == '/' {
		return parseMatch(it, rest)
	}
	t.How = Contains
	t.Value, err = textOf(it, rest)
	return t, err
}
