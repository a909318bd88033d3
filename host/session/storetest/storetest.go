package storetest

import (
	"cmp"
	"testing"
	"time"

	"github.com/bothost/bothost/host/session"
)

// Options describe the stores that the suite is run on.
type Options struct {
	// Entries and MessageIDs are how many entries and receipts of a session the
	// stores are opened for: 8 or more, and not many more if the suite is to be
	// quick.
	Entries, MessageIDs int
	// Reopen opens again what is left of a store after its Close. If nil, the
	// store is not durable, and what durable stores promise is not tested.
	Reopen func(tb testing.TB, closed session.Store) session.Store
	// Crash ends a store as an end does after which acknowledged commits may be
	// gone, though none is, and opens it again. If nil, the store has no such end,
	// and new epochs are not tested.
	Crash func(tb testing.TB, store session.Store) session.Store
	// Damage breaks the record of a job in what is left of a store after its Close, and
	// that of when the session ends, and opens it again. If nil, the store has no
	// records that could not be read.
	Damage func(tb testing.TB, closed session.Store, key session.Key, job string) session.Store
	// Keep is how long the stores keep idle sessions. If zero,
	// [session.DefaultKeep].
	Keep time.Duration
}

// suite is one run.
type suite struct {
	open func(testing.TB) session.Store
	opts Options
}

// Run runs the suite. open opens an empty store, and closes it with the test; to
// close a store twice is no error.
func Run(t *testing.T, open func(tb testing.TB) session.Store, opts Options) {
	if opts.Entries < 8 || opts.MessageIDs < 8 {
		t.Fatalf("storetest: %d entries, %d message ids, want 8 at least",
			opts.Entries, opts.MessageIDs)
	}
	opts.Keep = cmp.Or(opts.Keep, session.DefaultKeep)
	s := &suite{open, opts}
	for _, test := range s.tests() {
		t.Run(test.name, test.run)
	}
	if opts.Reopen != nil {
		t.Run("Reopen", s.testReopen)
		t.Run("ReopenModel", s.testReopenModel)
		t.Run("ReopenJobs", s.testReopenJobs)
		t.Run("ReopenExpired", s.testReopenExpired)
	}
	if opts.Damage != nil {
		t.Run("Damaged", s.testDamaged)
	}
	if opts.Crash != nil {
		t.Run("CrashEpoch", s.testCrashEpoch)
		t.Run("CrashTwice", s.testCrashTwice)
		t.Run("CrashReset", s.testCrashReset)
	}
}

type test struct {
	name string
	run  func(*testing.T)
}

func (s *suite) tests() []test {
	return []test{
		{"NotFound", s.testNotFound},
		{"Head", s.testHead},
		{"Conflict", s.testConflict},
		{"ConflictChangesNothing", s.testConflictChangesNothing},
		{"Delete", s.testDelete},
		{"Keys", s.testKeys},
		{"Variables", s.testVariables},
		{"VariableSizes", s.testVariableSizes},
		{"VariablesInOrder", s.testVariablesInOrder},
		{"Copies", s.testCopies},
		{"KeepsNoSlice", s.testKeepsNoSlice},
		{"Log", s.testLog},
		{"LogFields", s.testLogFields},
		{"LogEmpty", s.testLogEmpty},
		{"ReadAppends", s.testReadAppends},
		{"Trim", s.testTrim},
		{"TrimOneCommit", s.testTrimOneCommit},
		{"Reset", s.testReset},
		{"ResetTwice", s.testResetTwice},
		{"Receipts", s.testReceipts},
		{"ReceiptsForgotten", s.testReceiptsForgotten},
		{"ReceiptsOverReset", s.testReceiptsOverReset},
		{"Jobs", s.testJobs},
		{"JobsInOrder", s.testJobsInOrder},
		{"JobsOfAllKinds", s.testJobsOfAllKinds},
		{"JobsReset", s.testJobsReset},
		{"JobsOfAll", s.testJobsOfAll},
		{"Expired", s.testExpired},
		{"ExpiredMoves", s.testExpiredMoves},
		{"ExpiredLimit", s.testExpiredLimit},
		{"List", s.testList},
		{"Epoch", s.testEpoch},
		{"Context", s.testContext},
		{"Close", s.testClose},
		{"Atomic", s.testAtomic},
		{"Hammer", s.testHammer},
		{"Model", s.testModel},
	}
}
