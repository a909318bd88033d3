// Package files is how files come and go over HTTP. A client of a session asks
// its socket for a one-time token, posts the file with it, and names the upload in
// its next event; what an entry refers to is fetched by the entry's place in the
// log. The interface is described in README.md; where files are and who may have
// them is asked of [Uploads] and [Downloads].
//
// # What holds
//
// Each line is held by the test of that name.
//
//   - A file is handed on while it comes: it is never in memory, nor anywhere else
//     before the backend has it, also out of a form. (TestPost_memory)
//   - What is refused is told at once, as far as it can be known: from the headers,
//     before anything of the body. (TestPost_RefusedEarly)
//   - A client that sends too slowly, or not at all, is given up. (TestPost_Slow)
//   - A file is shown to whom the backend lets read it only, and to nobody in a way
//     in which it could run script. (TestGet_Headers)
//   - Names have no part in where anything is, and are safe to show and to save
//     under. (TestCleanName, FuzzCleanName)
//
// Checking Host and Origin is up to the caller, as in package api. No header allows
// a page of another origin anything.
package files
