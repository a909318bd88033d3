package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/bothost/bothost/host/session"
)

// The layout of the keys. A key begins with its kind. Numbers are big-endian, so
// that keys sort as what they say. S is a session:
//
//	length of bot (2) | bot | namespace (1) | length of id (2) | id
//
// No S is a prefix of another one, so the keys of a session are those that begin
// with its S, and S sorts as [session.Key.Compare] does.
//
//	e S seq (8)                      an entry
//	h S                              the head
//	j S job id                       a job
//	m name                           what the store knows of itself
//	r S generation (8) message id    a receipt
//	v S name                         a variable
//	x day (8) S                      the day on which the session's time is over
//
// A generation is as many receipts as the folder was first opened for. A day counts from
// 1970, with its sign bit turned.
const (
	kindEntry    = 'e'
	kindHead     = 'h'
	kindJob      = 'j'
	kindMeta     = 'm'
	kindReceipt  = 'r'
	kindVariable = 'v'
	kindExpiry   = 'x'
)

// maxText bounds the texts of a session's key.
const maxText = math.MaxUint16

var errKeyTooLong = errors.New("a bot's name or a session's id is too long")

func checkKey(key session.Key) error {
	if len(key.Bot) > maxText || len(key.ID) > maxText {
		return fmt.Errorf("pebble: %w: %d, %d bytes, the limit is %d",
			errKeyTooLong, len(key.Bot), len(key.ID), maxText)
	}
	return nil
}

// appendSession appends S.
func appendSession(b []byte, key session.Key) []byte {
	b = appendText(b, key.Bot)
	b = append(b, byte(key.Namespace))
	return appendText(b, key.ID)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

// appendKey appends the key of a kind that has nothing after S, or the beginning
// of one that has.
func appendKey(b []byte, kind byte, key session.Key) []byte {
	return appendSession(append(b, kind), key)
}

// appendNumbered appends the key of an entry, or the beginning of a receipt's.
func appendNumbered(b []byte, kind byte, key session.Key, n uint64) []byte {
	return binary.BigEndian.AppendUint64(appendKey(b, kind, key), n)
}

func appendReceiptKey(b []byte, key session.Key, generation uint64, id string) []byte {
	return append(appendNumbered(b, kindReceipt, key, generation), id...)
}

// appendNamed appends the key of a variable or of a job.
func appendNamed(b []byte, kind byte, key session.Key, name string) []byte {
	return append(appendKey(b, kind, key), name...)
}

func appendExpiryKey(b []byte, day int64, key session.Key) []byte {
	return appendSession(appendDay(b, day), key)
}

func appendDay(b []byte, day int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, kindExpiry), uint64(day)^1<<63)
}

// after returns the first key that does not begin with prefix, which it uses up.
func after(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i]++; prefix[i] != 0 {
			return prefix[:i+1]
		}
	}
	return nil
}

// cutSession reads S from the beginning of b, and returns what follows it.
func cutSession(b []byte) (key session.Key, rest []byte, err error) {
	bot, b, ok := cutText(b)
	if !ok || len(b) == 0 {
		return key, nil, errShort
	}
	namespace := b[0]
	id, b, ok := cutText(b[1:])
	if !ok {
		return key, nil, errShort
	}
	return session.Key{Bot: bot, Namespace: session.Namespace(namespace), ID: id}, b, nil
}

func cutText(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b)-2 < n {
		return "", nil, false
	}
	return string(b[2 : 2+n]), b[2+n:], true
}
