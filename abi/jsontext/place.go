package jsontext

import (
	"fmt"
	"strconv"
)

// Place is where in a JSON document a value stands, such as states[3].name. The
// document as a whole is at the empty place.
type Place string

// Field returns the place of a field of the object that is here.
func (p Place) Field(name string) Place {
	if p == "" {
		return Place(name)
	}
	return p + "." + Place(name)
}

// Index returns the place of an element of the array that is here.
func (p Place) Index(i int) Place { return p + Place("["+strconv.Itoa(i)+"]") }

// Errorf is [fmt.Errorf] with the place before what is wrong there.
func (p Place) Errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if p == "" {
		return err
	}
	return fmt.Errorf("%s: %w", p, err)
}
