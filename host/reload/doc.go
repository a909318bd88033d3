// Package reload tells that a path now has another content: file change in,
// "this path now has this content" out. It knows nothing of what the files
// mean.
//
// A [Watcher] looks at named files, at folders of *.wasm files, which may gain
// and lose files, at whole source trees, and at files that name others.
// [Watcher.Load] delivers what is there at the start, [Watcher.Run] delivers every
// change after that, [Read] reads one file by the same rules.
//
// # How it decides
//
// The file system's events are hints and nothing more: they are lost when a
// queue overflows, when a folder is replaced and on network file systems, and
// they come in the middle of a write. So any event, overflow or error, a call
// of [Watcher.Look] and a timer all mean the same: look. What is reported
// depends on what is then found:
//
//   - A look waits until the folders have been quiet for Options.Quiet, at most
//     Options.MaxWait.
//   - A content counts when size, time and identity of the file did not change
//     while it was read, and Options.Check finds it complete.
//   - It is reported when its SHA-256 differs from what was last reported of
//     the path. Touching a file reports nothing; A, B, A reports three times.
//   - Anything else (a bad content, a file too large, no permission) must be
//     found again unchanged after Options.Retry before it is reported, and is
//     then reported once. A file that still grows is not reported as broken.
//   - A missing file is reported after Options.Grace, because editors delete
//     before they create. If it comes back unchanged, nothing is reported.
//
// What is watched is folders, never files: those of the files themselves, those
// of each link on the way to them, so that a link swapped on the way is seen
// (Kubernetes updates mounted files like that), and the nearest one that exists
// where a path is missing. A folder that was replaced is watched anew. Where
// the system has no watches left, a warning is logged once and the timer does
// the work.
//
// # Concurrency
//
//   - Changes are delivered one at a time, by the goroutine that called Load or
//     Run: a path's changes come in order and never side by side. A slow
//     receiver delays the next look but loses no change: what is found then is
//     the newest content (TestWatcherDeliversOneAtATime).
//   - [Watcher.Look] may be called at any time from any goroutine and never
//     blocks (TestWatcher_Hammer).
//   - Load and Run exclude each other: the second gets [ErrRunning]
//     (TestWatcherRunsOnce).
//   - Run waits for every goroutine that it started (TestMain).
package reload
