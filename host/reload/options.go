package reload

import (
	"log/slog"
	"time"
)

// Options say what is watched and how patiently. The zero value watches
// nothing. Paths may be relative and may contain links; they are reported as
// they are given here, cleaned.
type Options struct {
	// Files are watched one by one. They need not exist.
	Files []string
	// Folders are watched for files whose name ends in .wasm and does not begin
	// with a dot, not for those of folders within. They need not exist.
	Folders []string
	// Trees are watched as a whole each. They need not exist.
	Trees []Tree
	// Bundles are watched as a whole each. They need not exist.
	Bundles []Bundle

	// Quiet is how long the folders must be quiet before they are looked at. If
	// zero, 150 ms.
	Quiet time.Duration
	// MaxWait is the longest that busy folders delay a look. If zero, 2 s.
	MaxWait time.Duration
	// Poll is the time between looks without any event. If zero, 5 s.
	Poll time.Duration
	// Retry is the time after which a content that is bad is looked at once
	// more before it is reported. If zero, 1 s.
	Retry time.Duration
	// Grace is how long a deleted file goes unreported. If zero, 10 s; if
	// negative, none.
	Grace time.Duration

	// Limit is the largest size of a file in bytes; a larger one is not read
	// but reported with [ErrTooLarge]. If zero, 32 MiB. Trees have no limit.
	Limit int64
	// Check tells why a content is not complete, or nil; it must not keep data.
	// It is called by the goroutine of Load, Run or Read. If nil, every content
	// is complete. Trees are not checked; of a bundle, the files that it names are.
	Check func(data []byte) error
	// Logger gets what no [Change] says. If nil, nothing is logged.
	Logger *slog.Logger
}

// withDefaults returns the options with every zero replaced.
func (o Options) withDefaults() Options {
	orDuration := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	orDuration(&o.Quiet, 150*time.Millisecond)
	orDuration(&o.MaxWait, 2*time.Second)
	orDuration(&o.Poll, 5*time.Second)
	orDuration(&o.Retry, time.Second)
	orDuration(&o.Grace, 10*time.Second)
	if o.Limit == 0 {
		o.Limit = 32 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
