package host

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// What follows are the faults that other hosts of such dialogs were seen to have,
// each as a test that it cannot happen here.

// watchful is a dialog whose states wait for time, for quiet and for events.
const watchful = `{"states":[
 {"name":"a","initial":true,"recheck_ms":1000,"transitions":[
  {"when":{"var":"v","op":"==","value":"go"},"to":"b"},
  {"after_ms":600000,"to":"b"},{"option":"next","to":"b"},{"event":"never","guard":"no","to":"b"}]},
 {"name":"b","recheck_ms":1000,"transitions":[{"after_ms":600000,"to":"a"},
  {"option":"next","to":"a"}]}]}`

// jobs counts the jobs of all sessions, by their kinds.
func (r *running) jobs(tb testing.TB) (all map[session.JobKind]int) {
	tb.Helper()
	all = make(map[session.JobKind]int)
	err := r.opts.Store.Jobs(context.Background(), func(_ session.Key, job session.Job) error {
		all[job.Kind]++
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// awaitGoroutines waits until there are not many more than before: a host that has
// just begun makes some.
func awaitGoroutines(t *testing.T, before int) {
	t.Helper()
	most := before + 8
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience / 2); runtime.NumGoroutine() > most; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), most, allStacks())
		}
	}
}

// A timer was left behind by each message: after 10 000 of them a session had as
// many, and each went off every second.
func TestFault_TimersPileUp(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	c := visit(t, h)
	c.say("first")
	before := runtime.NumGoroutine()
	for i := range 10_000 {
		switch text := fmt.Sprint("m", i); i % 10 {
		case 3:
			c.choose("next")
		case 6:
			c.news("?never")
		default:
			if got := c.say(text); len(got) != 1 || !strings.HasSuffix(got[0], ": "+text) {
				t.Fatalf("message %s was answered with %q", text, got)
			}
		}
	}
	awaitGoroutines(t, before)
	got := h.jobs(t)
	if got[session.JobAfter] != 1 || got[session.JobRecheck] != 1 ||
		got[session.JobWaiting] != abi.MaxWaiting || len(got) != 3 {
		t.Errorf("jobs = %v, want one of a kind and %d events that wait", got, abi.MaxWaiting)
	}
	c.do(&abi.Event{Kind: abi.EventReset})
	if got := h.jobs(t); got[session.JobWaiting] != 0 || len(got) != 2 {
		t.Errorf("jobs after reset = %v, want one of a kind", got)
	}
}

// slowGuard is a dialog whose first condition takes its time, most of all when it
// is looked at for the first time: after the first message.
func slowGuard() string {
	var numbers []string
	for i := range 40 {
		numbers = append(numbers, fmt.Sprintf("%q", fmt.Sprint(i)))
	}
	const ways = `{"intent":"left","to":"left"},{"intent":"right","to":"right"}`
	return fmt.Sprintf(`{"states":[{"name":"hall","initial":true,"transitions":[%[1]s]},
		{"name":"left","transitions":[{"guard":"slow","to":"lost"},%[1]s]},
		{"name":"right","transitions":[{"guard":"slow","to":"lost"},%[1]s]},{"name":"lost"}],
		"entities":[{"name":"door","values":[%[2]s]}],
		"intents":[{"name":"left","examples":["left {door}"]},
			{"name":"right","examples":["right {door}"]}]}`,
		ways, strings.Join(numbers, ","))
}

// A message that came while conditions were being decided was tried with the rest
// of the transitions only: 37 of 40 good messages were not understood.
func TestFault_MessagesWhileGuardRuns(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", slowGuard()), Options{})
	c := dial(t, h)
	if e := c.entry(); e.Body != "1000 enters hall: " {
		t.Fatalf("the session begins with %q", e.Body)
	}
	begun := time.Now()
	text := func(i int) string { return []string{"left ", "right "}[i/3%2] + fmt.Sprint(i) }
	for i := range 40 {
		c.say(fmt.Sprint("m", i), text(i))
	}
	sent := time.Since(begun)
	answered := 0
	for answered < 40 {
		f := c.receive()
		e, err := f.LogEntry()
		if err != nil || e.From != abi.FromBot {
			continue // accepted
		}
		way, _, _ := strings.Cut(text(answered), " ")
		if want := "1000 enters " + way + ": " + text(answered); e.Body != want {
			t.Errorf("message %d was answered with %q, want %q", answered, e.Body, want)
		}
		if answered++; answered == 1 {
			t.Logf("all messages were sent after %v, the first was answered after %v",
				sent, time.Since(begun))
		}
	}
}

// Sessions never ended: of 1 000 clients that came and went, 1 000 threads stayed.
func TestFault_SessionsStay(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	dial(t, h).entry()
	before := runtime.NumGoroutine()
	for i := range 200 {
		c := dial(t, h)
		c.entry()
		if i%2 == 0 {
			c.ask("m", "hi")
		}
		if err := c.CloseNow(); err != nil {
			t.Fatal(err)
		}
	}
	awaitGoroutines(t, before)
	all, err := h.opts.Store.List(t.Context(), "bot", session.Key{}, 1000)
	if err != nil || len(all) != 100 {
		t.Errorf("%d sessions are stored, %v, want the 100 in which something was said", len(all),
			err)
	}
	later := time.Now().Add(31 * 24 * time.Hour).UnixMilli()
	over, err := h.opts.Store.Expired(t.Context(), later, 1000)
	if err != nil || len(over) != 100 {
		t.Errorf("the time of %d sessions is over, %v, want all 100", len(over), err)
	}
	for _, key := range over {
		if err := h.runner.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if got := h.jobs(t); len(got) != 0 {
		t.Errorf("jobs = %v of sessions that are gone", got)
	}
}

// Variables that were set after a reset were lost, and a reset took a second: it
// waited for the next look at conditions.
func TestFault_Reset(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	c := visit(t, h)
	begun := time.Now()
	for i := range 50 {
		c.wants("a variable", c.say("set old"), "1000 hears in a: set old")
		c.wants("reset", c.do(&abi.Event{Kind: abi.EventReset}), "1000 enters a: ")
		if _, vars := h.session(t, c.id); len(vars) != 0 {
			t.Fatalf("reset %d left %q", i, vars)
		}
		c.wants("another variable", c.say("set new"), "1000 hears in a: set new")
		if _, vars := h.session(t, c.id); vars["v"] != "new" {
			t.Fatalf("after reset %d the variable is %q, want new", i, vars["v"])
		}
	}
	if took := time.Since(begun); took > 25*time.Second {
		t.Errorf("50 resets took %v, want less than a look at conditions each", took)
	}
	c.wants("a variable that moves", c.say("set go"),
		"1000 hears in a: set go", "1000 enters b: set go")
}

// Of two connections with one session's id, the second got all replies, and none at
// all once the first had closed.
func TestFault_SecondConnection(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	one := dialBESSER(t, h, "?session_id=s1", nil)
	one.wants(said("1000 enters a: "))
	two := dialBESSER(t, h, "?session_id=s1", nil)
	two.send("fetch_user_messages", "")
	two.wants(besserPayload{"agent_reply_str", "1000 enters a: ", true})
	one.send("user_message", "hi")
	one.wants(said("1000 hears in a: hi"))
	two.wants(said("1000 hears in a: hi"))
	if err := one.conn.Close(ws.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	two.send("user_message", "still here")
	two.wants(said("1000 hears in a: still here"))
	_ = two.conn.CloseNow()
}

// A frame that could not be read closed the connection without a word.
func TestFault_BadFrame(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	c := dialBESSER(t, h, "?session_id=s1", nil)
	c.wants(said("1000 enters a: "))
	for _, frame := range []string{
		"{", "7", `{"action":"no such action","message":"hi"}`, `{"action":"user_message"}`,
		"\x00",
	} {
		if err := c.conn.Write(t.Context(), ws.MessageText, []byte(frame)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, answer, err := c.conn.Read(ctx)
		cancel()
		if err != nil || !bytes.Contains(answer, []byte(`"agent_reply_str"`)) ||
			bytes.Contains(answer, []byte("1000")) {
			t.Errorf("frame %q was answered with %q, %v, want words of the host", frame, answer,
				err)
		}
	}
	c.send("user_message", "hi")
	c.wants(said("1000 hears in a: hi"))
	_ = c.conn.CloseNow()
}

// What was said to a client that was away was lost.
func TestFault_RepliesWhileAway(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", watchful), Options{})
	c := dialBESSER(t, h, "?session_id=s1", nil)
	c.wants(said("1000 enters a: "))
	c.send("user_message", "hi")
	c.wants(said("1000 hears in a: hi"))
	_ = c.conn.CloseNow()
	key := session.Key{Bot: "bot", Namespace: session.NamespaceClient, ID: "s1"}
	away, err := h.runner.Open(t.Context(), key, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	(&visitor{Handle: away, tb: t}).news("parcel")
	back := dialBESSER(t, h, "?session_id=s1", nil)
	// Whether the client saw the answer to its message is not known.
	back.send("fetch_user_messages", "")
	back.wants(besserPayload{"agent_reply_str", "1000 enters a: ", true},
		besserPayload{"user_message", "hi", true},
		besserPayload{"agent_reply_str", "1000 hears in a: hi", true},
		besserPayload{"agent_reply_str", "1000 gets in a: parcel", true})
	back.send("user_message", "thanks")
	back.wants(said("1000 hears in a: thanks"))
	_ = back.conn.CloseNow()
}

// loop is a dialog in which an event's transition comes before a condition.
const loop = `{"states":[
 {"name":"a","initial":true,"transitions":[
  {"option":"bye","to":"end"},{"when":{"var":"v","op":"==","value":"1"},"to":"b"}]},
 {"name":"b","transitions":[{"message":true,"to":"c"}]},{"name":"c"},{"name":"end"}]}`

// A message that nothing took was tried again after the fallback, for ever, where a
// condition came after it; or it was taken by a later state, which it was not for.
func TestFault_FallbackLoops(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", loop), Options{})
	c := visit(t, h)
	c.wants("what nothing takes", c.say("?"), abi.WordsFallback)
	c.wants("it again", c.say("?"), abi.WordsFallback)
	c.wants("a message that its handler took",
		c.say("set 1"), "1000 hears in a: set 1", "1000 enters b: set 1")
	if got := c.Head().State; got != "b" {
		t.Errorf("the session stands at %q, want b", got)
	}
	c.wants("the next message", c.say("hello"), "1000 enters c: hello")
}

// patientDialog waits for the user, and for an event.
const patientDialog = `{"states":[
 {"name":"hall","initial":true,"transitions":[
  {"option":"wait","to":"wait"},{"option":"shop","to":"shop"}]},
 {"name":"wait","transitions":[{"after_ms":1500,"to":"nag"}]},
 {"name":"nag","transitions":[{"option":"shop","to":"shop"}]},
 {"name":"shop","transitions":[{"event":"?paid","to":"paid"},{"option":"hall","to":"hall"}]},
 {"name":"paid","transitions":[{"option":"shop","to":"shop"}]}]}`

// TestDialog_Kill kills the host while a state waits for a quiet user, and while an
// event waits for a state: both come after the next start, once.
func TestDialog_Kill(t *testing.T) {
	const delay = 1500 * time.Millisecond // the definition's
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dir, addr := t.TempDir(), freeAddr(t)
	module := dialogBot(t, "1000", patientDialog)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"), module, 0o600); err != nil {
		t.Fatal(err)
	}
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	l := listenAt(ctx, t, addr)
	wants := func(want string) {
		t.Helper()
		if got := l.reply(); got != want {
			t.Errorf("reply = %q, want %q", got, want)
		}
	}
	choose := func(value string) {
		t.Helper()
		if _, err := l.Choose(ctx, value); err != nil {
			t.Fatal(err)
		}
	}
	wants("1000 enters hall: ")
	if _, err := l.Event(ctx, "?paid", `{"order":7}`); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	choose("wait")
	wants("1000 enters wait: wait")
	set := time.Now()
	host.kill()
	if took := time.Since(begun); took >= delay {
		t.Fatalf("the host was killed after %v, too late for a quiet time of %v", took, delay)
	}
	waitFor(t, func() bool { return time.Since(set) > delay })
	host = startChild(t, dir, addr)
	wants("1000 enters nag: ")
	host.kill()
	host = startChild(t, dir, addr)
	choose("shop")
	wants("1000 enters shop: shop")
	wants("1000 enters paid: ")
	// Neither comes again.
	host.kill()
	host = startChild(t, dir, addr)
	choose("shop")
	wants("1000 enters shop: shop")
	choose("hall")
	wants("1000 enters hall: hall")
	if _, err := l.Send(ctx, "hi"); err != nil {
		t.Fatal(err)
	}
	wants("1000 hears in hall: hi")
}
