// Package files keeps the files that users send and bots reply with: by their
// content, so that what is sent twice is kept once. A [Store] keeps them in a
// folder, or in memory; [Uploads] hands out the one-time tokens with which users
// bring them, and says to which session one belongs.
//
// # How long a file stays
//
// What entries of sessions refer to is not known here. So a file is held: Put
// returns a [Hold], and a file that Put brought goes with its last hold, unless
// somebody calls Keep, which says that something durable refers to it now. The
// order for a turn is Put, commit, Keep, Release; if the commit fails, only
// Release. A file that was kept stays, also over restarts, until Remove, or until
// a Sweep that finds nothing that refers to it.
//
// # What holds
//
// Each line is held by the test of that name.
//
//   - When Put returns, the file is on disk, and so is its name. (TestPut_order)
//   - A file has all of its content or is not there, also after the process was
//     killed, and no temporary file outlives the next start. (TestKill)
//   - Whatever step of it fails, Put leaves no temporary file, and the same Put
//     works when the disk works again. (TestPut_everyFault, TestFullDisk)
//   - Names that clients choose are never names of files here. (TestLayout)
//   - Files that are written at once are bounded, and so is what each of them takes
//     in memory. (TestPut_writers, BenchmarkPut)
//   - A file that is held is not removed, by nobody. (TestStore_Hammer)
//   - An upload is given to its own session only. (TestUploads_sessions)
//
// All methods are safe for concurrent use. One store has a folder at a time: the
// caller sees to that, as it does for the sessions beside it.
package files
