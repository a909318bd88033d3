package wat

import (
	"regexp"
	"sync"
	"testing"
)

var placed = regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*: .`)

// FuzzAssemble holds Assemble to its law: an error with its place, or a module
// whose header and sections are well-formed.
func FuzzAssemble(f *testing.F) {
	for _, tc := range runTests {
		f.Add(tc.source)
	}
	f.Add(everyInstruction())
	f.Add(`(module $m (import "a" "b" (func $f (param $p i32)))
		(@custom "x" (after last) "\u{1F600}"))`)
	f.Add(`(elem declare funcref (ref.func 0) (item ref.null func)) (@a [{;}] ) (; (; ;) ;)`)
	f.Add(`(func (if (result i32) (i32.const 0) (then f64.const -nan:0x1)
		(else f32.const 0x1.8p-3)))`)
	f.Add(`(func block $a br_table $a 0 end $a call_indirect 1 (type 9) select (result i32))`)
	f.Fuzz(func(t *testing.T, source string) {
		module, err := Assemble(source)
		if err != nil {
			if !placed.MatchString(err.Error()) {
				t.Errorf("error without place: %v", err)
			}
			return
		}
		if _, err := splitSections(module); err != nil {
			t.Errorf("module % x: %v", module, err)
		}
	})
}

// TestAssemble_Hammer shares the instruction table among goroutines.
func TestAssemble_Hammer(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, tc := range runTests {
				if _, err := Assemble(tc.source); err != nil {
					t.Errorf("Assemble: %v", err)
				}
			}
		})
	}
	wg.Wait()
}
