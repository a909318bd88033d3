package websocket

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
)

// A session that its client does not name gets an id where sessions are listed, if
// ids are trusted: each its own.
func TestBESSER_NameSessions(t *testing.T) {
	for _, tc := range []struct {
		name, query   string
		names, trusts bool
		named         int
	}{
		{"as ever", "?user_id=ann", false, true, 0},
		{"listed", "?user_id=ann&session_name=Pizza", true, true, 2},
		{"not trusted", "?user_id=ann", true, false, 0},
		{"named by the client", "?session_id=s1", true, true, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newBESSERFake()
			synctest.Test(t, func(t *testing.T) {
				s, end := startBESSER(t, f,
					Options{TrustSessionIDs: tc.trusts, NameSessions: tc.names})
				defer end()
				for range 2 {
					c := s.dial("/" + tc.query)
					c.say("hi")
					c.close()
				}
			})
			if len(f.named) != tc.named {
				t.Errorf("named sessions = %d, want %d", len(f.named), tc.named)
			}
			if tc.name == "listed" && !slices.Equal(f.titles, []string{"Pizza", "Pizza"}) {
				t.Errorf("titles = %q, want Pizza twice", f.titles)
			}
		})
	}
}

func TestBESSER_Named(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		s.dial("/?session_id=s1&user_id=Ann").wants("str Welcome!")
		s.dial("/", "X-User-ID: Bob").wants("str Welcome!")
		// Without an id: a session that ends a day later, whoever the user is.
		s.dial("/?user_id=Cid").wants("str Welcome!")
		if f.session("s1") == nil || f.session("Bob") == nil || len(f.named) != 2 {
			t.Errorf("sessions %v, want s1 and Bob", f.named)
		}
		if want := []string{"Ann", "Bob"}; !slices.Equal(f.users, want) {
			t.Errorf("users %q, want %q", f.users, want)
		}
		if want := []time.Duration{24 * time.Hour}; !slices.Equal(f.kept, want) {
			t.Errorf("kept for %v, want %v", f.kept, want)
		}
	})
}

// The user's name reaches the bot, and is never verified.
func TestBESSER_User(t *testing.T) {
	f := newBESSERFake()
	f.bot = func(ev *abi.Event) []reply {
		return []reply{{abi.KindText,
			fmt.Sprintf("%s %q %v", ev.Kind, ev.User.ID, ev.User.Verified)}}
	}
	inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
		c := s.dial("/?session_id=s1&user_id=Ann")
		c.say("hi")
		c.wants(`str start "Ann" false`, `str message "Ann" false`)
		s.dial("/?user_id=Bob").wants(`str start "Bob" false`)
		s.dial("/").wants(`str start "" false`)
	})
}

// Whom a token names is who the user is, whatever the client says.
func TestBESSER_VerifiedUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newBESSERFake()
		f.bot = func(ev *abi.Event) []reply {
			return []reply{{abi.KindText, fmt.Sprintf("%q %v", ev.User.ID, ev.User.Verified)}}
		}
		s, end := startBESSER(t, f, Options{
			TrustSessionIDs: true, Token: func(token string) (string, bool) {
				return strings.TrimPrefix(token, "anybody"), true
			},
		})
		defer end()
		s.dial("/?session_id=s1", "Authorization: Bearer Ann",
			"X-User-ID: Bob").wants(`str "Ann" true`)
		s.dial("/?session_id=s2&user_id=Bob",
			"Authorization: Bearer anybody").wants(`str "Bob" false`)
		if want := []string{"Ann", "Bob"}; !slices.Equal(f.users, want) {
			t.Errorf("users %q, want %q", f.users, want)
		}
	})
}

// An id that is none is told of, and the dialog goes on.
func TestBESSER_BadID(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		c := s.dial("/?session_id=" + strings.Repeat("i", 65))
		c.wants("str "+besserBadID, "str Welcome!")
		c.say("hi")
		c.wants("str hi")
		if len(f.named) != 0 {
			t.Errorf("sessions %v, want none", f.named)
		}
	})
}

// Ids are ignored unless the server is told to trust them, and the log says so
// once.
func TestBESSER_Untrusted(t *testing.T) {
	for _, tc := range []struct {
		name    string
		trust   bool
		backend func(f *besserFake) Backend
	}{
		{"not trusted", false, func(f *besserFake) Backend { return f }},
		{"not known to the backend", true, func(f *besserFake) Backend { return f.fake }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newBESSERFake()
				var log strings.Builder
				s, end := startBESSER(t, f, Options{
					TrustSessionIDs: tc.trust, Backend: tc.backend(f),
					Logger: slog.New(slog.NewTextHandler(&log, nil)),
				})
				s.dial("/").wants("str Welcome!")
				for range 2 {
					c := s.dial("/?session_id=s1", "X-User-ID: Ann")
					c.wants("str Welcome!")
					c.send(fetchFrame)
					c.wants()
				}
				end()
				if len(f.named) != 0 {
					t.Errorf("sessions %v, want none", f.named)
				}
				if n := strings.Count(log.String(), "level=INFO"); n != 1 ||
					!strings.Contains(log.String(), "are ignored") {
					t.Errorf("log %q, want one line", log.String())
				}
			})
		})
	}
}

func TestBESSER_EnterFails(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want abi.Code
	}{
		{fmt.Errorf("enter: %w", ErrTooMany), abi.CloseTooMany},
		{fmt.Errorf("enter: no store"), abi.CloseUnavailable},
	} {
		f := newBESSERFake()
		f.enterErr = tc.err
		inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
			s.dial("/?session_id=s1").wants(fmt.Sprint("closed ", int(tc.want)))
		})
	}
}

// away makes a session s1 in which "hi" was said and answered, and then, with
// nobody there, "news" came.
func away(t *testing.T, f *besserFake, s *besserServer) {
	t.Helper()
	c := s.dial("/?session_id=s1")
	c.say("hi")
	c.wants("str Welcome!", "str hi")
	c.close()
	f.post(t, "s1", "e1", "news")
}

// What nobody saw waits for the first frame of whoever comes back, which decides
// how it comes.
func TestBESSER_Held(t *testing.T) {
	past := []string{"past str Welcome!", "past user_message hi", "past str hi",
		"past user_message news", "past str news"}
	for _, tc := range []struct {
		name, sent string
		want       []string
	}{
		{"history", fetchFrame, past},
		{"a message", `{"action":"user_message","message":"back"}`,
			[]string{"str news", "str back"}},
		{"reset", `{"action":"reset","message":null}`, []string{"str news", "str Welcome!"}},
		{"not JSON", `hello`, []string{"str news", "str That was not valid JSON."}},
		{"another agent", `{"action":"agent_reply_str","message":"x"}`,
			[]string{"str news", "str x"}},
		{"nothing", ``, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newBESSERFake()
			f.bot = greet
			inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
				away(t, f, s)
				c := s.dial("/?session_id=s1")
				time.Sleep(299 * time.Millisecond)
				c.wants()
				want := tc.want
				if tc.sent != "" {
					c.send(tc.sent)
					c.wants(want...)
					want = nil
				} else {
					want = []string{"str news"}
				}
				// With time comes what was not sent, and only that.
				time.Sleep(time.Second)
				c.wants(want...)
				c.say("more")
				c.wants("str more")
				c.close()
				// Now it was seen.
				c = s.dial("/?session_id=s1")
				time.Sleep(time.Second)
				c.wants()
			})
		})
	}
}

// greet is the fake's bot: it greets, and says what it is told.
func greet(ev *abi.Event) []reply {
	if ev.Kind == abi.EventMessage {
		return []reply{{abi.KindText, ev.Text}}
	}
	return []reply{{abi.KindText, "Welcome!"}}
}

// What is said while replies are held follows them.
func TestBESSER_HeldInOrder(t *testing.T) {
	for _, fetched := range []bool{false, true} {
		f := newBESSERFake()
		inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
			away(t, f, s)
			c := s.dial("/?session_id=s1")
			c.wants()
			f.post(t, "s1", "e2", "meanwhile")
			c.wants()
			if fetched {
				c.send(fetchFrame)
				c.wants("past str Welcome!", "past user_message hi", "past str hi",
					"past user_message news", "past str news", "str meanwhile")
				return
			}
			time.Sleep(300 * time.Millisecond)
			c.wants("str news", "str meanwhile")
			// What came as it was made is not repeated.
			c.send(fetchFrame)
			c.wants("past str Welcome!", "past user_message hi", "past str hi",
				"past user_message news")
		})
	}
}

// A connection that ends while replies are held leaves them to the next one.
func TestBESSER_HeldStays(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
		away(t, f, s)
		s.dial("/?session_id=s1").close()
		c := s.dial("/?session_id=s1")
		time.Sleep(300 * time.Millisecond)
		c.wants("str news")
	})
}

func TestBESSER_TwoConnections(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		one := s.dial("/?session_id=s1")
		one.wants("str Welcome!")
		two := s.dial("/?session_id=s1")
		time.Sleep(time.Second)
		// It was seen, and is no news.
		two.wants()
		two.say("hi")
		one.wants("str hi")
		two.wants("str hi")
		one.send(`{"action":"reset","message":null}`)
		one.wants("str Welcome!")
		two.wants("str Welcome!")
		// After a reset nothing is left from before the connection.
		two.send(fetchFrame)
		two.wants()
		one.close()
		two.say("still here")
		two.wants("str still here")
		three := s.dial("/?session_id=s1")
		three.send(fetchFrame)
		three.wants("past str Welcome!", "past user_message still here", "past str still here")
		two.close()
		three.close()
		f.post(t, "s1", "e1", "away")
		four := s.dial("/?session_id=s1")
		four.say("back")
		four.wants("str away", "str back")
	})
}

// A session without a name has no past, and cannot be found.
func TestBESSER_Random(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
		c := s.dial("/")
		c.send(fetchFrame)
		c.say("hi")
		c.wants("str Welcome!", "str hi")
		c.send(fetchFrame)
		c.wants()
	})
}
