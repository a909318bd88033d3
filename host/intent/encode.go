package intent

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// modelMagic begins an encoded model. Its number grows with every change of what
// is learned or how it is written.
const modelMagic = "bothost intent model 1\n"

// encode writes the model: the magic, the digest of the rest, the numbers of
// intents and features, scale, rarest, and then the hashes, rarities and weights of
// the features. Numbers are little endian.
func (m *model) encode() []byte { return seal(m.body()) }

// seal puts magic and digest before a body.
func seal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return slices.Concat([]byte(modelMagic), sum[:], body)
}

func (m *model) body() []byte {
	hashes := make([]uint64, len(m.vocabulary.rare))
	for hash, row := range m.vocabulary.rows {
		hashes[row] = hash
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(m.linear.intents))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(hashes)))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.scale))
	b = appendFloats(b, m.vocabulary.rarest)
	for _, hash := range hashes {
		b = binary.LittleEndian.AppendUint64(b, hash)
	}
	b = appendFloats(b, m.vocabulary.rare...)
	b = appendFloats(b, m.linear.weights...)
	return b
}

func appendFloats(b []byte, list ...float32) []byte {
	for _, f := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

var errModel = errors.New("is no model, or a damaged one")

// decodeModel reads what encode wrote. Nothing is made that is larger than the
// data.
func decodeModel(data []byte) (*model, error) {
	data, ok := bytes.CutPrefix(data, []byte(modelMagic))
	if !ok || len(data) < sha256.Size+20 {
		return nil, errModel
	}
	sum := sha256.Sum256(data[sha256.Size:])
	if !bytes.Equal(sum[:], data[:sha256.Size]) {
		return nil, errModel
	}
	r := reader{data[sha256.Size:]}
	intents, features := uint64(r.uint32()), uint64(r.uint32())
	if uint64(len(r.data)) != 12+features*12+features*intents*4 || intents == 0 {
		return nil, errModel
	}
	m := &model{scale: math.Float64frombits(r.uint64())}
	v := &vocabulary{rarest: r.floats(1)[0], rows: make(map[uint64]uint32, features)}
	for row := range features {
		v.rows[r.uint64()] = uint32(row)
	}
	v.rare = r.floats(int(features))
	m.linear = &linear{intents: int(intents), weights: r.floats(int(features * intents))}
	m.vocabulary = v
	return m, nil
}

// reader reads numbers from data that are long enough.
type reader struct{ data []byte }

func (r *reader) uint32() uint32 {
	n := binary.LittleEndian.Uint32(r.data)
	r.data = r.data[4:]
	return n
}

func (r *reader) uint64() uint64 {
	n := binary.LittleEndian.Uint64(r.data)
	r.data = r.data[8:]
	return n
}

func (r *reader) floats(n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = math.Float32frombits(r.uint32())
	}
	return list
}
