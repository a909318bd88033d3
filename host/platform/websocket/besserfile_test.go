package websocket

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
)

// besserReplyFiles are files that bots reply with.
var besserReplyFiles = []struct {
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
func speakerOf(d Dialect, content string, err error) *speakBESSER {
	return &speakBESSER{
		dialect: d, renderer: fakeRenderer{},
		read: func(*abi.Entry, int) ([]byte, error) { return []byte(content), err },
	}
}

// A file has the same shape live and in the past.
func TestBESSER_ReplyFiles(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	for _, tc := range besserReplyFiles {
		t.Run(tc.name, func(t *testing.T) {
			body := fileBody(tc.file, tc.typ, len(tc.content))
			e := abi.Entry{From: abi.FromBot, Kind: abi.Kind(tc.kind), Body: body, Time: at}
			if tc.bot == same {
				tc.bot = tc.agent
			}
			for d, short := range map[Dialect]string{DialectAgent: tc.agent, DialectBot: tc.bot} {
				for _, history := range []bool{false, true} {
					got := string(speakerOf(d, tc.content, nil).entry(nil, &e, history))
					if want := besserFrame(d, short, history); got != want {
						t.Errorf("%v, history %t: entry() =\n%s, want\n%s", d, history, got, want)
					}
					if !json.Valid([]byte(got)) {
						t.Errorf("%v: entry() = %s, want JSON", d, got)
					}
				}
			}
		})
	}
}

// What cannot be sent is told by its name.
func TestBESSER_ReplyFiles_without(t *testing.T) {
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
		got := string(speakerOf(DialectBot, "", err).entry(nil, &e, false))
		if want := besserFrame(DialectBot, `str "`+want+`"`, false); got != want {
			t.Errorf("entry() = %s, want %s", got, want)
		}
	}
	got := string((&speakBESSER{dialect: DialectBot}).entry(nil, &e, false))
	if !strings.Contains(got, "is not here any more.") {
		t.Errorf("where nobody keeps files, entry() = %s", got)
	}
}

// What a user sent comes in the past only, in the shape in which it is sent.
func TestBESSER_UserFiles(t *testing.T) {
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
			for _, d := range []Dialect{DialectAgent, DialectBot} {
				if got := speakerOf(d, "hi", tc.err).entry(nil, &tc.e, false); len(got) > 0 {
					t.Errorf("live, entry() = %s, want nothing", got)
				}
				want := ""
				for line := range strings.SplitSeq(tc.want, "\n") {
					frame := besserFrame(d, line, true)
					want += strings.Replace(frame, d.String()+"_reply_", "", 1)
				}
				if got := string(speakerOf(d, "hi", tc.err).entry(nil, &tc.e, true)); got != want {
					t.Errorf("%v: entry() =\n%s, want\n%s", d, got, want)
				}
			}
		})
	}
}

// Every file that comes within a frame is taken, or answered in words; the
// connection stays.
func TestBESSER_TakeFiles(t *testing.T) {
	const most = 9
	b64 := base64.StdEncoding.EncodeToString
	file := func(name, typ, content string) string {
		return fmt.Sprintf(`{"name":%q,"type":%q,"base64":%q}`, name, typ, content)
	}
	str := func(text string) string { b, _ := json.Marshal(text); return string(b) }
	const wave = "OggSxxxxx"
	for _, tc := range []struct {
		name, action, message string
		// took is the file that the bot gets, or said what the client hears.
		took, said string
	}{
		{"a string", "user_file", str(file("a.txt", "text/plain", b64([]byte("hi")))),
			"file a.txt text/plain hi", ""},
		{"an object", "user_file", file("a.txt", "text/plain", b64([]byte("hi"))),
			"file a.txt text/plain hi", ""},
		{"no type", "user_file", str(file("a.txt", "", "aGk=")), "file a.txt  hi", ""},
		{"without the type", "user_file", `{"name":"a","base64":"aGk="}`, "file a  hi", ""},
		{"no padding", "user_file", file("a", "x/y", "aGk"), "file a x/y hi", ""},
		{"lines", "user_file", file("a", "x/y", "aG\nk=\n"), "file a x/y hi", ""},
		{"one byte less", "user_file", file("a", "x/y", b64([]byte("12345678"))),
			"file a x/y 12345678", ""},
		{"as large as it may be", "user_file", file("a", "x/y", b64([]byte("123456789"))),
			"file a x/y 123456789", ""},
		{"one byte more", "user_file", file("a", "x/y", b64([]byte("1234567890"))), "",
			"A file that is sent here has at most 9 bytes."},
		{"far too large", "user_file", file("a", "x/y", strings.Repeat("aaaa", 100)), "",
			"A file that is sent here has at most 9 bytes."},
		{"no base64", "user_file", file("a", "x/y", "%%%"), "",
			"The content of a file must be base64."},
		{"base64 of URLs", "user_file", file("a", "x/y", "-_-_"), "",
			"The content of a file must be base64."},
		{"nothing in it", "user_file", file("a", "x/y", ""), "", "This file is empty."},
		{"no name", "user_file", file("", "x/y", "aGk="), "", "A file must have a name."},
		{"a name of spaces", "user_file", file(" \t", "x/y", "aGk="), "",
			"A file must have a name."},
		{"a name that is a number", "user_file", `{"name":1,"base64":"aGk="}`, "",
			"A field has the wrong type."},
		{"name missing", "user_file", `{"base64":"aGk="}`, "", "A field is missing."},
		{"content missing", "user_file", `{"name":"a"}`, "", "A field is missing."},
		{"no object", "user_file", `"a.txt"`, "", "A field has the wrong type."},
		{"an array", "user_file", `[1]`, "", "A field has the wrong type."},
		{"null", "user_file", `null`, "", "A field has the wrong type."},
		{"cut JSON", "user_file", `"{\"name\":\"a\",\"bas"`, "", "A field has the wrong type."},

		{"a voice", "user_voice", str(b64([]byte(wave))), "voice voice.ogg audio/ogg " + wave, ""},
		{"no sound", "user_voice", str(b64([]byte("hi"))), "", "A voice message must be a sound."},
		{"a large voice", "user_voice", str(b64([]byte(wave + "x"))), "",
			"A file that is sent here has at most 9 bytes."},
		{"an empty voice", "user_voice", `""`, "", "This file is empty."},
		{"a voice that is no base64", "user_voice", `"?"`, "",
			"The content of a file must be base64."},
		{"a voice that is an object", "user_voice", `{}`, "", "A field has the wrong type."},
		{"a voice that is null", "user_voice", `null`, "", "A field has the wrong type."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newBESSERFake()
			f.bot = func(ev *abi.Event) []reply {
				if len(ev.Files) != 1 {
					return greet(ev)
				}
				file := ev.Files[0]
				return []reply{{abi.KindText, fmt.Sprint(ev.Kind, " ", file.Name, " ", file.Type,
					" ", f.files.contents[file.Name])}}
			}
			synctest.Test(t, func(t *testing.T) {
				s, end := startBESSER(t, f,
					Options{TrustSessionIDs: true, Limits: abi.Limits{InlineFileBytes: most}})
				defer end()
				c := s.dial("/?session_id=s1")
				c.wants("str Welcome!")
				c.send(`{"action":"` + tc.action + `","message":` + tc.message + `}`)
				c.wants("str " + tc.took + tc.said)
				c.say("still here")
				c.wants("str still here")
				c.close()
			})
			if tc.took == "" {
				f.files.wantReleased(t)
			} else {
				f.files.wantReleased(t, strings.Fields(tc.took)[1]+" true")
			}
		})
	}
}

// Files of which something else is wrong are let go of.
func TestBESSER_TakeFiles_refused(t *testing.T) {
	const frame = `{"action":"user_file","message":{"name":"a","type":"x/y","base64":"aGk="}}`
	for _, tc := range []struct {
		name string
		err  error
		code abi.Code
		said string
		let  []string
	}{
		{"wrong type", attach.ErrType, 0,
			"The content of this file is not of the type that it should have.", nil},
		{"too large for the host", attach.ErrTooLarge, 0,
			"This file is larger than files may be here.", nil},
		{"busy", attach.ErrBusy, 0, abi.CodeBusy.Info().Text, nil},
		{"disk", errors.New("disk"), 0, abi.CodeStoreUnavailable.Info().Text, nil},
		{"refused by the session", nil, abi.CodeStoreUnavailable,
			abi.CodeStoreUnavailable.Info().Text, []string{"a false"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newBESSERFake()
			f.bot = greet
			f.code = func(ev *abi.Event) abi.Code {
				if ev.Kind == abi.EventFile {
					return tc.code
				}
				return 0
			}
			inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
				c := s.dial("/?session_id=s1")
				c.wants("str Welcome!")
				f.files.fail(tc.err)
				c.send(frame)
				c.wants("str " + tc.said)
				c.say("still here")
				c.wants("str still here")
				c.close()
			})
			f.files.wantReleased(t, tc.let...)
		})
	}
	t.Run("nobody keeps files", func(t *testing.T) {
		f := newBESSERFake()
		synctest.Test(t, func(t *testing.T) {
			s, end := startBESSER(t, f, Options{Backend: struct{ Backend }{f}})
			defer end()
			c := s.dial("/")
			c.wants("str Welcome!")
			c.send(frame)
			c.wants("str Files are not taken here.")
			c.close()
		})
	})
}

// A turn with many files is not gathered whole: it is cut, but between frames.
func TestBESSER_LargeTurn(t *testing.T) {
	f := newBESSERFake()
	content := strings.Repeat("x", 3<<20)
	f.files.contents = map[string]string{"big": content}
	f.bot = func(*abi.Event) []reply {
		return []reply{{abi.KindFile, fileBody("big", "a/b", len(content))},
			{abi.KindFile, fileBody("big", "a/b", len(content))}, {abi.KindText, "last"}}
	}
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		c := s.dial("/?session_id=s1")
		synctest.Wait()
		for i := range 2 {
			if frame := <-c.frames; len(frame) < len(content)*4/3 ||
				!strings.Contains(frame, `"big"`) {
				t.Errorf("frame %d has %d bytes", i, len(frame))
			}
		}
		c.wants("str last")
		c.close()
	})
	for _, tt := range []struct {
		proto  protocol
		size   int
		begins bool
		want   bool
	}{
		{&speakNative{}, joinBytes, true, false}, {&speakNative{}, joinBytes + 1, true, true},
		{&speakNative{}, 64 << 20, false, false},
		{&speakBESSER{}, joinBytes + 1, true, true}, {&speakBESSER{}, inlineCut, false, false},
		{&speakBESSER{}, inlineCut + 1, false, true},
	} {
		if got := (&conn{proto: tt.proto}).mayCut(tt.size, tt.begins); got != tt.want {
			t.Errorf("%T: mayCut(%d, %t) = %t", tt.proto, tt.size, tt.begins, got)
		}
	}
}

// FuzzBESSER_file: whatever stands in a file's frame, it is answered or taken.
func FuzzBESSER_file(f *testing.F) {
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
