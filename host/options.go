package host

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/platform/websocket/besser"
	"github.com/bothost/bothost/host/session"
)

// Options configure a [Host]. The zero value serves nothing: Files or Folders
// name the modules.
type Options struct {
	// Files are module files, each a bot named after its file without .wasm; or
	// Extism manifests, without .json.
	Files []string
	// Folders are folders of module files; bots come and go with their files.
	Folders []string
	// Addr is the address to listen on. If empty, 127.0.0.1:8765.
	Addr string
	// Open allows an address that is not loopback.
	Open bool
	// Dialect is what clients without a subprotocol speak. If zero, agent.
	Dialect besser.Dialect
	// TrustSessionIDs honours session ids that BESSER clients choose, also on an
	// address that is not loopback: whoever knows one has the session.
	TrustSessionIDs bool
	// SessionsAPI lists the sessions that BESSER clients can take up at /api/sessions,
	// and deletes them: whoever may ask can have them all. Sessions that such clients
	// do not name get a name then.
	SessionsAPI bool
	// Hosts and Origins are allowed besides the loopback ones.
	Hosts, Origins []string
	// Rates are how often clients may do things. If nil, as often as they like.
	Rates *websocket.Rates
	// Token says whether a token lets its bearer in, and for which user. If nil,
	// everybody is let in.
	Token func(token string) (user string, ok bool)
	// Allow names the hosts that bots may call, as [outbound.Options] has it. If
	// empty, they may call none.
	Allow []string
	// Config is what bots read with config_get.
	Config map[string]string
	// Workshop lets those who talk to bots on the host's page look inside: their own
	// session, the dialog, what became of reloads.
	Workshop bool
	// Limits, where zero, have their defaults.
	Limits abi.Limits
	// Data is the folder for sessions and what else must last. If empty, sessions
	// are in memory.
	Data string
	// Durability is what a turn that was answered outlives. If zero, [Sync].
	Durability Durability
	// Store keeps the sessions in the place of Data; the host closes it.
	Store session.Store
	// UploadTypes are the MIME types of the files that users may send, such as image/*
	// or text/plain. If empty, all.
	UploadTypes []string
	// CacheDir is the folder for compiled code, and for what was learned of intents.
	// If empty, there is none.
	CacheDir string
	// Grace is how long turns may take to end at a reload or at the end. If zero,
	// 10 s.
	Grace time.Duration
	// Quiet and Gone are the times of the same meaning in [reload.Options], Quiet
	// and Grace. If zero, the defaults there.
	Quiet, Gone time.Duration
	// Logger hears of everything that goes on. If nil, nothing is logged.
	Logger *slog.Logger
	// Reloaded is told of each change of a module file, by one goroutine. If nil,
	// the log is.
	Reloaded func(Reload)
	// Now is the clock of turns. If nil, time.Now.
	Now func() time.Time
}

func (o Options) defaults() Options {
	o.Limits = o.Limits.Defaults()
	if o.Addr == "" {
		o.Addr = "127.0.0.1:8765"
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// check says what is wrong in the options alone.
func (o Options) check() error {
	return errors.Join(checkNames(o.Files), checkTypes(o.UploadTypes))
}

func checkNames(files []string) error {
	seen := make(map[string]string)
	for _, path := range files {
		name := BotName(path)
		if other, ok := seen[name]; ok {
			return fmt.Errorf("two files hold a bot called %s: %s and %s", name, other, path)
		}
		seen[name] = path
	}
	return nil
}
