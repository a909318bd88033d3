package besser

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/render/rendertest"
)

// replyFiles are files that bots reply with.
var replyFiles = []struct {
	name, kind, file, typ, content string
	// agent and bot are the action, without the dialect's, and the message.
	agent, bot string
}{
	{"a file", "file", "f.txt", "text/plain", "hi",
		`file {"name": "f.txt", "type": "text/plain", "base64": "aGk="}`, same},
	{"an empty file", "file", "é.bin", "application/octet-stream", "",
		`file {"name": "\u00e9.bin", "type": "application/octet-stream", "base64": ""}`, same},
	{"a name that is a tag", "file", `<img src=x onerror="a()">`, "text/html", "x",
		`file {"name": "_img src=x onerror=_a()__", "type": "text/html", "base64": "eA=="}`, same},
	{"a picture", "image", "p.png", "image/png", "\x89PNG", `image "iVBORw=="`, same},
	{"a drawing", "image", "d.svg", "image/svg+xml", "<svg/>",
		`file {"name": "d.svg", "type": "image/svg+xml", "base64": "PHN2Zy8+"}`, same},
	{"a sound", "audio", "s.wav", "audio/wav", string(wav(wavePCM, 1, 16, 8000, shorts(1, 2))),
		`audio {"audio_data_base64": "AQACAA==", "metadata": {"sample_rate": 8000, "dtype": "int16", "shape": [2]}}`,
		`file {"name": "s.wav", "type": "audio/wav", "base64": "` +
			base64.StdEncoding.EncodeToString(wav(wavePCM, 1, 16, 8000, shorts(1, 2))) + `"}`},
	{"a sound that is no samples", "audio", "s.ogg", "audio/ogg", "OggS",
		`file {"name": "s.ogg", "type": "audio/ogg", "base64": "T2dnUw=="}`, same},
	{"a sound that is none", "audio", "s.wav", "audio/wav", "hi",
		`file {"name": "s.wav", "type": "audio/wav", "base64": "aGk="}`, same},
}

// speakerOf is a speaker that reads one content, or fails.
func speakerOf(d Dialect, content string, err error) *Speaker {
	return &Speaker{
		Dialect: d, Renderer: rendertest.Fake{},
		Read: func(*abi.Entry, int) ([]byte, error) { return []byte(content), err },
	}
}

// A file has the same shape live and in the past.
func TestReplyFiles(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	for _, tc := range replyFiles {
		t.Run(tc.name, func(t *testing.T) {
			body := fileBody(tc.file, tc.typ, len(tc.content))
			e := abi.Entry{From: abi.FromBot, Kind: abi.Kind(tc.kind), Body: body, Time: at}
			if tc.bot == same {
				tc.bot = tc.agent
			}
			for d, short := range map[Dialect]string{Agent: tc.agent, Bot: tc.bot} {
				for _, history := range []bool{false, true} {
					got := string(speakerOf(d, tc.content, nil).Entry(nil, &e, history))
					if want := frameOf(d, short, history); got != want {
						t.Errorf("%v, history %t: Entry() =\n%s, want\n%s", d, history, got, want)
					}
					if !json.Valid([]byte(got)) {
						t.Errorf("%v: Entry() = %s, want JSON", d, got)
					}
				}
			}
		})
	}
}

// What cannot be sent is told by its name.
func TestReplyFiles_without(t *testing.T) {
	e := abi.Entry{From: abi.FromBot, Kind: abi.KindFile,
		Body: fileBody("a<b.pdf", "application/pdf", 5<<20)}
	for err, want := range map[error]string{
		attach.ErrTooLarge: "a_b.pdf (application/pdf, 5.0 MiB) is too large " +
			"to be sent here.",
		fmt.Errorf("x: %w",
			attach.ErrUnknown): "a_b.pdf (application/pdf, 5.0 MiB) is not here any more.",
		errors.New("disk"): "a_b.pdf (application/pdf, 5.0 MiB) cannot be " +
			"sent now.",
	} {
		got := string(speakerOf(Bot, "", err).Entry(nil, &e, false))
		if want := frameOf(Bot, `str "`+want+`"`, false); got != want {
			t.Errorf("Entry() = %s, want %s", got, want)
		}
	}
	got := string((&Speaker{Dialect: Bot}).Entry(nil, &e, false))
	if !strings.Contains(got, "is not here any more.") {
		t.Errorf("where nobody keeps files, Entry() = %s", got)
	}
}

// What a user sent comes in the past only, in the shape in which it is sent.
func TestUserFiles(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	one := fileBody("a.txt", "text/plain", 2)
	for _, tc := range []struct {
		name string
		e    abi.Entry
		err  error
		want string
	}{
		{"a file", abi.Entry{Kind: abi.KindFiles, Body: "[" + one + "]"}, nil,
			`user_file "{\"name\": \"a.txt\", \"type\": \"text/plain\", \"base64\": \"aGk=\"}"`},
		{"two files", abi.Entry{Kind: abi.KindFiles, Body: "[" + one + "," + one + "]"}, nil,
			`user_file "{\"name\": \"a.txt\", \"type\": \"text/plain\", \"base64\": \"aGk=\"}"` +
				"\n" +
				`user_file "{\"name\": \"a.txt\", \"type\": \"text/plain\", \"base64\": \"aGk=\"}"`},
		{"a voice", abi.Entry{Kind: abi.KindVoice, Body: fileBody("voice.ogg", "audio/ogg", 2)},
			nil,
			`user_voice "aGk="`},
		{"one that is gone",
			abi.Entry{Kind: abi.KindFiles, Body: "[" + one + "]"}, attach.ErrUnknown,
			`user_message "a.txt (text/plain, 2 B) is not here any more."`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.e.From, tc.e.Time = abi.FromUser, at
			for _, d := range []Dialect{Agent, Bot} {
				if got := speakerOf(d, "hi", tc.err).Entry(nil, &tc.e, false); len(got) > 0 {
					t.Errorf("live, Entry() = %s, want nothing", got)
				}
				want := ""
				for line := range strings.SplitSeq(tc.want, "\n") {
					frame := frameOf(d, line, true)
					want += strings.Replace(frame, d.String()+"_reply_", "", 1)
				}
				if got := string(speakerOf(d, "hi", tc.err).Entry(nil, &tc.e, true)); got != want {
					t.Errorf("%v: Entry() =\n%s, want\n%s", d, got, want)
				}
			}
		})
	}
}

// FuzzFile: whatever stands in a file's frame, it is answered or taken.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{`"{\"name\":\"a\",\"type\":\"b/c\",\"base64\":\"aGk=\"}"`,
		`{"name":"a","base64":"aGk"}`,
		`"aGk="`, `null`, `{"name":{}}`, `"{\"name\":null}"`, `"\ud800"`, `[]`, `"T2dnUw=="`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if !json.Valid([]byte(message)) {
			t.Skip("answered before")
		}
		data, fault := decodeInline(textOf(json.RawMessage(message)), 100)
		if (fault.Code == 0) != (len(data) > 0) || len(data) > 100 {
			t.Errorf("decodeInline(%s) = %q, %+v", message, data, fault)
		}
		if object := objectIn(textOf(json.RawMessage(message))); object != nil &&
			!json.Valid(object) {
			t.Errorf("objectIn(%s) = %s", message, object)
		}
		name := plainFileName(message)
		if strings.ContainsAny(name, "<>&\"'`") {
			t.Errorf("plainFileName(%q) = %q", message, name)
		}
	})
}

// fileBody is the body of an entry with one file.
func fileBody(name, typ string, size int) string {
	b, _ := json.Marshal(abi.File{Name: name, Type: typ, Size: int64(size)})
	return string(b)
}
