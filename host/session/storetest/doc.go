// Package storetest holds every [session.Store] to its contract:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(tb testing.TB) session.Store {
//			return memory.New(memory.Options{Entries: 8, MessageIDs: 8})
//		}, storetest.Options{Entries: 8, MessageIDs: 8})
//	}
package storetest
