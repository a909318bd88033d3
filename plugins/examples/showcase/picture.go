package main

import (
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
)

// Size of the picture.
const width, height = 180, 60

// rainbow draws a picture as a PNG file: eight bits a color, and pixels that are not
// compressed, so that it needs no more than this page.
func rainbow() []byte {
	var pixels []byte
	for y := range height {
		pixels = append(pixels, 0) // no filter
		for x := range width {
			r, g, b := hue(6 * 256 * x / width)
			pixels = append(pixels, shade(r, y), shade(g, y), shade(b, y))
		}
	}
	head := binary.BigEndian.AppendUint32(nil, width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, 8, 2, 0, 0, 0) // bits, true color, and no more
	file := []byte("\x89PNG\r\n\x1a\n")
	file = appendChunk(file, "IHDR", head)
	file = appendChunk(file, "IDAT", stored(pixels))
	return appendChunk(file, "IEND", nil)
}

// hue is the color at a place of the circle, which has six parts of 256.
func hue(at int) (r, g, b byte) {
	up := byte(at % 256)
	down := 255 - up
	switch at / 256 {
	case 0:
		return 255, up, 0
	case 1:
		return down, 255, 0
	case 2:
		return 0, 255, up
	case 3:
		return 0, down, 255
	case 4:
		return up, 0, 255
	}
	return 255, 0, down
}

// shade makes a color darker towards the end of the picture.
func shade(c byte, y int) byte { return byte(int(c) * (height - y/2) / height) }

// appendChunk appends a part of a PNG file.
func appendChunk(b []byte, name string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	from := len(b)
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}

// stored is a stream of zlib (RFC 1950) that is not compressed.
func stored(data []byte) []byte {
	const most = 1<<16 - 1
	b := []byte{0x78, 0x01}
	for rest := data; len(rest) > 0; {
		part := rest[:min(most, len(rest))]
		rest = rest[len(part):]
		last := byte(0)
		if len(rest) == 0 {
			last = 1
		}
		n := uint16(len(part))
		b = binary.LittleEndian.AppendUint16(append(b, last), n)
		b = binary.LittleEndian.AppendUint16(b, ^n)
		b = append(b, part...)
	}
	return binary.BigEndian.AppendUint32(b, adler32.Checksum(data))
}
