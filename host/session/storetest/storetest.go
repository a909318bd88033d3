// Package storetest holds every [session.Store] to its contract:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(tb testing.TB) session.Store {
//			return memory.New(memory.Options{Entries: 8, MessageIDs: 8})
//		}, storetest.Options{Entries: 8, MessageIDs: 8})
//	}
package storetest

import (
	"testing"

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
	s := &suite{open, opts}
	for _, test := range s.tests() {
		t.Run(test.name, test.run)
	}
	if opts.Reopen != nil {
		t.Run("Reopen", s.testReopen)
		t.Run("ReopenModel", s.testReopenModel)
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
		{"Context", s.testContext},
		{"Close", s.testClose},
		{"Atomic", s.testAtomic},
		{"Hammer", s.testHammer},
		{"Model", s.testModel},
	}
}
