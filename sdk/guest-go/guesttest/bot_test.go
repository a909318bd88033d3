package guesttest_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) {
	guesttest.Main(m)
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// memory is what a bot must not have.
var memory struct {
	count int
	name  string
}

// The bot of these tests does what a message says; deeds has its words.
func init() {
	if other() {
		return
	}
	fmt.Println("printed before the instance is ready")
	guest.Describe(guest.Definition{Name: "deeds", Version: "1", TurnMillis: 2000})
	guest.OnStart(func(s *guest.Session) error {
		if greeting, ok := s.Config("greeting"); ok {
			s.Reply(greeting)
		}
		return nil
	})
	guest.OnMessage(func(s *guest.Session) error {
		word, rest, _ := strings.Cut(s.Text(), " ")
		if do := deeds[word]; do != nil {
			return do(s, rest)
		}
		s.Set("touched", "yes") // must not stay: the message is not handled
		return guest.NotHandled
	})
	guest.OnEvent(func(s *guest.Session) error {
		e := s.Event()
		s.Reply(fmt.Sprintf("%s %s %s", e.Kind(), e.Name(), e.Data()))
		switch {
		case s.Text() != e.JSON():
			return errors.New("the input is not the event")
		case e.Kind() == guest.EventHTTP:
			r := e.Response()
			s.Reply(fmt.Sprintf("%d %q %s", r.Status(), r.Body(), r.Code()))
		case e.Late():
			s.Reply("late")
		case e.Data() == "again":
			s.SetTimer(e.Name(), guest.Hour, "")
		}
		return nil
	})
	guest.OnFallback(func(s *guest.Session) error {
		if s.Text() == "what?" {
			s.Reply("pardon?")
			return nil
		}
		return guest.NotHandled
	})
}

var deeds = map[string]func(s *guest.Session, rest string) error{
	"count": func(s *guest.Session, _ string) error {
		memory.count++
		s.Reply(fmt.Sprint(memory.count))
		return nil
	},
	"iam": func(_ *guest.Session, rest string) error { memory.name = rest; return nil },
	"who": func(s *guest.Session, _ string) error { s.Reply(memory.name); return nil },
	"say": func(s *guest.Session, rest string) error { s.Reply(rest); return nil },
	"twice": func(s *guest.Session, rest string) error {
		s.Reply(rest)
		s.Reply(rest)
		return nil
	},
	"set":  func(s *guest.Session, rest string) error { s.Set("x", rest); return nil },
	"move": func(s *guest.Session, rest string) error { s.Move(rest); return nil },
	"offer": func(s *guest.Session, rest string) error {
		s.ReplyOptions(strings.Fields(rest)...)
		return nil
	},
	"choices": func(s *guest.Session, _ string) error {
		s.ReplyChoices(guest.Option{Label: "Yes", Value: "say yes"})
		return nil
	},
	"log": func(s *guest.Session, rest string) error {
		s.Warn(rest)
		fmt.Println("printed in a turn")
		return nil
	},
	"now": func(s *guest.Session, _ string) error { s.Reply(fmt.Sprint(s.Now())); return nil },
	"dice": func(s *guest.Session, _ string) error {
		b := make([]byte, 8)
		s.Random(b)
		s.Reply(fmt.Sprintf("%x", b))
		return nil
	},
	"timer": func(s *guest.Session, rest string) error {
		name, data, _ := strings.Cut(rest, " ")
		s.SetTimer(name, 3*guest.Minute, data)
		return nil
	},
	"cancel": func(s *guest.Session, rest string) error { s.CancelTimer(rest); return nil },
	"fetch": func(s *guest.Session, rest string) error {
		name, url, _ := strings.Cut(rest, " ")
		s.HTTP(name, guest.Request{Method: "PUT", URL: url, Body: "body"})
		return nil
	},
	// The rest spoils its turn, after a reply and a change that must not stay.
	"fail":  spoil(func(*guest.Session) error { return errors.New("out of words") }),
	"panic": spoil(func(*guest.Session) error { panic("oh dear") }),
	"exit":  spoil(func(*guest.Session) error { os.Exit(3); return nil }),
	"loop": spoil(func(*guest.Session) error {
		for {
			memory.count++
		}
	}),
	"block": spoil(func(*guest.Session) error { select {} }),
	"leave": spoil(func(*guest.Session) error { runtime.Goexit(); return nil }),
	"many": spoil(func(s *guest.Session) error {
		for range 65 {
			s.Reply("again")
		}
		return nil
	}),
	"bytes": spoil(func(s *guest.Session) error { s.Reply("\xff"); return nil }),
	"nokey": spoil(func(s *guest.Session) error { s.Set("", "x"); return nil }),
	"big": spoil(func(s *guest.Session) error {
		s.Set("x", strings.Repeat("x", 64<<10+1))
		return nil
	}),
	"kind": spoil(func(s *guest.Session) error { s.ReplyAs("song", "la"); return nil }),
	"none": spoil(func(s *guest.Session) error { s.ReplyOptions(); return nil }),
	"soon": spoil(func(s *guest.Session) error { s.SetTimer("t", 99, ""); return nil }),
	"timers": spoil(func(s *guest.Session) error {
		for i := range 17 {
			s.SetTimer(fmt.Sprint(i), guest.Day, "")
		}
		return nil
	}),
	"ftp": spoil(func(s *guest.Session) error {
		s.HTTP("r", guest.Request{URL: "ftp://h"})
		return nil
	}),
	"fetches": spoil(func(s *guest.Session) error {
		for range 9 {
			s.HTTP("r", guest.Request{URL: "http://h"})
		}
		return nil
	}),
	"past": spoil(func(s *guest.Session) error { s.History(guest.MaxHistory + 1); return nil }),
	"recover": spoil(func(s *guest.Session) error {
		defer func() { recover() }()
		s.Move("")
		return nil
	}),
}

// spoil replies and changes something before it does what fails.
func spoil(do func(*guest.Session) error) func(*guest.Session, string) error {
	return func(s *guest.Session, _ string) error {
		s.Reply("not to be seen")
		s.Set("spoiled", "yes")
		s.Move("spoiled")
		return do(s)
	}
}
