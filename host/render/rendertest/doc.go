// Package rendertest has what bots and users could say to run script in a
// reader's page, and tells whether HTML could. The allow-list is written anew
// here: a fault in that of the renderer is not hidden by itself.
package rendertest
