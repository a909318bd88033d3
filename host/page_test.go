package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/webui"
)

// TestWorkshop_Reloads remembers the newest changes, and numbers them.
func TestWorkshop_Reloads(t *testing.T) {
	var none *workshop
	none.note(Reload{Bot: "nobody listens"})

	w := &workshop{}
	for i := range keptReloads + 6 {
		w.note(Reload{Bot: strconv.Itoa(i + 1), Err: errors.New("refused")})
	}
	last := keptReloads + 6
	for _, tt := range []struct {
		name  string
		after int
		many  int
		first string
	}{
		{name: "all that is remembered", after: 0, many: keptReloads, first: "7"},
		{name: "those after one that is forgotten", after: 3, many: keptReloads, first: "7"},
		{name: "those after one", after: last - 2, many: 2, first: strconv.Itoa(last - 1)},
		{name: "none", after: last},
		{name: "of another host", after: last + 1},
		{name: "before the first", after: -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, newest := w.Reloads(tt.after)
			if len(list) != tt.many || newest != last ||
				tt.many > 0 && (list[0].Bot != tt.first || list[0].Err != "refused") {
				t.Errorf("Reloads(%d) = %d, newest %d, want %d, newest %d", tt.after, len(list),
					newest, tt.many, last)
			}
		})
	}
}

// TestWorkshop_Inside shows a session to who has its token, and only where there is
// a workshop.
func TestWorkshop_Inside(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{Workshop: true})
	c := dial(t, h)
	c.ask("1", "hello")
	w := c.Resume()
	for _, tt := range []struct {
		bot, session, resume string
		err                  error
	}{
		{"bot", w.Session, w.Resume, nil},
		{"bot", w.Session, "wrong", webui.ErrNone},
		{"bot", w.Session, "", webui.ErrNone},
		{"bot", "other", w.Resume, webui.ErrNone},
		{"other", w.Session, w.Resume, webui.ErrNone},
	} {
		in, err := h.workshop.Inside(context.Background(), tt.bot, tt.session, tt.resume)
		if !errors.Is(err, tt.err) || err == nil && in.Turn == 0 {
			t.Errorf("Inside(%s, %s, %s) = %+v, %v, want %v", tt.bot, tt.session, tt.resume,
				in, err, tt.err)
		}
	}
	_, _, err := h.workshop.Dialog(context.Background(), "bot")
	if !errors.Is(err, webui.ErrNone) {
		t.Errorf("Dialog of a bot without states = %v, want none", err)
	}

	h.Refused("bot", errors.New("main.go:3: no"))
	resp, err := http.Get(fmt.Sprintf("http://%s/ui/workshop/reloads?after=1", h.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct{ Reloads []webui.Reload }
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || len(got.Reloads) != 1 ||
		got.Reloads[0].Err != "main.go:3: no" {
		t.Errorf("what became of changes = %+v, %v, want the one that was refused", got, err)
	}
}

// Who tries the address with curl is told what is there; a socket whose upgrade got
// lost is told that.
func TestPage_curl(t *testing.T) {
	h := serve(t, assemble(t, giveBack), Options{Gone: -1})
	status, body := h.request(t, http.MethodGet, "/", "Accept: */*", "User-Agent: curl/8.5.0")
	want := "This is bothost, a host for chat bots.\n\nbot\n" +
		"  in a browser  http://" + h.Addr().String() + "/\n"
	if status != http.StatusOK || !strings.HasPrefix(body, want) {
		t.Errorf("curl = %d:\n%s\nwant 200:\n%s...", status, body, want)
	}
	status, _ = h.request(t, http.MethodGet, "/", "Accept: */*", "Sec-WebSocket-Key: x")
	if status != http.StatusUpgradeRequired {
		t.Errorf("a socket without its upgrade = %d, want 426", status)
	}
}
