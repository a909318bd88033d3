package jsontext

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Explain says what is wrong with JSON in the words of abi/README.md: the
// error of encoding/json speaks of Go's types, which authors of bots in other
// languages do not know.
func Explain(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		is := fmt.Errorf("must be %s, is %s", TypeName(typ.Type), typ.Value)
		if typ.Field == "" {
			return is
		}
		return fmt.Errorf("%s: %w", typ.Field, is)
	}
	return err
}

// TypeName names the JSON that a Go type is read from.
func TypeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}
