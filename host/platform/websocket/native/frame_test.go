package native

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// What the server writes, byte for byte, and what a client reads of it.
func TestFrames(t *testing.T) {
	entry := abi.Entry{Seq: 3, From: abi.FromBot, Kind: abi.KindText, Body: "Hi!", Time: 5, Turn: 2}
	options := entry
	options.Kind, options.Body = abi.KindOptions, `[{"label":"Yes","value":"y"}]`
	file := entry
	file.Kind, file.Body = "file", `{"name":"a","type":"b/c","size":5}`
	user := abi.Entry{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "a\nb",
		ID: "m1", Time: 5, Turn: 2}
	appendFrame := func(f Frame) []byte { return f.Append(nil) }
	for _, tc := range []struct {
		name string
		got  []byte
		wire string
		want Frame
	}{
		{"welcome", appendFrame(Frame{Type: Welcome, Session: "s", Resume: "r", Epoch: 1, Seq: 2,
			Resumed: true, Bot: "b", Limits: FrameLimits{1, 2, 3, 0, 0, 0}}),
			`{"type":"welcome","session":"s","resume":"r","epoch":1,"seq":2,"resumed":true,"bot":"b",` +
				`"limits":{"frame_bytes":1,"id_bytes":2,"history":3}}`,
			Frame{Type: Welcome, Session: "s", Resume: "r", Epoch: 1, Seq: 2,
				Resumed: true, Bot: "b", Limits: FrameLimits{1, 2, 3, 0, 0, 0}}},
		{"welcome not resumed",
			appendFrame(Frame{Type: Welcome, Session: "s", Epoch: 1,
				Reason: ReasonAhead, First: 1}),
			`{"type":"welcome","session":"s","epoch":1,"seq":0,"resumed":false,"reason":"ahead","first":1,` +
				`"limits":{"frame_bytes":0,"id_bytes":0,"history":0}}`,
			Frame{Type: Welcome, Session: "s", Epoch: 1, Reason: ReasonAhead, First: 1}},
		{"entry", AppendEntry(nil, &entry, nil, false),
			`{"type":"entry","seq":3,"from":"bot","kind":"text","body":"Hi!","time":5,"turn":2}`,
			Frame{Type: Entry, Seq: 3, From: abi.FromBot, Kind: abi.KindText,
				Body: json.RawMessage(`"Hi!"`), Time: 5, Turn: 2}},
		{"history entry", AppendEntry(nil, &user, nil, true),
			`{"type":"entry","seq":1,"from":"user","kind":"text","body":"a\nb","id":"m1","time":5,"turn":2,` +
				`"history":true}`,
			Frame{Type: Entry, Seq: 1, From: abi.FromUser, Kind: abi.KindText, ID: "m1",
				Body: json.RawMessage(`"a\nb"`), Time: 5, Turn: 2, History: true}},
		{"options", AppendEntry(nil, &options, nil, false),
			`{"type":"entry","seq":3,"from":"bot","kind":"options","body":[{"label":"Yes","value":"y"}],` +
				`"time":5,"turn":2}`,
			Frame{Type: Entry, Seq: 3, From: abi.FromBot, Kind: abi.KindOptions,
				Body: json.RawMessage(options.Body), Time: 5, Turn: 2}},
		{"accepted", AppendAccepted(nil, "m1", 4, 2, false),
			`{"type":"accepted","id":"m1","seq":4,"turn":2}`,
			Frame{Type: Accepted, ID: "m1", Seq: 4, Turn: 2}},
		{"duplicate", AppendAccepted(nil, "m\"1", 4, 2, true),
			`{"type":"accepted","id":"m\"1","seq":4,"turn":2,"duplicate":true}`,
			Frame{Type: Accepted, ID: "m\"1", Seq: 4, Turn: 2, Duplicate: true}},
		{"rejected", appendFrame(Frame{Type: Rejected, ID: "m1", Code: "busy",
			Error: "Later.", RetryMS: 9}),
			`{"type":"rejected","id":"m1","code":"busy","error":"Later.","retry_ms":9}`,
			Frame{Type: Rejected, ID: "m1", Code: "busy", Error: "Later.", RetryMS: 9}},
		{"reset", appendFrame(Frame{Type: Reset, Epoch: 2}),
			`{"type":"reset","epoch":2,"seq":0}`, Frame{Type: Reset, Epoch: 2}},
		{"reset with a new token", appendFrame(Frame{Type: Reset, Epoch: 2, Resume: "r"}),
			`{"type":"reset","epoch":2,"seq":0,"resume":"r"}`,
			Frame{Type: Reset, Epoch: 2, Resume: "r"}},
		{"history", appendFrame(Frame{Type: History, Before: 9, Count: 2, More: true, First: 3}),
			`{"type":"history","before":9,"count":2,"more":true,"first":3}`,
			Frame{Type: History, Before: 9, Count: 2, More: true, First: 3}},
		{"welcome where files are taken", appendFrame(Frame{Type: Welcome, Session: "s", Epoch: 1,
			Limits: FrameLimits{1, 2, 3, 4, 5, 6}}),
			`{"type":"welcome","session":"s","epoch":1,"seq":0,"resumed":false,"limits":{"frame_bytes":1,` +
				`"id_bytes":2,"history":3,"file_bytes":4,"event_files":5,"event_file_bytes":6}}`,
			Frame{Type: Welcome, Session: "s", Epoch: 1, Limits: FrameLimits{1, 2, 3, 4, 5, 6}}},
		{"upload", appendFrame(Frame{Type: Upload, ID: "u1", Token: "t",
			URL: "/bots/b/sessions/s/files"}),
			`{"type":"upload","id":"u1","token":"t","url":"/bots/b/sessions/s/files"}`,
			Frame{Type: Upload, ID: "u1", Token: "t", URL: "/bots/b/sessions/s/files"}},
		{"file", AppendEntryFiles(nil, &file, nil, "/f", false),
			`{"type":"entry","seq":3,"from":"bot","kind":"file","body":{"name":"a","type":"b/c","size":5},` +
				`"time":5,"turn":2,"files":[{"name":"a","type":"b/c","size":5,"url":"/f/3/0"}]}`,
			Frame{Type: Entry, Seq: 3, From: abi.FromBot, Kind: "file", Time: 5, Turn: 2,
				Body:  json.RawMessage(file.Body),
				Files: []File{{abi.File{Name: "a", Type: "b/c", Size: 5}, "/f/3/0"}}}},
		{"file without a link", AppendEntry(nil, &file, nil, false),
			`{"type":"entry","seq":3,"from":"bot","kind":"file","body":{"name":"a","type":"b/c","size":5},` +
				`"time":5,"turn":2}`,
			Frame{Type: Entry, Seq: 3, From: abi.FromBot, Kind: "file", Time: 5, Turn: 2,
				Body: json.RawMessage(file.Body)}},
		{"closing", appendFrame(Frame{Type: Closing, Code: "restart", RetryMS: 1000}),
			`{"type":"closing","code":"restart","retry_ms":1000}`,
			Frame{Type: Closing, Code: "restart", RetryMS: 1000}},
		{"ping", appendFrame(Frame{Type: Ping}), `{"type":"ping"}`, Frame{Type: Ping}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if string(tc.got) != tc.wire+"\n" {
				t.Errorf("wire = %s, want %s", tc.got, tc.wire)
			}
			f, err := ParseFrame(tc.got)
			if err != nil || !reflect.DeepEqual(f, tc.want) {
				t.Errorf("ParseFrame() = %+v, %v, want %+v", f, err, tc.want)
			}
		})
	}
}

func TestFrame_LogEntry(t *testing.T) {
	for _, e := range []abi.Entry{
		{Seq: 3, From: abi.FromBot, Kind: abi.KindText, Body: "a \"b\"\n", Time: 5, Turn: 2},
		{Seq: 1, From: abi.FromUser, Kind: abi.KindOption, Body: "yes", ID: "o1", Time: 5, Turn: 2},
		{Seq: 4, From: abi.FromBot, Kind: abi.KindOptions,
			Body: `[{"label":"L","value":"V"}]`, Turn: 2},
	} {
		f, err := ParseFrame(AppendEntry(nil, &e, nil, true))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.LogEntry(); !got.Equal(&e) || err != nil {
			t.Errorf("LogEntry() = %+v, %v, want %+v", got, err, e)
		}
	}
	f := Frame{Type: Entry, Kind: abi.KindText, Body: json.RawMessage(`{}`)}
	if e, err := f.LogEntry(); err == nil {
		t.Errorf("LogEntry() = %+v, want an error", e)
	}
}

func TestFrame_Retry(t *testing.T) {
	f := Frame{RetryMS: 1500}
	if got := f.Retry(); got != 1500*time.Millisecond {
		t.Errorf("Retry() = %v", got)
	}
}

// What a client can read of any server, it reads, or it gets an error and
// nothing else.
func FuzzParseFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"welcome","session":"s","resume":"r","epoch":1,"seq":2,"resumed":true}`,
		`{"type":"entry","seq":3,"from":"bot","kind":"text","body":"Hi!","time":5,"turn":2}`,
		`{"type":"later"}`, `{}`, `null`, `[]`, `{"type":5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		frame, err := ParseFrame(line)
		if err != nil {
			if !reflect.DeepEqual(frame, Frame{}) {
				t.Errorf("ParseFrame(%q) = %+v with an error", line, frame)
			}
			return
		}
		switch frame.Type {
		case Welcome, Rejected, Reset, History, Closing, Ping, Pong:
		default:
			return
		}
		if frame.RetryMS < 0 {
			return
		}
		first := frame.Append(nil)
		again, err := ParseFrame(first)
		if err != nil || string(again.Append(nil)) != string(first) {
			t.Errorf("ParseFrame(%s) = %+v, %v", first, again, err)
		}
	})
}

// Codes of this package have names of their own, and those of abi keep theirs.
func TestInfo(t *testing.T) {
	for _, tc := range []struct {
		code  abi.Code
		name  string
		retry bool
	}{
		{CloseBusy, "busy", true},
		{CloseUnauthorized, "unauthorized", false},
		{abi.CloseRestart, "restart", true},
		{4999, "", false},
	} {
		if got := Info(tc.code); got.Name != tc.name || got.Code != tc.code ||
			tc.code.Retry() != tc.retry {
			t.Errorf("Info(%d) = %+v, retry %v, want %s, %v", tc.code, got,
				tc.code.Retry(), tc.name, tc.retry)
		}
		if got := Info(tc.code); (got.Text == "") != (tc.name == "") {
			t.Errorf("Info(%d).Text = %q", tc.code, got.Text)
		}
	}
}
