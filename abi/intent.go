package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The entities that every bot has, without declaring them. One that is declared
// with such a name takes its place.
const (
	// EntityAny is any text.
	EntityAny = "any"
	// EntityDate is a day, also a relative one. Its value is 2006-01-02.
	EntityDate = "date"
	// EntityDuration is a length of time. Its value is in milliseconds; a month
	// counts as 30 days, and a year as 365.
	EntityDuration = "duration"
	// EntityEmail is a mail address.
	EntityEmail = "email"
	// EntityNumber is a number in digits or words. Its value is in digits.
	EntityNumber = "number"
	// EntityTime is a time of day; its value is 15:04. One at a distance, such as
	// in 5 minutes, is 2006-01-02T15:04:05Z07:00.
	EntityTime = "time"
)

// builtinEntities are the names of those.
var builtinEntities = []string{
	EntityAny, EntityDate, EntityDuration, EntityEmail, EntityNumber, EntityTime,
}

// Intent is something that users mean, and examples of how they say it.
type Intent struct {
	Name string `json:"name"`
	// Examples may have slots: "weather in {city}" has one for a value of the
	// entity city; {from:city} calls it from.
	Examples []string `json:"examples"`
}

// Entity is a kind of thing that users name, as a list of values.
type Entity struct {
	Name   string        `json:"name"`
	Values []EntityValue `json:"values"`
}

// EntityValue is written as a string, or as an object if it has synonyms.
type EntityValue struct {
	Value    string   `json:"value"`
	Synonyms []string `json:"synonyms,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *EntityValue) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &v.Value)
	}
	type plain EntityValue // without this method
	return json.Unmarshal(data, (*plain)(v))
}

// Slot is a slot of an intent's example: the place of a value.
type Slot struct {
	// Param is the name that the value gets; Entity is what it is.
	Param, Entity string
}

// Slots returns the slots of an intent's example, in order.
//
// # Errors
//
// A brace without its other half, or a slot without a name.
func Slots(example string) ([]Slot, error) {
	var slots []Slot
	for rest := example; ; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			return slots, nil
		}
		end := strings.IndexByte(rest[i:], '}')
		if rest[i] == '}' || end < 0 || strings.IndexByte(rest[i+1:i+end], '{') >= 0 {
			return nil, errors.New("a { or } has no other half")
		}
		param, entity, named := strings.Cut(rest[i+1:i+end], ":")
		if !named {
			entity = param
		}
		if param == "" || entity == "" {
			return nil, errors.New("a slot has no name")
		}
		slots = append(slots, Slot{param, entity})
		rest = rest[i+end+1:]
	}
}

func (c *dialogCheck) entitiesOf(d *Definition) error {
	for i := range d.Entities {
		e := &d.Entities[i]
		if err := c.entity(e); err != nil {
			return fmt.Errorf("%s: %w", place("entities", i, e.Name), err)
		}
	}
	return nil
}

func (c *dialogCheck) entity(e *Entity) error {
	if err := declare(e.Name, c.entities); err != nil {
		return err
	}
	if strings.ContainsAny(e.Name, "{}:") {
		return errors.New("name: must have no {, : or } in it")
	}
	if len(e.Values) == 0 {
		return errors.New("values: must not be empty")
	}
	for i, v := range e.Values {
		if isBlank(v.Value) {
			return fmt.Errorf("values[%d]: must not be empty", i)
		}
		if j := slices.IndexFunc(v.Synonyms, isBlank); j >= 0 {
			return fmt.Errorf("values[%d]: synonyms[%d]: must not be empty", i, j)
		}
	}
	return nil
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

func (c *dialogCheck) intentsOf(d *Definition) error {
	for i := range d.Intents {
		in := &d.Intents[i]
		if err := c.intent(in); err != nil {
			return fmt.Errorf("%s: %w", place("intents", i, in.Name), err)
		}
	}
	return nil
}

func (c *dialogCheck) intent(in *Intent) error {
	if err := declare(in.Name, c.intents); err != nil {
		return err
	}
	if len(in.Examples) == 0 {
		return errors.New("examples: must not be empty")
	}
	for i, example := range in.Examples {
		if err := c.example(example); err != nil {
			return fmt.Errorf("examples[%d] %.128q: %w", i, example, err)
		}
	}
	return nil
}

func (c *dialogCheck) example(text string) error {
	if isBlank(text) {
		return errors.New("must not be empty")
	}
	slots, err := Slots(text)
	if err != nil {
		return err
	}
	for _, slot := range slots {
		if !c.entities[slot.Entity] && !slices.Contains(builtinEntities, slot.Entity) {
			return fmt.Errorf("there is no entity %.128q", slot.Entity)
		}
	}
	return nil
}
