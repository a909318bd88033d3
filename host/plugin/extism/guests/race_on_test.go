//go:build race

// The tag is set by go test -race.

package guests_test

const raceDetector = true
