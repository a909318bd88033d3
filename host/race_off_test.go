//go:build !race

// The tag is set by go test -race.

package host

const raceDetector = false
