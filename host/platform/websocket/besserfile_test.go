package websocket

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
)

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
