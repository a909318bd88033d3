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
	values := examplesOf(d)
	var list []example
	size := 0
	for i := range d.Intents {
		for j, text := range d.Intents[i].Examples {
			for _, text := range fill(parseExample(text), values, j) {
				if size += len(text) + 8; size > maxTraining {
					return nil, fmt.Errorf("intents: the examples have more than %d bytes "+
						"with the values of their slots", maxTraining)
				}
				list = append(list, example{text, i})
			}
		}
	}
	return list, nil
}

// examplesOf returns values of all entities.
func examplesOf(d *abi.Definition) map[string][]string {
	values := map[string][]string{
		abi.EntityDate:   {"2030-05-17", "3/4/2030", "17.5.2030"},
		abi.EntityEmail:  {"someone@example.com", "ann.lee@example.org"},
		abi.EntityNumber: {"5", "12", "3"},
		abi.EntityTime:   {"17:00", "8:30", "12:15"},
	}
	if isEnglish(d.Language) {
		values[abi.EntityDate] = []string{"tomorrow", "next Monday", "May 5"}
		values[abi.EntityDuration] = []string{"5 minutes", "an hour", "2 days"}
		values[abi.EntityNumber] = []string{"5", "twelve", "20"}
		values[abi.EntityTime] = []string{"5 pm", "8:30", "in 10 minutes"}
	}
	for i := range d.Entities {
		e := &d.Entities[i]
		values[e.Name] = nil
		for _, v := range e.Values {
			values[e.Name] = append(values[e.Name], v.Value)
		}
	}
	return values
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
