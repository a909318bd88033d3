package websocket

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

const badLimit = 4000

// fill returns a frame of so many bytes.
func fill(frame string, size int) string {
	return strings.Replace(frame, `""`, `"`+strings.Repeat("x", size-len(frame))+`"`, 1)
}

func textFrame(s string) []byte { return appendFrame(nil, opText, true, []byte(s)) }

// TestBadInput: whatever a client sends is answered, the connection goes on, and
// others never notice.
func TestBadInput(t *testing.T) {
	const (
		message = `{"type":"message","id":"m1","text":""}`
		payload = `{"action":"user_message","message":""}`
		besser  = ""
		nat     = native.Protocol
	)
	for _, tc := range []struct {
		name     string
		protocol string
		sent     []byte
		want     string
		// closes is the code that the connection closes with; 0 if it stays.
		closes abi.Code
	}{
		{"not JSON", nat, textFrame(`hello there`), `"code":"bad_json"`, 0},
		{"not JSON, besser", besser, textFrame(`hello there`), `That was not valid JSON.`, 0},
		{"cut JSON", nat, textFrame(`{"type":"message","id":"m1","te`), `"code":"bad_json"`, 0},
		{"cut JSON, besser", besser, textFrame(`{"action":`), `That was not valid JSON.`, 0},
		{"empty", nat, textFrame(``), `"code":"bad_json"`, 0},
		{"empty, besser", besser, textFrame(``), `That was not valid JSON.`, 0},
		{"empty lines", nat, textFrame("\n\n \n"), `"code":"bad_json"`, 0},
		{"an array", nat, textFrame(`[1,2]`), `"code":"not_object"`, 0},
		{"an array, besser", besser, textFrame(`[1,2]`), `A frame must hold one JSON object.`, 0},
		{"null", nat, textFrame(`null`), `"code":"not_object"`, 0},
		{"null, besser", besser, textFrame(`null`), `A frame must hold one JSON object.`, 0},
		{"a number, besser", besser, textFrame(` 5`), `A frame must hold one JSON object.`, 0},
		{"unknown type", nat, textFrame(`{"type":"dance","id":"m1"}`),
			`"id":"m1","code":"unknown_type"`, 0},
		{"unknown action", besser, textFrame(`{"action":"dance","message":"x"}`),
			`This type of message is not known here.`, 0},
		{"no type", nat, textFrame(`{"id":"m1","text":"x"}`), `"code":"missing_field"`, 0},
		{"no action", besser, textFrame(`{"message":"x"}`), `A field is missing.`, 0},
		{"no text", nat, textFrame(`{"type":"message","id":"m1"}`),
			`"id":"m1","code":"missing_field","error":"A field is missing.","field":"text"`, 0},
		{"no message", besser, textFrame(`{"action":"user_message"}`), `A field is missing.`, 0},
		{"no id", nat, textFrame(`{"type":"reset"}`), `"field":"id"`, 0},
		{"text of wrong type", nat, textFrame(`{"type":"message","id":"m1","text":{}}`),
			`"id":"m1","code":"wrong_type"`, 0},
		{"message of wrong type", besser, textFrame(`{"action":"user_set_variable","message":5}`),
			`A field has the wrong type.`, 0},
		{"message is null", besser, textFrame(`{"action":"user_gui_event","message":null}`),
			`A field has the wrong type.`, 0},
		{"action of wrong type", besser, textFrame(`{"action":1,"message":"x"}`),
			`A field has the wrong type.`, 0},
		{"empty id", nat, textFrame(`{"type":"message","id":"","text":"x"}`), `"code":"bad_id"`, 0},
		{"long id", nat, textFrame(`{"type":"reset","id":"` + strings.Repeat("i", 65) + `"}`),
			`"code":"bad_id"`, 0},
		{"control character in id", nat, textFrame(`{"type":"reset","id":"a\u0000"}`),
			`"code":"bad_id"`, 0},
		{"hello again", nat, textFrame(`{"type":"hello"}`), `"code":"hello_repeated"`, 0},
		{"not UTF-8", nat, textFrame("{\"type\":\"message\",\"id\":\"m1\",\"text\":\"\xff\"}"),
			`"code":"not_utf8"`, 0},
		{"not UTF-8, besser", besser,
			textFrame("{\"action\":\"user_message\",\"message\":\"\xff\"}"),
			`Text must be UTF-8.`, 0},
		{"binary", nat, appendFrame(nil, opBinary, true, []byte(`{"type":"ping"}`)),
			`"code":"not_text"`, 0},
		{"binary, besser: taken", besser,
			appendFrame(nil, opBinary, true,
				[]byte(`{"action":"user_message","message":"binary"}`)),
			`"message": "binary"`, 0},
		{"one byte below the limit: taken", nat,
			textFrame(fill(message, badLimit-1)), `"accepted"`, 0},
		{"at the limit: taken", nat, textFrame(fill(message, badLimit)), `"accepted"`, 0},
		{"one byte over the limit", nat, textFrame(fill(message, badLimit+1)),
			`"code":"too_large"`, 0},
		{"at the limit, besser: taken", besser, textFrame(fill(payload, badLimit)), `xxx`, 0},
		{"one byte over the limit, besser", besser, textFrame(fill(payload, badLimit+1)),
			`That was too large.`, 0},
		{"far over the limit", nat, textFrame(fill(message, 2*badLimit+1)),
			`"code":"frame_too_large"`, abi.CloseTooLarge},
		{"far over the limit, besser", besser, textFrame(fill(payload, 2*badLimit+1)),
			``, abi.CloseTooLarge},
		{"good and bad lines", nat, textFrame(`{"type":"ping"}` + "\nnope\n" + `{"type":"ping"}`),
			`{"type":"pong"}` + "\n" + `{"type":"rejected","code":"bad_json","error":` +
				`"That was not valid JSON."}` + "\n" + `{"type":"pong"}`, 0},
		{"control frame too long", nat,
			appendFrame(nil, opPing, true, make([]byte, 126)), ``, 1002},
		{"unknown opcode", nat, appendFrame(nil, 3, true, nil), ``, 1002},
		{"continuation of nothing", nat, appendFrame(nil, opContinuation, true, nil), ``, 1002},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, s := serve(t, newFake(), Options{Limits: abi.Limits{FrameBytes: badLimit}})
			raw := rawServe(t, s, tc.protocol)
			again := `{"action":"user_message","message":"still here"}`
			if tc.protocol == native.Protocol {
				raw.text(`{"type":"hello"}`)
				again = `{"type":"message","id":"again","text":"still here"}`
			}
			raw.await("Welcome!", 1)
			raw.out = append(raw.out[:0], tc.sent...)
			raw.flush()
			if tc.want != "" {
				raw.await(tc.want, 1)
			}
			if tc.closes != 0 {
				raw.wantClose(tc.closes)
			} else {
				raw.text(again)
				raw.await("still here", 1)
			}
			greeted(t, url)
		})
	}
}

// Endless empty continuations and floods of pings are in TestInvariant_Flood.

func TestBadInput_NeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, end := inBubble(t, newFake(), Options{})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		raw.text(`{"type":"hello"}`)
		time.Sleep(time.Second)
		c := dial(t, b.options())
		want(t, c, `entry 1 bot text "Welcome!"`)
		time.Sleep(12 * time.Second)
		if n := len(b.connections(nil)); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
		do(t, c.Close())
		do(t, conn.Close())
	})
}

func TestBadInput_NeverSaysHello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, end := inBubble(t, newFake(), Options{})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		raw.await(`"closing","code":"hello_missing"`, 1)
		raw.wantClose(abi.CloseHelloMissing)
		do(t, conn.Close())
	})
}

// A peer that vanishes without a word is noticed by its silence.
func TestBadInput_HalfDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, protocol := range []string{native.Protocol, ""} {
			f := newFake()
			b, end := inBubble(t, f, Options{})
			conn, err := b.pipes.dial(t.Context(), "", "")
			do(t, err)
			raw := rawUpgrade(t, conn, protocol)
			if protocol != "" {
				raw.text(`{"type":"hello"}`)
			}
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				_, _ = io.Copy(io.Discard, raw.in)
			}()
			time.Sleep(time.Minute)
			if n := len(b.connections(nil)); n != 0 || f.closed != 1 {
				t.Errorf("%q: %d connections, %d closed, want 0, 1", protocol, n, f.closed)
			}
			<-gone
			do(t, conn.Close())
			end()
		}
	})
}

// BESSER clients answer pings without knowing, and stay.
func TestBESSER_Heartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, end := inBubble(t, newFake(), Options{})
		defer end()
		conn, _, err := ws.Dial(t.Context(), "ws://localhost",
			&ws.DialOptions{HTTPClient: b.client})
		do(t, err)
		read := make(chan struct{})
		go func() {
			defer close(read)
			for {
				if _, _, err := conn.Read(context.Background()); err != nil {
					return
				}
			}
		}()
		time.Sleep(time.Hour)
		if n := len(b.connections(nil)); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
		_ = conn.CloseNow()
		<-read
	})
}

func TestBadInput_Strangers(t *testing.T) {
	url, _ := serve(t, newFake(), Options{Origins: []string{"https://chat.example"}})
	url = "http" + strings.TrimPrefix(url, "ws")
	for _, tc := range []struct {
		name         string
		host, origin string
		want         int
	}{
		{"no browser", "localhost", "", http.StatusSwitchingProtocols},
		{"our page", "localhost:8765", "http://localhost:8765", http.StatusSwitchingProtocols},
		{"a page of this machine", "localhost", "http://127.0.0.1:3000",
			http.StatusSwitchingProtocols},
		{"a page that is named", "localhost", "https://chat.example",
			http.StatusSwitchingProtocols},
		{"cross-origin browser", "localhost", "https://evil.example", http.StatusForbidden},
		{"sandboxed page", "localhost", "null", http.StatusForbidden},
		{"rebound name", "evil.example", "http://evil.example", http.StatusForbidden},
		{"foreign host", "evil.example:8765", "", http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(background(t), http.MethodGet, url, nil)
			do(t, err)
			r.Host = tc.host
			for name, value := range map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
				"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": tc.origin,
			} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			do(t, err)
			if response.StatusCode != tc.want {
				text, _ := io.ReadAll(response.Body)
				t.Errorf("status = %d, want %d: %s", response.StatusCode, tc.want, text)
			}
			_ = response.Body.Close()
		})
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
