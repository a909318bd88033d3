package session

import (
	"fmt"
	"strings"
)

// maxDamaged is how many records a [Damaged] names.
const maxDamaged = 64

// Damaged is the error of what looks at all sessions, where it passed over records
// that cannot be read: they are broken, or of a newer program. All others were seen.
type Damaged struct {
	// Count is how many there are, and Records the first of them.
	Count   int
	Records []DamagedRecord
}

// DamagedRecord is a record that cannot be read.
type DamagedRecord struct {
	// Key is the session's; the zero value if not even that can be read.
	Key Key
	// Err says which record it is, and what is wrong with it.
	Err error
}

// Add counts a record.
func (d *Damaged) Add(key Key, err error) {
	if d.Count++; len(d.Records) < maxDamaged {
		d.Records = append(d.Records, DamagedRecord{key, err})
	}
}

// Err returns d, or nil if there are none.
func (d *Damaged) Err() error {
	if d.Count == 0 {
		return nil
	}
	return d
}

func (d *Damaged) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "session: %d records cannot be read", d.Count)
	for i := range d.Records[:min(len(d.Records), 3)] {
		fmt.Fprintf(&b, "; %v", d.Records[i].Err)
	}
	return b.String()
}
