// Package bodies says what the bodies of entries are: each [Shape] has a check, one
// form in which a body is kept, and a rendering as text. It knows neither kinds nor
// entries: the table of kinds in package abi has a shape in each row.
//
// A body of JSON is described by a rule, put together in bodies.go from those in
// rule.go, which read the body and write it anew. So what is kept has been read, and
// whoever reads it again, in any language, reads the same.
//
// The package holds no state, and all of it is safe for concurrent use.
package bodies
