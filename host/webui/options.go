package webui

import (
	"context"
	"errors"
	"time"
)

// Options configure a [Handler]. Bots must be set.
type Options struct {
	// Bots returns the names of the bots that are served, in order.
	Bots func() []string
	// Loopback: the listener is one of this machine, and pages of this machine may
	// show the widget.
	Loopback bool
	// Origins are the pages that may show the widget besides.
	Origins []string
	// Allowed says whether a request may come from where it comes from. If nil, any
	// may.
	Allowed func(host, origin string) bool
	// Admitted says whether a token lets in who looks at what Workshop has. If nil,
	// everybody is let in.
	Admitted func(token string) bool
	// Workshop is what people see who write bots. If nil, they see nothing.
	Workshop Workshop
}

// Workshop is what the page shows of a bot's inside, to those who write it.
type Workshop interface {
	// Reloads returns what became of changed modules after the number after, oldest
	// first, and the number of the newest.
	Reloads(after int) (list []Reload, newest int)
	// Dialog draws the dialog of a bot, as SVG, or as plain text where it cannot.
	// ErrNone if there is no such bot, or nothing to draw.
	Dialog(ctx context.Context, bot string) (picture string, svg bool, err error)
	// Inside returns what a session holds, to the bearer of its resume token: ErrNone
	// to others.
	Inside(ctx context.Context, bot, session, resume string) (Inside, error)
}

// Reload is what became of a changed module.
type Reload struct {
	Bot  string    `json:"bot"`
	Old  string    `json:"old,omitempty"`
	New  string    `json:"new,omitempty"`
	Err  string    `json:"error,omitempty"`
	Time time.Time `json:"time"`
	// TookMillis is how long it took.
	TookMillis float64 `json:"took_ms"`
}

// Inside is what a session holds.
type Inside struct {
	State     string            `json:"state"`
	Back      []string          `json:"back"`
	Turn      uint64            `json:"turn"`
	Variables map[string]string `json:"variables"`
	Timers    []Timer           `json:"timers"`
}

// Timer is something that a session waits for.
type Timer struct {
	Name string `json:"name"`
	// Due is in milliseconds since 1970 UTC.
	Due int64 `json:"due"`
}

// ErrNone: there is nothing of what was asked for.
var ErrNone = errors.New("webui: there is none")
