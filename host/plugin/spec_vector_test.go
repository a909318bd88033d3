package plugin_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// vectorBytes is the part of the guest's memory that vectors show.
const vectorBytes = 1024

// vector is one call of an export: what the guest finds, the steps that it
// takes, and what came of them. testdata/abi/README.md describes the file.
type vector struct {
	about  []string
	export abi.Export
	event  abi.Event
	state  string
	vars   [][2]string
	timers []string
	config [][2]string
	limits [][2]string
	asset  *string
	// files are the contents of the event's files.
	files    []string
	before   []byte
	steps    []step
	observed observed
}

// step is a call into the host, or a change of the guest's own memory.
type step struct {
	call bool
	f    abi.Function
	args []int64
	at   int64
	data string
}

// observed is what came of a vector's steps.
type observed struct {
	results []int64
	after   []byte
	// ended says that the last step ended the turn, for a fault in argument.
	ended    bool
	argument string
	result   int32
	// effects are lines of the file.
	effects []string
}

func quote(text string) string { return string(jsontext.AppendString(nil, text)) }

// encode writes the file.
func (v *vector) encode() string {
	var b strings.Builder
	for _, line := range v.about {
		b.WriteString(strings.TrimSpace("# "+line) + "\n")
	}
	fmt.Fprintf(&b, "export %s\nevent %s\n", v.export, v.event.AppendJSON(nil))
	if v.state != "" {
		fmt.Fprintf(&b, "state %s\n", quote(v.state))
	}
	for _, list := range []struct {
		word  string
		pairs [][2]string
	}{{"var", v.vars}, {"config", v.config}, {"limit", v.limits}} {
		for _, p := range list.pairs {
			fmt.Fprintf(&b, "%s %s %s\n", list.word, quote(p[0]), quote(p[1]))
		}
	}
	for _, name := range v.timers {
		fmt.Fprintf(&b, "running %s\n", quote(name))
	}
	for _, content := range v.files {
		fmt.Fprintf(&b, "file %s\n", quote(content))
	}
	if v.asset != nil {
		fmt.Fprintf(&b, "asset %s\n", quote(*v.asset))
	}
	writeMemory(&b, "before", v.before)
	v.encodeSteps(&b)
	if v.observed.ended {
		return b.String()
	}
	fmt.Fprintf(&b, "return %d\n", v.observed.result)
	writeMemory(&b, "after", v.observed.after)
	for _, line := range v.observed.effects {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func (v *vector) encodeSteps(b *strings.Builder) {
	for i, s := range v.steps {
		if !s.call {
			fmt.Fprintf(b, "write %d %s\n", s.at, quote(s.data))
			continue
		}
		args := make([]string, len(s.args))
		for j, p := range s.f.Info().Params {
			args[j] = fmt.Sprintf("%s=%d", p.Name, s.args[j])
		}
		fmt.Fprintf(b, "call %s(%s)", s.f, strings.Join(args, ", "))
		switch {
		case v.observed.ended && i == len(v.steps)-1:
			b.WriteString(" ends the turn")
			if v.observed.argument != "" {
				b.WriteString(": " + v.observed.argument)
			}
		case len(s.f.Info().Results) > 0:
			fmt.Fprintf(b, " = %d", v.observed.results[i])
		}
		b.WriteByte('\n')
	}
}

// writeMemory writes the lines of memory that are not all zeros.
func writeMemory(b *strings.Builder, word string, memory []byte) {
	for at := 0; at < len(memory); at += 16 {
		line := memory[at : at+16]
		if bytes.Count(line, []byte{0}) == len(line) {
			continue
		}
		shown := bytes.Clone(line)
		for i, c := range shown {
			if c < ' ' || c > '~' {
				shown[i] = '.'
			}
		}
		fmt.Fprintf(b, "%-6s %04x  % x  |%s|\n", word, at, line, shown)
	}
}

// decodeVector reads a file, with what should come of it.
func decodeVector(text string) (*vector, error) {
	v := &vector{before: make([]byte, vectorBytes)}
	v.observed.after = make([]byte, vectorBytes)
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if err := v.decodeLine(word, strings.TrimLeft(rest, " "), line); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", i+1, line, err)
		}
	}
	return v, nil
}

func (v *vector) decodeLine(word, rest, line string) (err error) {
	switch word {
	case "#":
		v.about = append(v.about, rest)
	case "export":
		var ok bool
		if v.export, ok = abi.ExportByName(rest); !ok {
			err = fmt.Errorf("unknown export")
		}
	case "event":
		v.event, err = decodeEvent(rest)
	case "state":
		err = json.Unmarshal([]byte(rest), &v.state)
	case "var":
		v.vars, err = appendPair(v.vars, rest)
	case "config":
		v.config, err = appendPair(v.config, rest)
	case "limit":
		v.limits, err = appendPair(v.limits, rest)
	case "running":
		v.timers = append(v.timers, "")
		err = json.Unmarshal([]byte(rest), &v.timers[len(v.timers)-1])
	case "file":
		v.files = append(v.files, "")
		err = json.Unmarshal([]byte(rest), &v.files[len(v.files)-1])
	case "asset":
		v.asset = new(string)
		err = json.Unmarshal([]byte(rest), v.asset)
	case "before":
		err = readMemory(v.before, rest)
	case "call", "write":
		err = v.decodeStep(word, rest)
	case "return":
		_, err = fmt.Sscan(rest, &v.observed.result)
	case "after":
		err = readMemory(v.observed.after, rest)
	case "set", "delete", "timer", "cancel", "request", "entry", "content", "move", "said", "output", "log":
		v.observed.effects = append(v.observed.effects, line)
	default:
		err = fmt.Errorf("unknown word")
	}
	return err
}

func appendPair(pairs [][2]string, text string) ([][2]string, error) {
	var p [2]string
	d := json.NewDecoder(strings.NewReader(text))
	for i := range p {
		if err := d.Decode(&p[i]); err != nil {
			return nil, err
		}
	}
	return append(pairs, p), nil
}

func decodeEvent(text string) (abi.Event, error) {
	var e struct {
		Kind         abi.EventKind
		ID, Text     string
		Human        bool
		Time         int64
		Session, Bot string
		User         abi.User
		Name         string
		Data         json.RawMessage
		Response     json.RawMessage
		Late         bool
		Files        []abi.File
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return abi.Event{}, err
	}
	ev := abi.Event{
		Kind: e.Kind, ID: e.ID, Text: e.Text, Human: e.Human, Time: e.Time,
		Session: e.Session, Bot: e.Bot, User: e.User, Name: e.Name, Late: e.Late, Files: e.Files,
	}
	switch ev.Kind {
	case abi.EventTimer:
		return ev, json.Unmarshal(e.Data, &ev.Data)
	case abi.EventHTTP:
		ev.Data = string(e.Response)
	case abi.EventCustom:
		ev.Data = string(e.Data)
	}
	return ev, nil
}

func readMemory(memory []byte, text string) error {
	offset, rest, _ := strings.Cut(text, "  ")
	digits, _, _ := strings.Cut(rest, "  |")
	at, err := strconv.ParseUint(offset, 16, 16)
	if err != nil {
		return err
	}
	line, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil || len(line) != 16 || at%16 != 0 || int(at)+16 > len(memory) {
		return fmt.Errorf("must be 16 bytes of the first %d: %v", len(memory), err)
	}
	copy(memory[at:], line)
	return nil
}

var callLine = regexp.MustCompile(`^(\w+)\((.*)\)(?: = (-?\d+)|( ends the turn)(?:: (\w+))?)?$`)

func (v *vector) decodeStep(word, rest string) error {
	if v.observed.ended {
		return fmt.Errorf("comes after the end of the turn")
	}
	if word == "write" {
		at, data, _ := strings.Cut(rest, " ")
		s := step{}
		var err error
		if s.at, err = strconv.ParseInt(at, 10, 64); err != nil {
			return err
		}
		v.steps = append(v.steps, s)
		v.observed.results = append(v.observed.results, 0)
		return json.Unmarshal([]byte(data), &v.steps[len(v.steps)-1].data)
	}
	m := callLine.FindStringSubmatch(rest)
	if m == nil {
		return fmt.Errorf("is no call")
	}
	s, err := decodeCall(m[1], m[2])
	if err != nil {
		return err
	}
	var result int64
	if m[3] != "" {
		if result, err = strconv.ParseInt(m[3], 10, 64); err != nil {
			return err
		}
	}
	v.steps = append(v.steps, s)
	v.observed.results = append(v.observed.results, result)
	v.observed.ended, v.observed.argument = m[4] != "", m[5]
	return nil
}

func decodeCall(name, args string) (step, error) {
	f, ok := abi.FunctionByName(name)
	if !ok {
		return step{}, fmt.Errorf("unknown function")
	}
	s := step{call: true, f: f}
	for _, arg := range strings.FieldsFunc(args, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, text, _ := strings.Cut(arg, "=")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return s, err
		}
		if i := len(s.args); i >= len(f.Info().Params) || f.Info().Params[i].Name != name {
			return s, fmt.Errorf("parameter %s, want those of %v", name, f.Info().Params)
		}
		s.args = append(s.args, n)
	}
	if len(s.args) != len(f.Info().Params) {
		return s, fmt.Errorf("%d arguments, want those of %v", len(s.args), f.Info().Params)
	}
	return s, nil
}

// The law: what decodes encodes to itself once more, and nothing panics.
func FuzzDecodeVector(f *testing.F) {
	for _, path := range vectorPaths(f) {
		f.Add(readFile(f, path))
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := decodeVector(text)
		if err != nil {
			return
		}
		once := v.encode()
		again, err := decodeVector(once)
		if err != nil {
			t.Fatalf("decodeVector(%q) = %v, want no error", once, err)
		}
		if twice := again.encode(); twice != once {
			t.Errorf("encode(decode(%q)) = %q, want the same", once, twice)
		}
	})
}
