package besser

import (
	"encoding/binary"
	"math"
	"strconv"
)

// soundType tells what a sound is by its first bytes, and how its file's name ends;
// both are empty if it is none that clients record.
func soundType(data []byte) (typ, ending string) {
	has := func(at int, sign string) bool {
		return len(data) >= at+len(sign) && string(data[at:at+len(sign)]) == sign
	}
	switch {
	case has(0, "RIFF") && has(8, "WAVE"):
		return "audio/wav", "wav"
	case has(0, "\x1a\x45\xdf\xa3"):
		return "audio/webm", "webm"
	case has(0, "OggS"):
		return "audio/ogg", "ogg"
	case has(4, "ftyp"):
		return "audio/mp4", "m4a"
	case has(0, "ID3"), has(0, "\xff\xfb"):
		return "audio/mpeg", "mp3"
	}
	return "", ""
}

// sound is a sound as samples, one channel after the other.
type sound struct {
	rate, channels, frames int
	// kind is what numpy calls the samples: int16 or float32.
	kind    string
	samples []byte
}

// append appends a sound as the object that clients read.
func (s *sound) append(b []byte) []byte {
	b = appendBase64(append(b, `{"audio_data_base64": `...), s.samples)
	b = append(b, `, "metadata": {"sample_rate": `...)
	b = strconv.AppendInt(b, int64(s.rate), 10)
	b = append(b, `, "dtype": "`...)
	b = append(b, s.kind...)
	b = append(b, `", "shape": [`...)
	if s.channels > 1 {
		b = append(strconv.AppendInt(b, int64(s.channels), 10), ", "...)
	}
	b = strconv.AppendInt(b, int64(s.frames), 10)
	return append(b, "]}}"...)
}

// Formats of samples in WAV files.
const (
	wavePCM        = 1
	waveFloat      = 3
	waveExtensible = 0xfffe
)

// waveFormat is what a WAV file says of its samples.
type waveFormat struct {
	tag, channels uint16
	rate          uint32
	bits          uint16
}

// parseWAV reads a WAV file with samples of whole numbers or floats. ok is false if
// it is none, or says what cannot be.
func parseWAV(data []byte) (s sound, ok bool) {
	typ, _ := soundType(data)
	if typ != "audio/wav" {
		return s, false
	}
	var f waveFormat
	for data = data[12:]; len(data) >= 8; {
		size := int(min(binary.LittleEndian.Uint32(data[4:]), math.MaxInt32))
		name, chunk := string(data[:4]), data[8:]
		// What was written to a pipe does not know its length.
		chunk = chunk[:min(size, len(chunk))]
		switch name {
		case "fmt ":
			if f, ok = parseWaveFormat(chunk); !ok {
				return s, false
			}
		case "data":
			return f.sound(chunk)
		}
		data = data[8+len(chunk):]
		if size%2 == 1 && len(data) > 0 {
			data = data[1:]
		}
	}
	return s, false
}

func parseWaveFormat(b []byte) (f waveFormat, ok bool) {
	if len(b) < 16 {
		return f, false
	}
	f = waveFormat{
		tag: binary.LittleEndian.Uint16(b), channels: binary.LittleEndian.Uint16(b[2:]),
		rate: binary.LittleEndian.Uint32(b[4:]), bits: binary.LittleEndian.Uint16(b[14:]),
	}
	if f.tag == waveExtensible && len(b) >= 26 {
		f.tag = binary.LittleEndian.Uint16(b[24:])
	}
	const mostChannels, mostRate = 8, 1 << 20
	known := f.tag == wavePCM && (f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32) ||
		f.tag == waveFloat && (f.bits == 32 || f.bits == 64)
	return f, known && f.channels > 0 && f.channels <= mostChannels && f.rate > 0 &&
		f.rate <= mostRate
}

// sound takes the samples, which the file has frame by frame. All whole numbers
// become int16, and all floats float32: that is what clients play.
func (f *waveFormat) sound(data []byte) (sound, bool) {
	width, channels := int(f.bits/8), int(f.channels)
	if width == 0 || len(data) < width*channels {
		return sound{}, false
	}
	s := sound{
		rate: int(f.rate), channels: channels, frames: len(data) / (width * channels),
		kind: "int16",
	}
	if f.tag == waveFloat {
		s.kind = "float32"
	}
	for channel := range channels {
		for frame := range s.frames {
			at := (frame*channels + channel) * width
			s.samples = f.appendSample(s.samples, data[at:at+width])
		}
	}
	return s, true
}

func (f *waveFormat) appendSample(b, sample []byte) []byte {
	switch {
	case f.tag == waveFloat && f.bits == 64:
		wide := math.Float64frombits(binary.LittleEndian.Uint64(sample))
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(wide)))
	case f.tag == waveFloat:
		return append(b, sample...)
	case f.bits == 8: // without a sign
		return append(b, 0, sample[0]-128)
	}
	// The two bytes that say most come last.
	return append(b, sample[len(sample)-2:]...)
}
