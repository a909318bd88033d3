//go:build race

// The tag is set by go test -race.

package main

const raceDetector = true
