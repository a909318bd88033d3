// Package webui serves the page on which people talk to bots, and the corner widget
// that shows it on other people's pages.
//
// The page is plain HTML, CSS and ES modules: what lies in the folder page is what
// browsers run. It speaks the native protocol and nothing else, so that everything
// it can do, another client can do as well. README.md describes its parts.
//
// Bots are not trusted, and neither are those whose words they repeat. So the page
// comes under a policy that runs no script but its own files, makes elements of
// texts by a list of what may be made, and draws charts in a frame of no origin.
//
// # Concurrency
//
// A [Handler] may be used by many goroutines at once.
package webui
