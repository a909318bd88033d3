package besser

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"testing"
)

// wav returns a WAV file of samples that are bytes already.
func wav(tag, channels, bits uint16, rate uint32, samples []byte) []byte {
	var b bytes.Buffer
	chunk := func(name string, body []byte) {
		b.WriteString(name)
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(body)))
		b.Write(body)
		if len(body)%2 == 1 {
			b.WriteByte(0)
		}
	}
	format := binary.LittleEndian.AppendUint16(nil, tag)
	format = binary.LittleEndian.AppendUint16(format, channels)
	format = binary.LittleEndian.AppendUint32(format, rate)
	format = binary.LittleEndian.AppendUint32(format, rate*uint32(channels*bits/8))
	format = binary.LittleEndian.AppendUint16(format, channels*bits/8)
	format = binary.LittleEndian.AppendUint16(format, bits)
	if tag == waveExtensible {
		format = append(format, 22, 0, byte(bits), 0, 3, 0, 0, 0, wavePCM, 0)
		format = append(format, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	}
	chunk("LIST", []byte("odd"))
	chunk("fmt ", format)
	chunk("data", samples)
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(b.Len()+4))
	return append(append(head, "WAVE"...), b.Bytes()...)
}

func shorts(samples ...int16) (b []byte) {
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

func floats(samples ...float32) (b []byte) {
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s))
	}
	return b
}

func TestParseWAV(t *testing.T) {
	double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5))
	unknownEnd := wav(wavePCM, 1, 16, 8000, shorts(1, 2))
	copy(unknownEnd[len(unknownEnd)-8:], "\xff\xff\xff\xff")
	for _, tt := range []struct {
		name  string
		data  []byte
		shape string
		kind  string
		want  []byte
	}{
		{"16 bits", wav(wavePCM, 1, 16, 8000, shorts(1, -2, 3)), "[3]", "int16", shorts(1, -2, 3)},
		{"two channels", wav(wavePCM, 2, 16, 44100, shorts(1, 10, 2, 20, 3, 30)), "[2, 3]", "int16",
			shorts(1, 2, 3, 10, 20, 30)},
		{"part of a frame at the end",
			wav(wavePCM, 2, 16, 44100, shorts(1, 10, 2)), "[2, 1]", "int16",
			shorts(1, 10)},
		{"8 bits", wav(wavePCM, 1, 8, 8000, []byte{0, 128, 255}), "[3]", "int16",
			shorts(-32768, 0, 32512)},
		{"24 bits", wav(wavePCM, 1, 24, 8000, []byte{9, 1, 0, 9, 0xfe, 0xff}), "[2]",
			"int16", shorts(1, -2)},
		{"32 bits", wav(wavePCM, 1, 32, 8000, []byte{9, 9, 1, 0}), "[1]", "int16", shorts(1)},
		{"extensible", wav(waveExtensible, 1, 16, 8000, shorts(7)), "[1]", "int16", shorts(7)},
		{"floats", wav(waveFloat, 1, 32, 48000, floats(0.5, -1)), "[2]",
			"float32", floats(0.5, -1)},
		{"long floats", wav(waveFloat, 1, 64, 48000, double), "[1]", "float32", floats(0.5)},
		{"no length", unknownEnd, "[2]", "int16", shorts(1, 2)},

		{"nothing", nil, "", "", nil},
		{"no WAV", []byte("OggS........"), "", "", nil},
		{"only a head", []byte("RIFF\x04\x00\x00\x00WAVE"), "", "", nil},
		{"no samples", wav(wavePCM, 1, 16, 8000, nil), "", "", nil},
		{"no channels", wav(wavePCM, 0, 16, 8000, shorts(1)), "", "", nil},
		{"too many channels", wav(wavePCM, 9, 16, 8000, shorts(1)), "", "", nil},
		{"no rate", wav(wavePCM, 1, 16, 0, shorts(1)), "", "", nil},
		{"odd bits", wav(wavePCM, 1, 12, 8000, shorts(1)), "", "", nil},
		{"compressed", wav(0x55, 1, 16, 8000, shorts(1)), "", "", nil},
		{"cut within the format", wav(wavePCM, 1, 16, 8000, shorts(1))[:40], "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ok := parseWAV(tt.data)
			if ok != (tt.shape != "") {
				t.Fatalf("parseWAV() = %+v, %t", s, ok)
			}
			if !ok {
				return
			}
			want := fmt.Sprintf(`{"audio_data_base64": "%s", "metadata": {"sample_rate": %d, "dtype": "%s", "shape": %s}}`,
				base64.StdEncoding.EncodeToString(tt.want), s.rate, tt.kind, tt.shape)
			if got := string(s.append(nil)); got != want {
				t.Errorf("append() = %s, want %s", got, want)
			}
		})
	}
}

// FuzzParseWAV: a sound has the samples that its shape says.
func FuzzParseWAV(f *testing.F) {
	f.Add(wav(wavePCM, 2, 16, 44100, shorts(1, 10, 2, 20)))
	f.Add(wav(waveFloat, 1, 64, 8000, make([]byte, 24)))
	f.Add(wav(waveExtensible, 1, 24, 8000, make([]byte, 9)))
	f.Add(wav(wavePCM, 1, 8, 8000, []byte{1}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, ok := parseWAV(data)
		if !ok {
			return
		}
		width := map[string]int{"int16": 2, "float32": 4}[s.kind]
		if s.frames == 0 || s.channels == 0 || s.rate == 0 ||
			len(s.samples) != s.frames*s.channels*width {
			t.Errorf("parseWAV(%q) = %+v", data, s)
		}
		if !json.Valid(s.append(nil)) {
			t.Errorf("append() = %s, want JSON", s.append(nil))
		}
	})
}

func TestSoundType(t *testing.T) {
	for _, tt := range []struct{ data, typ, ending string }{
		{"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav", "wav"},
		{"\x1a\x45\xdf\xa3\x00", "audio/webm", "webm"},
		{"OggS\x00", "audio/ogg", "ogg"}, {"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "m4a"},
		{"ID3\x04", "audio/mpeg", "mp3"}, {"\xff\xfb\x90", "audio/mpeg", "mp3"},
		{"", "", ""}, {"RIFF\x00\x00\x00\x00AVI ", "", ""}, {"RIFF", "", ""}, {"hello", "", ""},
		{"\x00ftyp", "", ""},
	} {
		if typ, ending := soundType([]byte(tt.data)); typ != tt.typ || ending != tt.ending {
			t.Errorf("soundType(%q) = %q, %q, want %q, %q", tt.data, typ, ending, tt.typ, tt.ending)
		}
	}
}
