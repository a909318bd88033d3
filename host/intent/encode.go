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
const modelMagic = "bothost intent model 3\n"

// encode writes the model: the magic, the digest of key and rest, the numbers of
// intents and features, scale, rarest, and then the hashes, rarities and weights of
// the features. Numbers are little endian.
func (m *model) encode(key modelKey) []byte { return seal(m.body(), key) }

// seal puts magic and digest before a body. With the key in the digest, the model
// of another definition is not taken for this one's.
func seal(body []byte, key modelKey) []byte {
	sum := digest(body, key)
	return slices.Concat([]byte(modelMagic), sum[:], body)
}

func digest(body []byte, key modelKey) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write(key[:])
	h.Write(body)
	h.Sum(sum[:0])
	return sum
}

func (m *model) body() []byte {
	hashes := make([]uint64, len(m.vocabulary.rare))
	for hash, row := range m.vocabulary.rows {
		hashes[row] = hash
	}
	b := make([]byte, 0, 20+12*len(hashes)+4*len(m.linear.weights))
	b = binary.LittleEndian.AppendUint32(b, uint32(m.linear.intents))
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

// decodeModel reads what encode wrote with the same key. Nothing is made that is
// larger than the data.
func decodeModel(data []byte, key modelKey) (*model, error) {
	data, ok := bytes.CutPrefix(data, []byte(modelMagic))
	if !ok || len(data) < sha256.Size+20 {
		return nil, errModel
	}
	sum, body := data[:sha256.Size], data[sha256.Size:]
	if want := digest(body, key); !bytes.Equal(sum, want[:]) {
		return nil, errModel
	}
	r := reader{data: body}
	intents, features := uint64(r.uint32()), uint64(r.uint32())
	if intents == 0 || features > uint64(len(body)) || intents > uint64(len(body)) ||
		uint64(len(r.data)) != 12+features*12+features*intents*4 {
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
	if r.strange || !(m.scale > 0 && m.scale < math.MaxFloat32) || len(v.rows) != len(v.rare) {
		return nil, errModel
	}
	return m, nil
}

// reader reads numbers from data that are long enough.
type reader struct {
	data []byte
	// strange: one of them was infinite, or none at all.
	strange bool
}

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
	const exponent = 0xff << 23
	list := make([]float32, n)
	for i := range list {
		bits := r.uint32()
		r.strange = r.strange || bits&exponent == exponent
		list[i] = math.Float32frombits(bits)
	}
	return list
}
