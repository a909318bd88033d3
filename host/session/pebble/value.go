package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// The values. Each begins with the version of its form. Numbers are varints,
// signed ones zigzag; a text is its length and its bytes; what has another form is
// said here:
//
//	head     epoch seq turn state, the number of back and each of them (not in
//	         form 1), user and title (not in forms 1 and 2), varbytes resume (32 bytes) created updated keep formeruntil,
//	         and former (32 bytes) if that is not 0, era first receipts ends;
//	         created, updated, keep, formeruntil, ends and varbytes are signed
//	entry    seq from kind body id time turn, and, in form 2, the number of refs and
//	         each of them; time is signed. Form 2 is for those that have some
//	receipt  hash (8 bytes) epoch seq turn
//	job      kind (1 byte) name due turn data; due is signed
//	variable the value, as it is
//	expiry   ends, signed
//	schema   its number
//	receipts how many a generation has
//	run      era, durability (1 byte), clean (1 byte)
const (
	valueVersion = 1
	headVersion  = 3
	entryVersion = 2
)

var (
	errShort    = errors.New("too short")
	errTrailing = errors.New("has bytes too many")
	errNewer    = errors.New("is of a newer program")
)

// stored is a head, with what the store itself keeps of a session.
type stored struct {
	session.Head
	known
}

// known is what a commit must know of its session.
type known struct {
	// era is when the session's epoch was stored: each later one adds one to it.
	era uint64
	// turn, epoch and seq are the head's.
	turn, epoch, seq uint64
	// first is the sequence number of the oldest entry; seq+1 for an empty log.
	first uint64
	// receipts counts those that were ever remembered.
	receipts uint64
	// ends is what the expiry index says: not after the session's end, and on the
	// same day.
	ends int64
}

// exists says that there is such a session: turns count from 1.
func (k *known) exists() bool { return k.turn > 0 }

func appendHead(b []byte, h *session.Head, k *known) []byte {
	b = append(b, headVersion)
	b = binary.AppendUvarint(b, h.Epoch)
	b = binary.AppendUvarint(b, h.Seq)
	b = binary.AppendUvarint(b, h.Turn)
	b = appendString(b, h.State)
	b = appendStrings(b, h.Back)
	b = appendString(appendString(b, h.User), h.Title)
	b = binary.AppendVarint(b, h.VarBytes)
	b = append(b, h.Resume[:]...)
	b = binary.AppendVarint(b, h.Created)
	b = binary.AppendVarint(b, h.Updated)
	b = binary.AppendVarint(b, h.Keep)
	b = binary.AppendVarint(b, h.FormerUntil)
	if h.FormerUntil != 0 {
		b = append(b, h.Former[:]...)
	}
	b = binary.AppendUvarint(b, k.era)
	b = binary.AppendUvarint(b, k.first)
	b = binary.AppendUvarint(b, k.receipts)
	return binary.AppendVarint(b, k.ends)
}

// decodeHead reads a head as it is stored: eras are not yet counted.
func decodeHead(b []byte) (stored, error) {
	d := decoder{b: b}
	form := d.versionTo(headVersion)
	var s stored
	s.Epoch, s.Seq, s.Turn = d.uint(), d.uint(), d.uint()
	if s.State = d.string(); form > 1 {
		s.Back = d.strings()
	}
	if form > 2 {
		s.User, s.Title = d.string(), d.string()
	}
	s.VarBytes = d.int()
	copy(s.Resume[:], d.bytes(len(s.Resume)))
	s.Created, s.Updated, s.Keep = d.int(), d.int(), d.int()
	if s.FormerUntil = d.int(); s.FormerUntil != 0 {
		copy(s.Former[:], d.bytes(len(s.Former)))
	}
	s.known = known{turn: s.Turn, epoch: s.Epoch, seq: s.Seq}
	s.era, s.first, s.receipts, s.ends = d.uint(), d.uint(), d.uint(), d.int()
	return s, d.end()
}

func appendEntry(b []byte, e *abi.Entry) []byte {
	form := byte(valueVersion)
	if len(e.Refs) > 0 {
		form = entryVersion
	}
	b = append(b, form)
	b = binary.AppendUvarint(b, e.Seq)
	b = appendString(b, string(e.From))
	b = appendString(b, string(e.Kind))
	b = appendString(b, e.Body)
	b = appendString(b, e.ID)
	b = binary.AppendVarint(b, e.Time)
	b = binary.AppendUvarint(b, e.Turn)
	if form == entryVersion {
		b = appendStrings(b, e.Refs)
	}
	return b
}

func decodeEntry(b []byte) (abi.Entry, error) {
	d := decoder{b: b, text: string(b)}
	form := d.versionTo(entryVersion)
	var e abi.Entry
	e.Seq = d.uint()
	e.From, e.Kind = abi.From(d.string()), abi.Kind(d.string())
	e.Body, e.ID = d.string(), d.string()
	e.Time, e.Turn = d.int(), d.uint()
	if form == entryVersion {
		e.Refs = d.strings()
	}
	return e, d.end()
}

func appendReceipt(b []byte, r *session.Receipt) []byte {
	b = append(b, valueVersion)
	b = binary.BigEndian.AppendUint64(b, r.Hash)
	b = binary.AppendUvarint(b, r.Epoch)
	b = binary.AppendUvarint(b, r.Seq)
	return binary.AppendUvarint(b, r.Turn)
}

func decodeReceipt(b []byte, id string) (session.Receipt, error) {
	d := decoder{b: b}
	d.version()
	r := session.Receipt{ID: id}
	if hash := d.bytes(8); hash != nil {
		r.Hash = binary.BigEndian.Uint64(hash)
	}
	r.Epoch, r.Seq, r.Turn = d.uint(), d.uint(), d.uint()
	return r, d.end()
}

func appendJob(b []byte, j *session.Job) []byte {
	b = append(b, valueVersion, byte(j.Kind))
	b = appendString(b, j.Name)
	b = binary.AppendVarint(b, j.Due)
	b = binary.AppendUvarint(b, j.Turn)
	return appendString(b, j.Data)
}

func decodeJob(b []byte, id string) (session.Job, error) {
	d := decoder{b: b}
	d.version()
	j := session.Job{ID: id, Kind: session.JobKind(d.byte()), Name: d.string()}
	j.Due, j.Turn, j.Data = d.int(), d.uint(), d.string()
	return j, d.end()
}

func appendVariable(b []byte, value string) []byte {
	return append(append(b, valueVersion), value...)
}

func decodeVariable(b []byte) (string, error) {
	d := decoder{b: b}
	d.version()
	value := string(d.bytes(len(d.b)))
	return value, d.end()
}

func appendExpiry(b []byte, ends int64) []byte {
	return binary.AppendVarint(append(b, valueVersion), ends)
}

func decodeExpiry(b []byte) (ends int64, err error) {
	d := decoder{b: b}
	d.version()
	ends = d.int()
	return ends, d.end()
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

// decoder reads a value. After an error all that it returns is zero. It allocates
// no more than the value is long.
type decoder struct {
	b   []byte
	err error
	// text, if set, is a copy of the whole value, of which texts are parts: one
	// allocation for all of them.
	text string
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.b = nil
}

func (d *decoder) version() { d.versionTo(valueVersion) }

// versionTo reads the version of a form that has several, up to newest.
func (d *decoder) versionTo(newest byte) byte {
	v := d.byte()
	switch {
	case d.err == nil && v > newest:
		d.fail(fmt.Errorf("%w: form %d, this one reads %d", errNewer, v, newest))
	case d.err == nil && v == 0:
		d.fail(fmt.Errorf("has no form %d", v))
	}
	return v
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// bytes returns a view, or nil if there are not so many.
func (d *decoder) bytes(n int) []byte {
	if len(d.b) < n {
		d.fail(errShort)
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) string() string {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail(errShort)
		return ""
	}
	from := len(d.text) - len(d.b)
	b := d.bytes(int(n))
	if d.text != "" {
		return d.text[from : from+len(b)]
	}
	return string(b)
}

// strings returns nil if there are none.
func (d *decoder) strings() []string {
	n := d.uint()
	if n > uint64(len(d.b)) { // each has a byte at least
		d.fail(errShort)
		return nil
	}
	var list []string
	for range n {
		list = append(list, d.string())
	}
	return list
}

func (d *decoder) end() error {
	if d.err == nil && len(d.b) > 0 {
		d.err = errTrailing
	}
	return d.err
}

// corrupt is the error of a record that cannot be read.
func corrupt(key []byte, err error) error {
	return fmt.Errorf("pebble: the value of key %q: %w", key, err)
}
