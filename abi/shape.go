package abi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

var (
	rawType   = reflect.TypeFor[json.RawMessage]()
	valueType = reflect.TypeFor[EntityValue]()
	// oneOrMoreTypes are arrays of which one element stands for itself.
	oneOrMoreTypes = []reflect.Type{reflect.TypeFor[Conditions](), reflect.TypeFor[Names]()}
	// openTypes may have fields that this version does not know. The others are a
	// dialog: a condition that nobody reads would be a move that nobody meant.
	openTypes = []reflect.Type{reflect.TypeFor[Definition](), reflect.TypeFor[DefinitionLimits]()}
)

// checkShape says where a JSON document does not have the shape of t. The errors
// of encoding/json name neither the elements of arrays nor what is in types that
// decode themselves.
func checkShape(document []byte, t reflect.Type) error {
	var value any
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return jsontext.Explain(err)
	}
	return shape("", value, t)
}

// shape checks a part of a document; at is its place, such as states[3].name.
func shape(at jsontext.Place, value any, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	number, isNumber := value.(json.Number)
	switch {
	case value == nil || t == rawType:
		return nil
	case t.Kind() == reflect.Struct:
		return objectShape(at, value, t)
	case t.Kind() == reflect.Slice:
		return arrayShape(at, value, t)
	case t.Kind() == reflect.Int64 && isNumber:
		if _, err := strconv.ParseInt(string(number), 10, 64); err != nil {
			return at.Errorf("must be %s, is number %.40s", jsontext.TypeName(t), number)
		}
		return nil
	case isNumber || reflect.TypeOf(value).Kind() != t.Kind():
		return at.Errorf("must be %s, is %s", jsontext.TypeName(t), valueName(value))
	}
	return nil
}

func objectShape(at jsontext.Place, value any, t reflect.Type) error {
	if _, ok := value.(string); ok && t == valueType {
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return at.Errorf("must be an object, is %s", valueName(value))
	}
	known := make(map[string]bool)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = true
		if err := shape(at.Field(name), object[name], t.Field(i).Type); err != nil {
			return err
		}
	}
	var unknown []string
	for name := range object {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 && !slices.Contains(openTypes, t) {
		return at.Errorf("the field %.40q is unknown", slices.Min(unknown))
	}
	return nil
}

func arrayShape(at jsontext.Place, value any, t reflect.Type) error {
	array, ok := value.([]any)
	if !ok && slices.Contains(oneOrMoreTypes, t) {
		return shape(at, value, t.Elem())
	}
	if !ok {
		return at.Errorf("must be an array, is %s", valueName(value))
	}
	for i, part := range array {
		if err := shape(at.Index(i), part, t.Elem()); err != nil {
			return err
		}
	}
	return nil
}

// valueName names what a value is, as encoding/json does.
func valueName(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "array"
	}
	return "object"
}
