package webui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/webui"
)

// TestStream_host has a real bot make its reply bit by bit.
func TestStream_host(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("stream")
	p.wait(`document.querySelector('.streaming').textContent === 'Once upon '`)
	p.shot("half")
	p.wait(`!document.querySelector('.streaming')`)
	p.once("Once upon a time.")
	p.say("secret")
	p.wait(`document.querySelector('.streaming').textContent === 'The secret is '`)
	p.wait(`document.querySelector('.row.host') && !document.querySelector('.streaming')`)
	if strings.Contains(p.text(), "secret is") {
		t.Error("what a failing turn said is still there")
	}
	p.shot("withdrawn")
	p.say("slow")
	p.wait(`!document.querySelector('.typing').hidden`)
	p.sees("That took a while.")
	p.wait(`document.querySelector('.typing').hidden`)
}

// TestStream shows text as it is made, and then the entry that it comes to.
func TestStream(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(`{"type":"typing"}`)
	p.wait(`!document.querySelector('.typing').hidden`)
	c.send(`{"type":"delta","turn":1,"text":"Once upon "}`)
	p.wait(`document.querySelector('.streaming').textContent === 'Once upon '`)
	c.send(`{"type":"delta","turn":1,"text":"a time"}`)
	p.wait(`document.querySelector('.streaming').textContent === 'Once upon a time'`)
	c.send(`{"type":"delta","turn":1,"part":1,"text":"The end"}`)
	p.wait(`document.querySelectorAll('.streaming')[1]?.textContent === 'The end'`)
	p.shot("stream")
	c.send(text(1, "bot", "Once upon a time."))
	p.wait(`document.querySelectorAll('.row.bot').length === 1 && !document.querySelector('.streaming')`)
	p.sees("Once upon a time.")
}

// TestStream_typing is told that a turn came to nothing.
func TestStream_typing(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(`{"type":"typing","turn":1}`)
	p.wait(`!document.querySelector('.typing').hidden`)
	before := time.Now()
	c.send(`{"type":"withdrawn","turn":1}`)
	p.wait(`document.querySelector('.typing').hidden`)
	if d := time.Since(before); d > 15*time.Second {
		t.Errorf("the sign stayed for %v", d)
	}
}

// TestStream_withdrawn takes back what a failing turn said.
func TestStream_withdrawn(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(`{"type":"delta","turn":1,"text":"I will tell you a secr"}`)
	p.wait(`document.querySelector('.streaming')`)
	c.send(`{"type":"withdrawn","turn":1}`,
		entry(1, "host", "notice", `"Something went wrong."`, ""))
	p.sees("Something went wrong.")
	p.wait(`!document.querySelector('.streaming') && !document.body.innerText.includes('secr')`)
	p.wait(`document.querySelector('#announcer').textContent.includes('took back')`)
}

// TestStream_cut takes a reply back whose connection broke, and has it whole when
// the host is back.
func TestStream_cut(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(text(1, "bot", "Hello."), `{"type":"delta","turn":2,"text":"The first half"}`)
	p.wait(`document.querySelector('.streaming')`)
	_ = c.ws.CloseNow()
	p.wait(`!document.querySelector('.streaming')`)
	c = f.accept()
	if c.hello["session"] != "s" || c.hello["resume"] != "r" || c.hello["after"] != 1.0 ||
		c.hello["epoch"] != 1.0 {
		t.Errorf("hello of a page that comes back = %v, want it to resume after 1", c.hello)
	}
	c.welcome(1, true)
	c.send(text(2, "bot", "The first half, and the second."))
	p.sees("and the second.")
	p.wait(`document.querySelectorAll('.row.bot').length === 2`)
}

// TestRejected holds back what the host cannot take now, in order, and shows what
// it will not take.
func TestRejected(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	p.say("one")
	first := c.receive("message")
	c.send(fmt.Sprintf(`{"type":"rejected","id":%q,"code":"busy","error":"Later.","retry_ms":300}`,
		first["id"]))
	again := c.receive("message")
	if again["id"] != first["id"] || again["text"] != "one" {
		t.Errorf("after busy the page sent %v, want %v again", again, first)
	}
	c.send(fmt.Sprintf(`{"type":"rejected","id":%q,"code":"bad_value","error":"Not like this."}`,
		first["id"]))
	p.wait(`document.querySelector('.row.failed .problem').innerText.includes('Not like this.')`)
	p.shot("rejected")
	p.do(clickOn(`.row.failed [aria-label="Send again"]`))
	other := c.receive("message")
	if other["id"] == first["id"] || other["text"] != "one" {
		t.Errorf("the user's second try = %v, want the text under another id", other)
	}
	c.send(fmt.Sprintf(`{"type":"accepted","id":%q,"seq":1,"turn":1}`, other["id"]),
		text(2, "bot", "Taken."))
	p.wait(`document.querySelectorAll('.row').length === 2 && !document.querySelector('.row.waiting')`)
}

// TestGone has a host that forgot the session: what was to be said in it is not said
// in another, and not lost either.
func TestGone(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(text(1, "bot", "Hello."))
	p.sees("Hello.")
	_ = c.ws.CloseNow()
	p.say("meanwhile")
	c = f.accept()
	c.send(`{"type":"welcome","session":"other","resume":"q","epoch":1,"seq":0,"resumed":false,"reason":"unknown","bot":"bot"}`,
		text(1, "bot", "Hello again."))
	p.sees("Hello again.")
	p.wait(`document.querySelector('.row.failed').innerText.includes('is gone')`)
	p.wait(count(".row") + " === 2")
	p.do(clickOn(`.row.failed [aria-label="Send again"]`))
	if got := c.receive("message")["text"]; got != "meanwhile" {
		t.Errorf("sent again = %v", got)
	}
}

// TestUnknownKind shows what a newer host sends as text.
func TestUnknownKind(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(entry(1, "bot", "hologram", `"A hologram of Graz."`, ""),
		entry(2, "bot", "hologram", `{"of":"Graz"}`, ""),
		entry(3, "bot", "location", `{"latitude":"north"}`, ""), `{"type":"fireworks"}`, `no frame at all`)
	p.sees("A hologram of Graz.")
	p.sees(`"of": "Graz"`)
	p.sees(`"latitude": "north"`)
	p.expect() // of the place that is none
}

// TestEnds tells each way in which a host ends a connection for good.
func TestEnds(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.send(`{"type":"rejected","code":"unauthorized","error":"The token is missing or wrong."}`)
	_ = c.ws.Close(4505, "unauthorized")
	p.wait(`document.querySelector('#login[open] #token') === document.activeElement`)
	p.shot("login")
	p.do(sendKeys("#token", "secret\r"))
	c = f.accept()
	if c.hello["token"] != "secret" {
		t.Errorf("hello after the login = %v, want the token", c.hello)
	}
	c.welcome(0, false)
	p.wait(`document.body.dataset.connection === 'open' && !document.querySelector('#login').open`)
	if eval[bool](p, `location.href.includes('secret') || document.cookie.includes('secret')`) {
		t.Error("the token is in the address or a cookie")
	}
	_ = c.ws.Close(4504, "too_many")
	p.wait(`document.querySelector('#status').innerText.includes('too many places')`)
}
