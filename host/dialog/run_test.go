package dialog_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// TestRun_Waiting has one event wait after the other: of 33 the oldest goes.
func TestRun_Waiting(t *testing.T) {
	b := newBot(t, define(t, "a:"), "")
	b.base.State = "a"
	for n := 1; n <= 3*abi.MaxWaiting; n++ {
		got := b.turn(event(t, fmt.Sprintf("event e%d", n)))
		if told := strings.Contains(got, "tells"); told != (n > abi.MaxWaiting) {
			t.Errorf("event %d: %s", n, got)
		}
		first := max(1, n+1-abi.MaxWaiting)
		waiting := b.base.Waiting
		if len(waiting) != n+1-first || waiting[0].Event.Name != fmt.Sprintf("e%d", first) {
			t.Fatalf("after %d events %d wait, the oldest is %s", n, len(waiting),
				waiting[0].Event.Name)
		}
	}
	want := "tells too many events wait, so that the oldest is dropped [event event name e65 " +
		"state a]"
	if got := b.turn(event(t, "event last")); !strings.HasPrefix(got, want+"; at a; waits e66,") {
		t.Errorf("the operator: %s, want %s", got, want)
	}
}

// TestRun_Base has a turn leave alone what the session lends to the draft.
func TestRun_Base(t *testing.T) {
	def := define(t, "a (was old): event e -> b; message -> @previous\nb:\nh (global intent help):")
	b := newBot(t, def, "")
	waiting := []draft.Waiting{
		{ID: "1", Event: *event(t, "event x")}, {ID: "2", Event: *event(t, "event e")},
	}
	back := []string{"b", "gone", "a"}
	b.base.State, b.base.Waiting, b.base.Back = "old", slices.Clone(waiting), slices.Clone(back)
	lent := b.base
	for _, text := range []string{"say help", "say hi", "event f", "recheck"} {
		b.base = lent
		b.turn(event(t, text))
		if !slices.EqualFunc(lent.Waiting, waiting, func(v, w draft.Waiting) bool {
			return v.ID == w.ID && v.Event.Name == w.Event.Name
		}) || !slices.Equal(lent.Back, back) {
			t.Fatalf("%s: the base has become %v and %v", text, lent.Waiting, lent.Back)
		}
	}
	b.base = lent
	b.turn(event(t, "recheck"))
	if got := b.base.Waiting; len(got) != 1 || got[0].ID != "1" {
		t.Errorf("after one was taken there wait %v", got)
	}
}

// chain is a dialog in which a text enters n states.
func chain(n int) string {
	var b strings.Builder
	b.WriteString("s0: message -> s1\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "s%d: auto -> s%d\n", i, i+1)
	}
	fmt.Fprintf(&b, "s%d:\n", n)
	return b.String()
}

func TestRun_Moves(t *testing.T) {
	const many = "error more than 32 moves in a turn: "
	for _, row := range []struct {
		name, bot, script string
		want              string // the end of what happens
	}{
		{"31 states are entered", chain(31), "", "at s31"},
		{"32 states are entered", chain(32), "", "at s32"},
		{"33 states are too many, and the last ones are named", chain(33), "",
			many + "s25 -> s26 -> s27 -> s28 -> s29 -> s30 -> s31 -> s32 -> s33 ..."},
		{"a circle of auto transitions is named",
			"a: message -> b\nb: auto -> c\nc: auto -> b", "", many + "b -> c -> b ..."},
		{"a circle of one state is named",
			"a: message -> b\nb: auto -> b", "", many + "b -> b ..."},
		{"a circle of three is named as it ends",
			"a: message -> b\nb: auto -> c\nc: auto -> d\nd: auto -> b", "",
			many + "d -> b -> c -> d ..."},
		{"a circle of conditions is named",
			"a: when x != true -> b\nb: when x != true -> a", "", many + "b -> a -> b ..."},
		{"a circle of moves is named",
			"a:\nb:", "message = move b; enter a = move b; enter b = move a",
			many + "b -> a -> b ..."},
		{"a circle of moves to @previous is named",
			"a:", "message = move a; enter a = move @previous", many + "a -> a ..."},
		{"a circle of moves and transitions is named",
			"a: message -> b\nb: auto -> c\nc:", "enter c = move b", many + "b -> c -> b ..."},
		{"32 moves of one handler are one", "a:\nb:",
			"message = " + strings.Repeat("move b, ", 31) + "move a", "enter a; at a"},
		{"33 moves of one handler are too many", "a:",
			"message = " + strings.Repeat("move a, ", 32) + "move a",
			"error more than 32 moves in a turn"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newBot(t, define(t, row.bot), row.script)
			b.base.State, _, _ = strings.Cut(row.bot, ":")
			if got := b.turn(event(t, "say go")); !strings.HasSuffix(got, row.want) {
				t.Errorf("%s, want ... %s", got, row.want)
			}
		})
	}
}

// TestRun_MovesLimit holds that the limit is the operator's.
func TestRun_MovesLimit(t *testing.T) {
	for n, want := range map[int]string{
		3: "at s3", 4: "more than 3 moves in a turn: s1 -> s2 -> s3 -> s4 ...",
	} {
		b := newBot(t, define(t, chain(n)), "")
		b.base.State, b.limits.Moves = "s0", 3
		if got := b.turn(event(t, "say go")); !strings.HasSuffix(got, want) {
			t.Errorf("%d states: %s, want ... %s", n, got, want)
		}
	}
}

// TestRun_Failed holds that nothing is told or kept of a turn that failed but what
// the caller keeps: the next turn finds the session as it was.
func TestRun_Failed(t *testing.T) {
	b := newBot(t, define(t, "a: message -> b\nb: event e -> c\nc:"), "enter c = fail")
	b.base.State, b.base.Waiting = "a", []draft.Waiting{{Event: *event(t, "event e")}}
	for range 2 {
		if got, want := b.turn(event(t, "say hi")), "enter b; enter c; error failed"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestRun_Blamed holds which waiting event a failed turn was busy with.
func TestRun_Blamed(t *testing.T) {
	for _, tt := range []struct {
		name, definition, script, event, want string
	}{
		{"the state that it led to", "a: message -> b\nb: event f -> c\nc:",
			"enter c = fail", "say hi", "2"},
		{"the guard that looked at it", "a: message -> b\nb: event f guard g -> c\nc:",
			"check g = fail", "say hi", "2"},
		{"an event of its own", "a: message -> b\nb:", "enter b = fail", "say hi", ""},
		{"a guard about no event", "a: message -> b\nb: guard g -> a",
			"check g = fail", "say hi", ""},
		{"a guard about an event of its own", "a: event f guard h -> b; message guard g -> b\nb:",
			"check h = no; check g = fail", "say hi", ""},
		{"its own event after a waiting one", "a: event f -> b\nb: message -> c\nc:",
			"enter c = fail", "say hi", ""},
		{"a handler after a waiting one", "a: event f -> b\nb:", "message = fail", "say hi", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, define(t, tt.definition), tt.script)
			b.base.State = "a"
			b.base.Waiting = []draft.Waiting{
				{ID: "1", Event: *event(t, "event e")}, {ID: "2", Event: *event(t, "event f")},
			}
			got := b.turn(event(t, tt.event))
			if !strings.Contains(got, "error") || b.draft.Blamed() != tt.want {
				t.Errorf("%s: blamed %q, want %q", got, b.draft.Blamed(), tt.want)
			}
		})
	}
}

// TestRun_Renamed holds that a state's new name is no move: nothing is entered, so
// that the time of its user goes on.
func TestRun_Renamed(t *testing.T) {
	b := newBot(t, define(t, "a:\nb (was old): message -> a"), "")
	for text, want := range map[string]bool{"event e": false, "say hi": true} {
		b.base.State = "old"
		b.turn(event(t, text))
		if _, moved := b.draft.Moved(); !moved || b.draft.Entered() != want {
			t.Errorf("%s: moved %v, entered %v, want %v", text, moved, b.draft.Entered(), want)
		}
	}
}

// TestRun_Event holds which event the draft has in the end: the last one that was
// taken, or else the turn's own, with the intent that it has where the turn ends.
func TestRun_Event(t *testing.T) {
	const bot = "a: event e guard g -> b; intent hi -> b\nb: event f -> c\nc:"
	for _, row := range []struct{ waits, text, script, want string }{
		{"e", "say ho", "check g = no", "ho"},
		{"e", "say hi", "check g = no", "hi#hi"},
		{"e", "say hi", "check g = yes", "hi"},
		{"f", "say hi", "", "f"},
		{"x", "say hi", "", "hi#hi"},
		{"e", "event q", "check g = no", "q"},
	} {
		b := newBot(t, define(t, bot), row.script)
		b.base.State = "a"
		b.base.Waiting = []draft.Waiting{{Event: *event(t, "event "+row.waits)}}
		b.turn(event(t, row.text))
		if got := about(b.draft.Event()); got != row.want {
			t.Errorf("%s while %s waits, %s: ends with %s, want %s",
				row.text, row.waits, row.script, got, row.want)
		}
	}
}

// inputs are handlers that keep what they read.
type inputs struct {
	silent
	got []string
}

func (i *inputs) Call(e abi.Export, input string) (bool, error) {
	i.got = append(i.got, e.String()+" "+input)
	return e == abi.OnFallback, nil
}

func TestRun_Input(t *testing.T) {
	limits := abi.Limits{}.Defaults()
	two := event(t, "file image/png,text/plain")
	for _, row := range []struct {
		name string
		ev   *abi.Event
		want []string
	}{
		{"text", event(t, "say hi"), []string{"on_message hi", "on_fallback hi"}},
		{"option", event(t, "option y"), []string{"on_message y", "on_fallback y"}},
		{"voice", event(t, "voice"),
			[]string{`on_voice {"name":"f","type":"audio/ogg","size":3}`}},
		{"files", two, []string{
			`on_file [{"name":"f","type":"image/png","size":3},` +
				`{"name":"f","type":"text/plain","size":3}]`}},
		{"no files", &abi.Event{Kind: abi.EventFile}, []string{"on_file []"}},
		{"voice without audio", &abi.Event{Kind: abi.EventVoice}, []string{
			`on_voice {"name":"","type":"","size":0}`}},
		{"event", event(t, "event e"), []string{
			"on_event " + string(event(t, "event e").AppendJSON(nil))}},
		{"json", event(t, `json {"message":"hi"}`), []string{
			"on_event " + string(event(t, `json {"message":"hi"}`).AppendJSON(nil)),
			"on_fallback hi"}},
	} {
		for _, def := range []*abi.Definition{{}, define(t, "a:")} {
			t.Run(fmt.Sprintf("%s, %d states", row.name, len(def.States)), func(t *testing.T) {
				var d draft.Draft
				var h inputs
				base := draft.Base{}
				if len(def.States) > 0 {
					base.State = "a"
				}
				d.Begin(row.ev, base, &limits)
				if err := dialog.New(def, nil).Run(&d, &h); err != nil ||
					!slices.Equal(h.got, row.want) {
					t.Errorf("Run() = %v, reads %q, want %q", err, h.got, row.want)
				}
			})
		}
	}
}

// TestRun_Prediction holds what handlers know of a text.
func TestRun_Prediction(t *testing.T) {
	intents := []abi.Intent{{Name: "weather", Examples: []string{"weather"}}}
	plain := &abi.Definition{Intents: intents}
	for _, row := range []struct {
		name string
		def  *abi.Definition
		c    dialog.Classifier
		text string
		want string
	}{
		{"without states, of all intents", plain, firstWord{}, "say weather Paris",
			"message(weather Paris#weather)"},
		{"without states, an unknown text", plain, firstWord{}, "say hi", "message(hi)"},
		{"without states, a JSON message", plain, firstWord{}, `json {"message":"weather"}`,
			"event(weather#weather)"},
		{"without a classifier", plain, nil, "say weather", "message(weather)"},
		{"with states, and no classifier", define(t, "a: intent weather -> a"), nil,
			"say weather", "message(weather)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newBot(t, row.def, "message = ok; event = ok")
			b.dialog = dialog.New(row.def, row.c)
			if len(row.def.States) > 0 {
				b.base.State = "a"
			}
			ev := event(t, row.text)
			if got := b.turn(ev); !strings.HasPrefix(got, row.want+"; ") {
				t.Errorf("%s, want %s", got, row.want)
			}
			if ev.Prediction != nil {
				t.Error("the event that came was changed")
			}
			if p := b.draft.Event().Prediction; p != nil && row.text == "say weather Paris" {
				if city, _ := p.Param("word"); city != "Paris" {
					t.Errorf("the parameter is %q", city)
				}
			}
		})
	}
}

// TestDialog_Hammer runs turns of one dialog side by side: it never changes.
func TestDialog_Hammer(t *testing.T) {
	def := define(t, `a: intent hi guard g -> b; when x matches "^7" -> a
		b: option y -> a
		h (global intent help): any -> @previous`)
	events := []string{"start", "say hi", "say help", "event e", "option y", "say huh"}
	shared := dialog.New(def, firstWord{})
	want := ""
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				b := newBot(t, def, "check g = yes; message = 2")
				b.dialog = shared
				b.base.Target = shared.Target()
				var got []string
				for _, text := range events {
					got = append(got, b.turn(event(t, text)))
				}
				mu.Lock()
				if want == "" {
					want = strings.Join(got, " / ")
				}
				if got := strings.Join(got, " / "); got != want {
					t.Errorf("%s, and %s", got, want)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
