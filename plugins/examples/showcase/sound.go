package main

import (
	"encoding/binary"
	"math"
)

const (
	// rate is how many samples a second the sound has, and samples how many in all.
	rate    = 8000
	samples = rate * 3 / 2
)

// chord plays three notes as a WAV file: one channel of 16 bits a sample.
func chord() []byte {
	const bytes = 2
	file := []byte("RIFF")
	file = binary.LittleEndian.AppendUint32(file, 36+bytes*samples)
	file = append(file, "WAVEfmt "...)
	file = binary.LittleEndian.AppendUint32(file, 16) // the length of what follows
	for _, n := range []uint16{1, 1} {                // plain samples, one channel
		file = binary.LittleEndian.AppendUint16(file, n)
	}
	file = binary.LittleEndian.AppendUint32(file, rate)
	file = binary.LittleEndian.AppendUint32(file, rate*bytes)
	for _, n := range []uint16{bytes, 8 * bytes} {
		file = binary.LittleEndian.AppendUint16(file, n)
	}
	file = append(file, "data"...)
	file = binary.LittleEndian.AppendUint32(file, bytes*samples)
	for i := range samples {
		fade := 1 - float64(i)/samples
		sum := 0.0
		for _, note := range []float64{261.63, 329.63, 392} {
			sum += math.Sin(2 * math.Pi * note * float64(i) / rate)
		}
		file = binary.LittleEndian.AppendUint16(file,
			uint16(int16(sum/3*fade*fade*math.MaxInt16/2)))
	}
	return file
}
