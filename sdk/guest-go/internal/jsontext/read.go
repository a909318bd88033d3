package jsontext

// Array calls element with each element of the array doc, in order, as JSON
// without white space around it. It returns false if doc is not one array and
// nothing else; the elements before the fault were then seen.
func Array(doc string, element func(value string)) bool {
	s := scanner{doc: doc}
	return s.members('[', ']', func() bool {
		value, ok := s.value()
		if ok {
			element(value)
		}
		return ok
	}) && s.end()
}

// Object calls member with each name, decoded, and value of the object doc, in
// order, the value as JSON without white space around it. It returns false if
// doc is not one object and nothing else; the members before the fault were then
// seen.
func Object(doc string, member func(name, value string)) bool {
	s := scanner{doc: doc}
	return s.members('{', '}', func() bool {
		name, ok := s.name()
		if !ok {
			return false
		}
		value, ok := s.value()
		if ok {
			member(Text(name), value)
		}
		return ok
	}) && s.end()
}

// Valid reports whether doc is one JSON value and nothing else.
func Valid(doc string) bool {
	s := scanner{doc: doc}
	_, ok := s.value()
	return ok && s.end()
}
