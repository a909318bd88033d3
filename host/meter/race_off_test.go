//go:build !race

// The tag is set by go test -race.

package meter_test

const raceDetector = false
