package draft_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// small are limits that tests reach quickly.
var small = abi.Limits{
	Replies: 3, ReplyBytes: 20, Moves: 4, KeyBytes: 5, ValueBytes: 8, VariableBytes: 24,
	Timers: 3, Requests: 2, RequestBytes: 20,
}.Defaults()

func begin(ev *abi.Event, base draft.Base, limits abi.Limits) *draft.Draft {
	d := new(draft.Draft)
	d.Begin(ev, base, &limits)
	return d
}

func start() *abi.Event { return &abi.Event{Kind: abi.EventStart, Time: 1000} }

// bodiesOf returns what entries say.
func bodiesOf(entries []abi.Entry) []string {
	var list []string
	for _, e := range entries {
		list = append(list, e.Body)
	}
	return list
}

var notUTF8 = []byte("a\xff")

// TestDraft_Rules has every rule one below, at and one above its limit. do is
// called on a draft that was begun with one variable, "old" is "1234", and the
// timer "set".
func TestDraft_Rules(t *testing.T) {
	set := func(key, value string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.Set([]byte(key), []byte(value)) }
	}
	get := func(key string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { _, _, err := d.Get([]byte(key)); return err }
	}
	remove := func(key string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.Delete([]byte(key)) }
	}
	move := func(to string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.Move([]byte(to)) }
	}
	reply := func(kind, body string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.Reply([]byte(kind), []byte(body)) }
	}
	history := func(n int) func(*draft.Draft) error {
		return func(d *draft.Draft) error { _, err := d.History(n); return err }
	}
	timer := func(name string, delay int64, data string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.TimerSet([]byte(name), delay, []byte(data)) }
	}
	cancel := func(name string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.TimerCancel([]byte(name)) }
	}
	http := func(name, request string) func(*draft.Draft) error {
		return func(d *draft.Draft) error { return d.HTTPStart([]byte(name), []byte(request)) }
	}
	all := func(steps ...func(*draft.Draft) error) func(*draft.Draft) error {
		return func(d *draft.Draft) error {
			for i, step := range steps {
				err := step(d)
				if i == len(steps)-1 {
					return err
				}
				if err != nil {
					return fmt.Errorf("step %d: %w", i, errSetup)
				}
			}
			return nil
		}
	}
	times := func(n int, step func(*draft.Draft) error) func(*draft.Draft) error {
		return all(slices.Repeat([]func(*draft.Draft) error{step}, n)...)
	}
	for _, test := range []struct {
		name string
		do   func(*draft.Draft) error
		ok   bool
	}{
		{"key of 0 bytes", set("", "v"), false},
		{"key of 1 byte", set("k", "v"), true},
		{"key one below", set("kkkk", "v"), true},
		{"key at", set("kkkkk", "v"), true},
		{"key one above", set("kkkkkk", "v"), false},
		{"key, characters of two bytes", set("ääk", "v"), true},
		{"key not UTF-8", set(string(notUTF8), "v"), false},
		{"value empty", set("k", ""), true},
		{"value one below", set("k", "vvvvvvv"), true},
		{"value at", set("k", "vvvvvvvv"), true},
		{"value one above", set("k", "vvvvvvvvv"), false},
		{"value not UTF-8", set("k", string(notUTF8)), false},
		{"variables one below", all(set("a", "1234567"), set("b", "1234567")), true},
		{"variables at", all(set("a", "1234567"), set("b", "12345678")), true},
		{"variables one above", all(set("a", "12345678"), set("b", "12345678")), false},
		{"one variable again", times(9, set("old", "12345678")), true},
		{"room by deletion", all(set("a", "12345678"), remove("old"), set("b", "12345678")), true},
		{"deletion makes room once",
			all(set("a", "12345678"), remove("old"), remove("old"), set("b", "12345678"),
				set("c", "12345")), true},
		{"deletion makes room once, one above",
			all(set("a", "12345678"), remove("old"), remove("old"), set("b", "12345678"),
				set("c", "123456")), false},
		{"room by a shorter value",
			all(set("old", ""), set("a", "12345678"), set("b", "12345678")), true},

		{"get, key of 0 bytes", get(""), false},
		{"get, key at", get("kkkkk"), true},
		{"get, key one above", get("kkkkkk"), false},
		{"get, key not UTF-8", get(string(notUTF8)), false},
		{"delete, key of 0 bytes", remove(""), false},
		{"delete, key at", remove("kkkkk"), true},
		{"delete, key one above", remove("kkkkkk"), false},
		{"delete, key not UTF-8", remove(string(notUTF8)), false},

		{"state of 0 bytes", move(""), false},
		{"state one below", move("ssss"), true},
		{"state at", move("sssss"), true},
		{"state one above", move("ssssss"), false},
		{"state not UTF-8", move(string(notUTF8)), false},
		{"moves one below", times(3, move("s")), true},
		{"moves at", times(4, move("s")), true},
		{"moves one above", times(5, move("s")), false},

		{"unknown kind", reply("nonsense", "x"), false},
		{"empty kind", reply("", "x"), false},
		{"a user's kind", reply("option", "x"), false},
		{"the host's kind", reply("notice", "x"), false},
		{"text", reply("text", "x"), true},
		{"empty text", reply("text", ""), true},
		{"text not UTF-8", reply("text", string(notUTF8)), false},
		{"markdown", reply("markdown", "*x*"), true},
		{"options", reply("options", `["a","b"]`), true},
		{"options that are none", reply("options", `{}`), false},
		{"options not UTF-8", reply("options", "[\"a\xff\"]"), false},
		{"replies one below", times(2, reply("text", "x")), true},
		{"replies at", times(3, reply("text", "x")), true},
		{"replies one above", times(4, reply("text", "x")), false},
		{"reply one below", reply("text", strings.Repeat("x", 19)), true},
		{"reply at", reply("text", strings.Repeat("x", 20)), true},
		{"reply one above", reply("text", strings.Repeat("x", 21)), false},
		{"replies' bytes one below",
			all(reply("text", "1234567890"), reply("markdown", "123456789")), true},
		{"replies' bytes at",
			all(reply("text", "1234567890"), reply("markdown", "1234567890")), true},
		{"replies' bytes one above",
			all(reply("text", "1234567890"), reply("markdown", "1234567890x")), false},

		{"history of -1", history(-1), false},
		{"history of 0", history(0), true},
		{"history one below", history(abi.MaxHistory - 1), true},
		{"history at", history(abi.MaxHistory), true},
		{"history one above", history(abi.MaxHistory + 1), false},

		{"timer, name of 0 bytes", timer("", 100, ""), false},
		{"timer, name at", timer("ttttt", 100, ""), true},
		{"timer, name one above", timer("tttttt", 100, ""), false},
		{"timer, name not UTF-8", timer(string(notUTF8), 100, ""), false},
		{"delay one below", timer("t", 99, ""), false},
		{"delay at its least", timer("t", 100, ""), true},
		{"delay at its most", timer("t", abi.MaxDelay, ""), true},
		{"delay one above", timer("t", abi.MaxDelay+1, ""), false},
		{"timer, data at", timer("t", 100, "12345678"), true},
		{"timer, data one above", timer("t", 100, "123456789"), false},
		{"timer, data not UTF-8", timer("t", 100, string(notUTF8)), false},
		{"timers one below", timer("a", 100, ""), true},
		{"timers at", all(timer("a", 100, ""), timer("b", 100, "")), true},
		{"timers one above",
			all(timer("a", 100, ""), timer("b", 100, ""), timer("c", 100, "")), false},
		{"one timer again", times(9, timer("a", 100, "")), true},
		{"the base's timer again",
			all(timer("a", 100, ""), timer("b", 100, ""), timer("set", 100, "")), true},
		{"room by cancel",
			all(timer("a", 100, ""), timer("b", 100, ""), cancel("set"), timer("c", 100, "")),
			true},
		{"cancel makes room once",
			all(timer("a", 100, ""), timer("b", 100, ""), cancel("set"), cancel("set"),
				timer("c", 100, ""),
				timer("d", 100, "")), false},
		{"cancel of none makes no room",
			all(timer("a", 100, ""), timer("b", 100, ""), cancel("never"), timer("c", 100, "")),
			false},
		{"cancel, name of 0 bytes", cancel(""), false},
		{"cancel, name at", cancel("ttttt"), true},
		{"cancel, name one above", cancel("tttttt"), false},
		{"cancel, name not UTF-8", cancel(string(notUTF8)), false},

		{"request, name of 0 bytes", http("", `{"url":"http://h"}`), false},
		{"request, name at", http("rrrrr", `{"url":"http://h"}`), true},
		{"request, name one above", http("rrrrrr", `{"url":"http://h"}`), false},
		{"request, name not UTF-8", http(string(notUTF8), `{"url":"http://h"}`), false},
		{"request one below", http("r", `{"url":"http://hh"}`), true},
		{"request at", http("r", `{"url":"http://hhh"}`), true},
		{"request one above", http("r", `{"url":"http://hhhh"}`), false},
		{"request of another kind", http("r", `[]`), false},
		{"request not UTF-8", http("r", "{\"url\":\"http://\xff\"}"), false},
		{"requests one below", http("r", `{"url":"http://h"}`), true},
		{"requests at", times(2, http("r", `{"url":"http://h"}`)), true},
		{"requests one above", times(3, http("r", `{"url":"http://h"}`)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			vars := map[string]string{"old": "1234"}
			d := begin(start(), draft.Base{Vars: vars, VarBytes: 7, Timers: []string{"set"}}, small)
			if err := test.do(d); (err == nil) != test.ok || errors.Is(err, errSetup) {
				t.Errorf("error = %v, want one: %v", err, !test.ok)
			}
			if len(vars) != 1 || vars["old"] != "1234" {
				t.Errorf("the base became %v", vars)
			}
		})
	}
}

var errSetup = errors.New("a step before the last failed")

// TestDraft_Refused: what was refused left nothing.
func TestDraft_Refused(t *testing.T) {
	base := draft.Base{State: "here", Vars: map[string]string{"k": "v"}, VarBytes: 2}
	d := begin(start(), base, small)
	_ = d.Set([]byte("k"), []byte("far too long"))
	_ = d.Set([]byte("k"), notUTF8)
	_ = d.Delete([]byte("never"))
	_ = d.Move([]byte("too long"))
	_ = d.Reply([]byte("text"), notUTF8)
	_ = d.Reply([]byte("options"), []byte("[]"))
	_ = d.TimerSet([]byte("t"), 99, nil)
	_ = d.TimerCancel([]byte("never"))
	_ = d.HTTPStart([]byte("r"), []byte("{}"))
	if len(d.Timers())+len(d.Requests()) != 0 {
		t.Errorf("timers %v, requests %v, want none", d.Timers(), d.Requests())
	}
	value, ok, _ := d.Get([]byte("k"))
	if value != "v" || !ok || d.VarBytes() != 2 || len(d.Writes()) != 0 {
		t.Errorf("k = %q, %v; %d bytes; writes %v", value, ok, d.VarBytes(), d.Writes())
	}
	if _, moved := d.Moved(); moved || d.State() != "here" || len(d.Entries()) != 0 {
		t.Errorf("moved = %v, state %q, entries %v", moved, d.State(), d.Entries())
	}
}

func TestDraft_Entries(t *testing.T) {
	user := abi.User{ID: "u"}
	for _, test := range []struct {
		event *abi.Event
		want  []abi.Entry
	}{
		{&abi.Event{Kind: abi.EventStart, ID: "i", Time: 5}, nil},
		{&abi.Event{Kind: abi.EventReset, ID: "i", Time: 5}, nil},
		{&abi.Event{Kind: abi.EventMessage, ID: "i", Text: "hi", Time: 5, User: user},
			[]abi.Entry{{From: abi.FromUser, Kind: abi.KindText, Body: "hi", ID: "i", Time: 5}}},
		{&abi.Event{Kind: abi.EventOption, Text: "yes", Time: 5},
			[]abi.Entry{{From: abi.FromUser, Kind: abi.KindOption, Body: "yes", Time: 5}}},
	} {
		t.Run(string(test.event.Kind), func(t *testing.T) {
			d := begin(test.event, draft.Base{}, small)
			if d.Event() != test.event {
				t.Error("Event() is another event")
			}
			if err := d.Reply([]byte("text"), []byte("ho")); err != nil {
				t.Fatalf("Reply() = %v", err)
			}
			long := strings.Repeat("long", 100)
			d.Add(abi.FromHost, abi.KindNotice, long)
			want := append(test.want,
				abi.Entry{From: abi.FromBot, Kind: abi.KindText, Body: "ho", Time: 5},
				abi.Entry{From: abi.FromHost, Kind: abi.KindNotice, Body: long, Time: 5})
			if got := d.Entries(); !slices.EqualFunc(got, want, sameEntry) {
				t.Errorf("entries = %+v, want %+v", got, want)
			}
		})
	}
}

// TestDraft_Copies: arguments are views into guest memory, which changes.
func TestDraft_Copies(t *testing.T) {
	d := begin(start(), draft.Base{}, small)
	buf := []byte("abc")
	request := []byte(`{"url":"http://h"}`)
	for _, err := range []error{
		d.Set(buf, buf), d.Move(buf), d.Reply([]byte("text"), buf), d.TimerSet(buf, 100, buf),
		d.HTTPStart(buf, request),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	copy(buf, "xyz")
	clear(request)
	want := abi.TimerWrite{Name: "abc", Delay: 100, Data: "abc"}
	if got := d.Timers()[0]; got != want {
		t.Errorf("timer = %+v, want %+v", got, want)
	}
	if got := d.Requests()[0]; got.Name != "abc" || got.URL != "http://h" {
		t.Errorf("request = %+v, want abc to http://h", got)
	}
	value, _, _ := d.Get([]byte("abc"))
	if value != "abc" || d.State() != "abc" || d.Entries()[0].Body != "abc" {
		t.Errorf("value %q, state %q, reply %q, want abc", value, d.State(), d.Entries()[0].Body)
	}
}

func TestDraft_Move(t *testing.T) {
	d := begin(start(), draft.Base{State: "base"}, small)
	if _, ok := d.Moved(); ok || d.State() != "base" {
		t.Errorf("moved = %v, state %q, want base", ok, d.State())
	}
	for _, to := range []string{"a", "base"} {
		if err := d.Move([]byte(to)); err != nil {
			t.Fatalf("Move(%s) = %v", to, err)
		}
		if target, ok := d.Moved(); !ok || target != to || d.State() != to {
			t.Errorf("moved to %q, %v; state %q; want %s", target, ok, d.State(), to)
		}
	}
}

// TestDraft_History: the newest entries, this turn's last.
func TestDraft_History(t *testing.T) {
	log := []abi.Entry{{Body: "1"}, {Body: "2"}, {Body: "3"}, {Body: "x"}, {Body: "x"}}
	past := log[:3]
	var asked []int
	base := draft.Base{Past: func(n int) ([]abi.Entry, error) {
		asked = append(asked, n)
		return past[max(0, len(past)-n):], nil
	}}
	d := begin(&abi.Event{Kind: abi.EventMessage, Text: "4"}, base, small)
	if err := d.Reply([]byte("text"), []byte("5")); err != nil {
		t.Fatalf("Reply() = %v", err)
	}
	for _, test := range []struct {
		n    int
		want []string
	}{
		{0, nil}, {1, []string{"5"}}, {2, []string{"4", "5"}}, {3, []string{"3", "4", "5"}},
		{5, []string{"1", "2", "3", "4", "5"}}, {100, []string{"1", "2", "3", "4", "5"}},
	} {
		got, err := d.History(test.n)
		if err != nil || !slices.Equal(bodiesOf(got), test.want) {
			t.Errorf("History(%d) = %q, %v, want %q", test.n, bodiesOf(got), err, test.want)
		}
	}
	if want := []int{1, 3, 98}; !slices.Equal(asked, want) {
		t.Errorf("the past was asked for %v, want %v", asked, want)
	}
	if want := []string{"1", "2", "3", "x", "x"}; !slices.Equal(bodiesOf(log), want) {
		t.Errorf("the log became %q", bodiesOf(log))
	}
}

func TestDraft_HistoryFails(t *testing.T) {
	broken := errors.New("disk on fire")
	past := func(int) ([]abi.Entry, error) { return nil, broken }
	d := begin(start(), draft.Base{Past: past}, small)
	if _, err := d.History(1); !errors.Is(err, broken) {
		t.Errorf("History() = %v, want %v", err, broken)
	}
	if entries, err := d.History(0); err != nil || len(entries) != 0 {
		t.Errorf("History(0) = %v, %v, want none", entries, err)
	}
}

// TestDraft_Rollback undoes what came after the mark, and the limits with it.
func TestDraft_Rollback(t *testing.T) {
	base := draft.Base{State: "base", Vars: map[string]string{"k": "v"}, VarBytes: 2}
	d := begin(&abi.Event{Kind: abi.EventMessage, Text: "hi"}, base, small)
	act := func(s string) {
		for _, err := range []error{
			d.Set([]byte("k"), []byte(s)), d.Set([]byte(s), []byte("new")),
			d.Move([]byte(s)), d.Reply([]byte("text"), []byte(s)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(k, state string, varBytes int64, entries ...string) {
		t.Helper()
		value, _, _ := d.Get([]byte("k"))
		if value != k || d.State() != state || d.VarBytes() != varBytes ||
			!slices.Equal(bodiesOf(d.Entries()), entries) {
			t.Errorf("k %q, state %q, %d bytes, entries %q; want %q, %q, %d, %q",
				value, d.State(), d.VarBytes(), bodiesOf(d.Entries()), k, state, varBytes, entries)
		}
	}
	act("one")
	d.Rollback() // to Begin
	want("v", "base", 2, "hi")
	act("two")
	d.Mark()
	want("two", "two", 10, "hi", "two")
	// More often than the limits would allow if they counted what was undone.
	for range 10 {
		act("three")
		if err := d.Delete([]byte("two")); err != nil {
			t.Fatalf("Delete() = %v", err)
		}
		d.Rollback()
		want("two", "two", 10, "hi", "two")
	}
	d.Rollback()
	want("two", "two", 10, "hi", "two")
	d.Begin(start(), draft.Base{}, &small)
	want("", "", 0)
	d.Rollback()
	want("", "", 0)
}

func sameEntry(a, b abi.Entry) bool { return a.Equal(&b) }

// TestDraft_memory: whatever a guest sets and deletes, a draft takes no more memory
// than its variables may, give or take what it needs to tell them apart.
func TestDraft_memory(t *testing.T) {
	const many, most = 2000, 16 << 20
	value := bytes.Repeat([]byte("v"), 64<<10)
	name := func(i int) []byte { return []byte("n" + strconv.Itoa(i)) }
	base := draft.Base{Vars: make(map[string]string)}
	for i := range many {
		base.Vars[string(name(i))] = ""
		base.VarBytes += int64(len(name(i)))
	}
	for _, test := range []struct {
		name string
		base draft.Base
		then func(d *draft.Draft, key []byte) error
		want int // changes
	}{
		{"new ones deleted", draft.Base{}, (*draft.Draft).Delete, 0},
		{"new ones emptied", draft.Base{},
			func(d *draft.Draft, key []byte) error { return d.Set(key, nil) }, many},
		{"old ones deleted", base, (*draft.Draft).Delete, many},
		{"old ones emptied", base,
			func(d *draft.Draft, key []byte) error { return d.Set(key, nil) }, many},
	} {
		t.Run(test.name, func(t *testing.T) {
			limits := abi.Limits{}.Defaults()
			var d draft.Draft
			d.Begin(&abi.Event{Kind: abi.EventStart}, test.base, &limits)
			before := heap()
			for i := range many {
				if err := errors.Join(d.Set(name(i), value), test.then(&d, name(i))); err != nil {
					t.Fatal(err)
				}
			}
			if took := int64(heap() - before); took > most {
				t.Errorf("the draft takes %d MiB, want %d at most", took>>20, most>>20)
			}
			if got := len(d.Writes()); got != test.want {
				t.Errorf("%d changes, want %d", got, test.want)
			}
			runtime.KeepAlive(&d)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
