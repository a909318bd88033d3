package extism

import (
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"
)

// VarPrefix is what the names of session variables begin with that hold the
// variables of plug-ins. session_set cannot touch them where a module has both; a
// module without var_set may read what another one left there.
const VarPrefix = "extism:"

// encoded is what the values of variables begin with that are no text, as session
// variables have to be; base64 follows.
const encoded = "\x00"

var errNoVars = errors.New("the manifest allows no variables (max_var_bytes is 0)")

func (k *Kernel) varGet(stack []uint64) error {
	key, err := k.varKey(stack[0])
	if err != nil {
		return err
	}
	text, ok, err := k.host.Get(key)
	if err != nil {
		return fault("name", err)
	}
	if !ok {
		stack[0] = 0
		return nil
	}
	return k.put(stack, "a variable", DecodeVar(text))
}

func (k *Kernel) varSet(stack []uint64) error {
	if k.opts.VarBytes == 0 {
		return errNoVars
	}
	key, err := k.varKey(stack[0])
	if err != nil {
		return err
	}
	if stack[1] == 0 {
		return k.host.Delete(key)
	}
	k.value = AppendVar(k.value[:0], k.mem.Block(stack[1]))
	k.host.Worked(len(k.value))
	if err := k.checkRoom(key); err != nil {
		return fault("value", err)
	}
	if err := k.host.Set(key, k.value); err != nil {
		return fault("value", err)
	}
	k.drop(stack[1])
	return nil
}

// varKey returns the session's name of a variable, and frees the block: guests do
// not.
func (k *Kernel) varKey(h uint64) ([]byte, error) {
	name := k.mem.Block(h)
	most := int(k.opts.KeyBytes) - len(VarPrefix)
	if len(name) > most {
		return nil, fault("name", fmt.Errorf("a variable's name has at most %d bytes, this one has %d",
			most, len(name)))
	}
	if !utf8.Valid(name) {
		return nil, fault("name", errors.New("must be UTF-8"))
	}
	k.key = append(append(k.key[:0], VarPrefix...), name...)
	k.drop(h)
	return k.key, nil
}

// checkRoom holds the limit of the manifest for the variable that is to be set.
func (k *Kernel) checkRoom(key []byte) error {
	if k.opts.VarBytes < 0 {
		return nil
	}
	size := k.host.VarBytes(VarPrefix) + int64(len(key)+len(k.value))
	if old, ok, err := k.host.Get(key); err == nil && ok {
		size -= int64(len(key) + len(old))
	}
	if size > k.opts.VarBytes {
		return fmt.Errorf("all variables have at most %d bytes (max_var_bytes), these would have %d",
			k.opts.VarBytes, size)
	}
	return nil
}

// AppendVar appends a variable's value in the form that a session variable has: text
// as it is, and all else encoded.
func AppendVar(dst, value []byte) []byte {
	if utf8.Valid(value) && (len(value) == 0 || value[0] != encoded[0]) {
		return append(dst, value...)
	}
	return base64.RawStdEncoding.AppendEncode(append(dst, encoded...), value)
}

// DecodeVar undoes [AppendVar]. What is not of its making is taken as it is.
func DecodeVar(text string) string {
	if text == "" || text[0] != encoded[0] {
		return text
	}
	value, err := base64.RawStdEncoding.DecodeString(text[len(encoded):])
	if err != nil {
		return text
	}
	return string(value)
}
