// Package attach is how platforms speak of the files of entries: where they are
// over HTTP, and what can be wrong with those of an event. Functions are pure, but
// for Find, which reads a log.
package attach
