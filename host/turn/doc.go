// Package turn runs turns: an event waits in its session's queue, the bot's
// handlers run on a copy of the session, what they did is committed as a whole,
// and then everybody is told.
//
// # Concurrency
//
// Each line has a test that names it: TestGuarantee_Order, and so on.
//
//   - order: the events of one session run one at a time, in the order in which
//     Submit took them; their outcomes come in that order.
//   - side by side: turns of different sessions do not wait for each other.
//   - bounded: a session's queue holds Limits.Queue events besides the one that
//     runs; Submit waits for room, first come, first served.
//   - inline: a turn of an idle session runs in its caller's goroutine, and that
//     caller is never held by the events of others.
//   - unlocked: no lock is held while a guest, the store or a callback works.
//   - once: done is called exactly once for each event that was taken, after its
//     commit and after the handles were woken.
//   - one writer: of all goroutines only the owner of a session commits to it.
//   - close: Close lets the events that were taken run, refuses new ones, and
//     leaves no goroutine behind.
//
// # What comes later
//
// Timers and requests are jobs of their session, set and removed by commits: each
// leads to one turn, also over an end of the host (TestTimer_restart, TestRequest).
// One goroutine of the runner waits for them, and for sessions whose time is over;
// each request that is on its way has one more. Close ends and waits for all.
//
// # The dialog
//
// The generation's dialog says which handlers run. Events that no transition took
// wait in jobs that never ring (TestDialog_Kept). A state that waits for a quiet
// user has one job for that (TestAfter), and one whose conditions depend on time
// has one that looks at them (TestRecheck): a look that changes nothing is not
// committed. What a turn did to any of them is committed with it, or dropped
// (TestDialog_Failed).
//
// # Memory
//
// A session that somebody holds is in memory with its variables and the newest
// entries, so that turns and deliveries read nothing (TestTail). So are some that
// nobody holds (TestWarm), and those that nobody has said anything in, which are
// in no store (TestProvisional). The files that turns reply with are in memory until
// they are put, those of all turns within Limits.StagedFileBytes (TestFiles_Room).
package turn
