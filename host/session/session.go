package session

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

// Namespace keeps ids that clients chose apart from ids that the host gave.
type Namespace byte

const (
	// NamespaceHost holds ids of 128 random bits that the host gave.
	NamespaceHost Namespace = 'h'
	// NamespaceClient holds ids that BESSER clients chose.
	NamespaceClient Namespace = 'c'
)

// Key names one session. Its texts are at most 65 535 bytes long.
type Key struct {
	Bot       string
	Namespace Namespace
	ID        string
}

// Compare orders keys: by bot, then by namespace, then by id. Of two texts the
// shorter one comes first.
func (k Key) Compare(o Key) int {
	return cmp.Or(compare(k.Bot, o.Bot), cmp.Compare(k.Namespace, o.Namespace),
		compare(k.ID, o.ID))
}

func compare(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// Head is what a session is, apart from its variables and its log.
type Head struct {
	// Epoch counts the beginnings of the session, from 1; a reset begins a new
	// one. Seq starts again in each.
	Epoch uint64
	// Seq is the sequence number of the newest entry; 0 for an empty log.
	Seq uint64
	// Turn is the number of the newest turn, from 1; resets do not set it back.
	Turn uint64
	// State is where the session stands; empty before the first move.
	State string
	// Back are the states to return to, newest last; nil if there are none. Nobody
	// changes the slice.
	Back []string
	// User is who began the session, as whoever did so said, or the token; Title is
	// what the user's client calls it. Both may be empty.
	User, Title string
	// VarBytes is the sum of the lengths of all names and values of variables.
	VarBytes int64
	// Resume is the SHA-256 of the token that lets a client join the session.
	Resume [32]byte
	// Former is that of the token before, which is still good until FormerUntil, in
	// milliseconds since 1970 UTC: a client may not have heard of the new one. If
	// FormerUntil is zero, there is none.
	Former      [32]byte
	FormerUntil int64
	// Created and Updated are in milliseconds since 1970 UTC.
	Created, Updated int64
	// Keep is how many milliseconds after Updated the session stays. If zero, what
	// the store was opened for.
	Keep int64
}

// DefaultKeep is how long stores keep idle sessions unless they are opened for
// another time.
const DefaultKeep = 30 * 24 * time.Hour

// Equal reports whether two heads say the same.
func (h *Head) Equal(o *Head) bool {
	return h.Epoch == o.Epoch && h.Seq == o.Seq && h.Turn == o.Turn && h.State == o.State &&
		slices.Equal(h.Back, o.Back) && h.User == o.User && h.Title == o.Title && h.VarBytes == o.VarBytes && h.Resume == o.Resume &&
		h.Former == o.Former && h.FormerUntil == o.FormerUntil &&
		h.Created == o.Created && h.Updated == o.Updated && h.Keep == o.Keep
}

// Ends returns when the session's time is over, in milliseconds since 1970 UTC.
// keep is what the store was opened for.
func (h *Head) Ends(keep time.Duration) int64 {
	if h.Keep != 0 {
		return later(h.Updated, h.Keep)
	}
	return later(h.Updated, keep.Milliseconds())
}

// later adds, but never comes to a time before t.
func later(t, ms int64) int64 {
	if ms > 0 && t > math.MaxInt64-ms {
		return math.MaxInt64
	}
	return t + ms
}

// Record is a session without its log.
type Record struct {
	Head Head
	// Vars are the variables; nil if there are none.
	Vars map[string]string
	// Jobs are in order of their ids.
	Jobs []Job
}

// Summary is what a session is, in a list of many.
type Summary struct {
	Key  Key
	Head Head
}

// JobKind says what a job does.
type JobKind byte

const (
	// JobTimer ends a timer.
	JobTimer JobKind = 't'
	// JobRequest makes a request.
	JobRequest JobKind = 'h'
	// JobWaiting is an event that waits for a state which takes it. It is there
	// until then: its time never comes, and Due is 0.
	JobWaiting JobKind = 'w'
	// JobAfter looks for a transition that waits until the user is quiet.
	JobAfter JobKind = 'a'
	// JobRecheck looks at conditions again.
	JobRecheck JobKind = 'r'
)

// Rings reports whether a job of the kind happens at a time.
func (k JobKind) Rings() bool { return k != JobWaiting }

// Job is something that will happen to a session.
type Job struct {
	// ID tells the jobs of a session apart, of whatever kind they are.
	ID   string
	Kind JobKind
	Name string
	// Due is in milliseconds since 1970 UTC; 0 for a kind that does not ring.
	Due int64
	// Turn is the turn that set the job: a timer that is set anew is another one.
	Turn uint64
	Data string
}

// JobChange sets a job, in the place of one of the same ID, or removes it.
type JobChange struct {
	Job
	// Done removes the job; of Job only ID counts then.
	Done bool
}

// Receipt is what is known of a client message id that was seen: where its
// turn's entries stand.
type Receipt struct {
	ID string
	// Hash tells bodies apart: the same id with another body is a mistake.
	Hash uint64
	// Epoch, Seq and Turn are of the turn that the message had; Seq is of the
	// user's own entry, or of the newest entry if the event leaves none.
	Epoch, Seq, Turn uint64
}

// Commit is all that one turn changes. It is applied whole or not at all. The
// store keeps no slice of it.
type Commit struct {
	Key Key
	// Head is the session's head after the turn. Head.Turn is one above the
	// stored one; 1 makes the session. Head.Epoch is what was loaded, or above.
	Head Head
	// Reset empties the session's variables, log and jobs first. Receipts stay.
	Reset bool
	// Vars are applied in order: of several for one key the last one counts.
	Vars []abi.Var
	// Entries are appended to the log; they carry Seq, rising by one, the last
	// one being Head.Seq.
	Entries []abi.Entry
	// Jobs are applied in order: of several with one ID the last one counts.
	Jobs []JobChange
	// Receipt is remembered if its ID is not empty.
	Receipt Receipt
}

// Outcome is how the handling of one event ended.
type Outcome struct {
	// Code is 0 if the event was accepted: its turn is committed, or its id was
	// seen before with the same body. Otherwise it says why nothing happened.
	Code abi.Code
	// Field names what is wrong in an event that was not accepted; it may be empty.
	Field string
	// Receipt says where the turn stands; set when the event was accepted.
	Receipt Receipt
	// Duplicate says that the turn is an earlier one of the same id.
	Duplicate bool
	// Unknown says that the store failed while it committed: the turn happened or
	// not. The client is told neither; it sends again, and the id settles it.
	Unknown bool
	// Retry is when to send the same again; 0 if that would not help, or now.
	Retry time.Duration
}

// Page is a part of a session's log.
type Page struct {
	Epoch uint64
	// First and Last are the sequence numbers of the oldest and newest entry that
	// the log holds; First is Last+1 for an empty log.
	First, Last uint64
	// Entries are what was asked for, in order of Seq.
	Entries []abi.Entry
}

var (
	// ErrNotFound: there is no such session, or no such receipt.
	ErrNotFound = errors.New("session: not found")
	// ErrConflict: a commit does not follow the stored turn, or its epoch is below
	// the stored one, or another write to the session runs.
	ErrConflict = errors.New("session: commit does not follow the stored turn")
	// ErrUnavailable: the store cannot be written to now. The commit did not
	// happen.
	ErrUnavailable = errors.New("session: store unavailable")
	// ErrUnknown: the store failed while it committed. The commit happened or did
	// not: Load tells, as soon as the store serves again.
	ErrUnknown = errors.New("session: outcome of the commit unknown")
)
