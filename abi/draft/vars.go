package draft

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Get implements [abi.Host].
func (d *Draft) Get(key []byte) (value string, ok bool, err error) {
	if err := d.checkName("key", key); err != nil {
		return "", false, err
	}
	value, ok = d.get(key)
	return value, ok, nil
}

func (d *Draft) get(key []byte) (string, bool) {
	if i := d.find(key, 0); i >= 0 {
		w := &d.writes[i]
		return w.Value, !w.Deleted
	}
	value, ok := d.base.Vars[string(key)]
	return value, ok
}

// Set implements [abi.Host].
func (d *Draft) Set(key, value []byte) error {
	if err := d.checkName("key", key); err != nil {
		return err
	}
	if int64(len(value)) > d.limits.ValueBytes {
		return fmt.Errorf("a value has at most %d bytes, this one has %d",
			d.limits.ValueBytes, len(value))
	}
	if !utf8.Valid(value) {
		return abi.ErrNotUTF8
	}
	size := d.varBytes - d.size(key) + int64(len(key)+len(value))
	if size > d.limits.VariableBytes {
		return fmt.Errorf("the variables of a session have at most %d bytes, these would have %d",
			d.limits.VariableBytes, size)
	}
	d.varBytes = size
	d.write(key, value, false)
	return nil
}

// Delete implements [abi.Host].
func (d *Draft) Delete(key []byte) error {
	if err := d.checkName("key", key); err != nil {
		return err
	}
	if _, ok := d.get(key); ok {
		d.varBytes -= d.size(key)
		if !d.unwrite(key) {
			d.write(key, nil, true)
		}
	}
	return nil
}

// size returns what the variable counts towards the limit now.
func (d *Draft) size(key []byte) int64 {
	value, ok := d.get(key)
	if !ok {
		return 0
	}
	return int64(len(key) + len(value))
}

// write adds a change, in the place of an earlier one of the same key if that
// came after the mark.
func (d *Draft) write(key, value []byte, deleted bool) {
	// Both in one piece of memory, which takes half as long.
	d.scratch = append(append(d.scratch[:0], key...), value...)
	both := string(d.scratch)
	w := abi.Var{Key: both[:len(key)], Value: both[len(key):], Deleted: deleted}
	if i := d.find(key, d.mark.writes); i >= 0 {
		// The key too: the old one would keep the old value in memory.
		d.writes[i] = w
		d.renumber(i)
		return
	}
	d.writes = append(d.writes, w)
	if len(d.writes) > indexFrom || len(d.index) > 0 {
		d.reindex()
	}
}

// unwrite takes back the change of a variable that there was not before the mark,
// and reports false if there is none such: a guest that sets and deletes ever
// other variables must not fill the list.
func (d *Draft) unwrite(key []byte) bool {
	i := d.find(key, d.mark.writes)
	if i < 0 || d.before(key) {
		return false
	}
	if len(d.index) > 0 {
		delete(d.index, string(key))
	}
	// Those since the mark are of one key each: their order says nothing.
	last := len(d.writes) - 1
	d.writes[i], d.writes[last] = d.writes[last], abi.Var{}
	if d.writes = d.writes[:last]; i < last {
		d.renumber(i)
	}
	return true
}

// before reports whether there was, or is a change of, the variable before the mark.
func (d *Draft) before(key []byte) bool {
	if _, ok := d.base.Vars[string(key)]; ok {
		return true
	}
	return slices.ContainsFunc(d.writes[:d.mark.writes],
		func(w abi.Var) bool { return w.Key == string(key) })
}

// renumber brings the map of the newest writes up to date for the one at i.
func (d *Draft) renumber(i int) {
	if len(d.index) > 0 {
		delete(d.index, d.writes[i].Key) // which would keep its old key
		d.index[d.writes[i].Key] = i
	}
}

// find returns the place of the newest write of key, if it is at least from,
// and otherwise -1.
func (d *Draft) find(key []byte, from int) int {
	if len(d.index) > 0 {
		if i, ok := d.index[string(key)]; ok && i >= from {
			return i
		}
		return -1
	}
	for i := len(d.writes) - 1; i >= from; i-- {
		if d.writes[i].Key == string(key) {
			return i
		}
	}
	return -1
}

// reindex brings the map of the newest writes up to date: whole if it is empty,
// as Begin and Rollback leave it, else with the last one only.
func (d *Draft) reindex() {
	if d.index == nil {
		d.index = make(map[string]int)
	}
	from := len(d.writes) - 1
	if len(d.index) == 0 {
		from = 0
	}
	for i := from; i < len(d.writes); i++ {
		d.index[d.writes[i].Key] = i
	}
}

// BytesOf returns the size of the variables whose names begin with prefix, names
// included.
func (d *Draft) BytesOf(prefix string) (size int64) {
	for key, value := range d.base.Vars {
		if strings.HasPrefix(key, prefix) && d.find([]byte(key), 0) < 0 {
			size += int64(len(key) + len(value))
		}
	}
	for i := range d.writes {
		w := &d.writes[i]
		if strings.HasPrefix(w.Key, prefix) && !w.Deleted && d.find([]byte(w.Key), 0) == i {
			size += int64(len(w.Key) + len(w.Value))
		}
	}
	return size
}
