package intent

import (
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi"
)

// What a definition may have at most, so that training ends within seconds.
const (
	maxIntents  = 1000
	maxTraining = 4 << 20 // bytes of all examples with values in their slots
	maxExample  = 512     // bytes of one of them that are looked at
	maxWeights  = 1 << 24 // of a model; 64 MiB
)

// versions is how many texts are made of an example with slots, each with other
// values.
const versions = 3

// example is a text that an intent has.
type example struct {
	text   string
	intent int
}

// filled returns the examples with values in their slots.
//
// # Errors
//
// More than maxIntents or maxTraining.
func filled(d *abi.Definition) ([]example, error) {
	if len(d.Intents) > maxIntents {
		return nil, fmt.Errorf("intents: at most %d, there are %d", maxIntents, len(d.Intents))
	}
	values := make(map[string][]string)
	for i := range d.Entities {
		e := &d.Entities[i]
		for _, v := range e.Values {
			values[e.Name] = append(values[e.Name], v.Value)
		}
	}
	var list []example
	size := 0
	for i := range d.Intents {
		for j, text := range d.Intents[i].Examples {
			for _, text := range fill(parseExample(text), values, j) {
				if size += len(text) + 8; size > maxTraining {
					return nil, fmt.Errorf("intents: the examples have more than %d bytes with the "+
						"values of their slots", maxTraining)
				}
				list = append(list, example{text, i})
			}
		}
	}
	return list, nil
}

// fill puts values into the slots of an example. The values that examples get
// take turns.
func fill(parts []part, values map[string][]string, turn int) []string {
	n := versions
	if len(parts) == 1 {
		n = 1
	}
	list := make([]string, n)
	for version := range list {
		var b strings.Builder
		for i, p := range parts {
			b.WriteString(p.words)
			if known := values[p.slot.Entity]; len(known) > 0 {
				b.WriteString(known[(turn*versions+version+i)%len(known)])
			}
			if b.Len() > maxExample {
				break
			}
		}
		list[version] = b.String()
	}
	return list
}
