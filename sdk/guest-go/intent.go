package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
)

// Intent is something that users mean. It is a [Clause]: a transition that waits
// for it takes the texts that have it.
type Intent struct {
	dialog   *Dialog
	name     string
	examples []string
}

// Intent declares an intent, with examples of how users say it. Examples may have
// slots: "weather in {city}" has one for a value of the entity city, "from
// {start:stop}" one for a value of stop that is called start. Every bot has the
// entities any, date, duration, email, number and time. See [Session.Intent];
// bothost inspect says what the examples are worth.
func (d *Dialog) Intent(name string, examples ...string) *Intent {
	in := &Intent{d, name, examples}
	switch {
	case name == "":
		d.wrong(here(), "an intent needs a name")
	case len(examples) == 0:
		d.wrong(here(), "intent "+quoted(name)+" needs examples")
	}
	for _, other := range d.intents {
		if other.name == name {
			d.wrong(here(), "intent "+quoted(name)+" is declared twice")
		}
	}
	d.intents = append(d.intents, in)
	return in
}

// Name returns the intent's name, which [Prediction.Name] returns too.
func (in *Intent) Name() string { return in.name }

func (in *Intent) join(t *Transition) {
	if in == nil {
		t.wrong("waits for nil, which is no intent")
		return
	}
	Trigger{field: "intent", text: in.name, intent: in}.join(t)
}

func (in *Intent) appendJSON(b []byte) []byte {
	b = appendText(b, `{"name":`, in.name)
	b = appendTexts(append(b, `,"examples":`...), in.examples)
	return append(b, '}')
}

// Entity is a kind of thing that users name, such as cities: a list of values.
type Entity struct {
	at     place
	name   string
	values []entityValue
}

type entityValue struct {
	value    string
	synonyms []string
}

// Entity declares an entity. [Entity.Value] adds its values.
func (d *Dialog) Entity(name string) *Entity {
	if name == "" {
		d.wrong(here(), "an entity needs a name")
	}
	for _, other := range d.entities {
		if other.name == name {
			d.wrong(here(), "entity "+quoted(name)+" is declared twice")
		}
	}
	e := &Entity{at: here(), name: name}
	d.entities = append(d.entities, e)
	return e
}

// Value adds a value, and other words for it. Whichever the user says, it is the
// value that the bot gets.
func (e *Entity) Value(value string, synonyms ...string) *Entity {
	e.values = append(e.values, entityValue{value, synonyms})
	return e
}

func (e *Entity) appendJSON(b []byte) []byte {
	b = appendText(b, `{"name":`, e.name)
	b = appendList(b, `,"values":[`, e.values)
	return append(b, '}')
}

func (v entityValue) appendJSON(b []byte) []byte {
	if len(v.synonyms) == 0 {
		return jsontext.AppendString(b, v.value)
	}
	b = appendText(b, `{"value":`, v.value)
	b = appendTexts(append(b, `,"synonyms":`...), v.synonyms)
	return append(b, '}')
}

// Prediction is the intent that the event's text has. Like [Event] it asks the
// host each time.
type Prediction struct{}

// Intent returns the intent that the event's text has, among those that the state
// from which it led waited for; [Session.HasIntent] says whether there is one.
func (*Session) Intent() Prediction { return Prediction{} }

// HasIntent reports whether the event's text has an intent.
func (*Session) HasIntent() bool { return Prediction{}.Name() != "" }

// Name returns the intent's name; empty if the text has none.
func (Prediction) Name() string {
	name, _ := Event{}.Get("intent.name")
	return name
}

// Score returns how sure that is, 0 to 1; 0 if the text has no intent.
func (Prediction) Score() float64 {
	text, _ := Event{}.Get("intent.score")
	score, _ := strconv.ParseFloat(text, 64)
	return score
}

// Param returns what stands in the place of a slot, the first value if there are
// several, and the entity's value where the text has a synonym; ok is false if the
// text has none for the slot.
func (p Prediction) Param(name string) (value string, ok bool) {
	for _, param := range p.Params() {
		if param.Name == name {
			return param.Value, true
		}
	}
	return "", false
}

// Param is what stands in the place of a slot.
type Param struct {
	Name, Value string
	// Start and End are where it stands in the text, in bytes.
	Start, End int
}

// Params returns the values of all slots, in the order of their places. Slots of
// which a text has several values are there several times.
func (Prediction) Params() []Param {
	doc, _ := Event{}.Get("intent.values")
	var params []Param
	jsontext.Array(doc, func(value string) {
		var p Param
		jsontext.Object(value, func(name, value string) {
			switch name {
			case "name":
				p.Name = jsontext.Text(value)
			case "value":
				p.Value = jsontext.Text(value)
			case "start":
				p.Start, _ = strconv.Atoi(value)
			case "end":
				p.End, _ = strconv.Atoi(value)
			}
		})
		params = append(params, p)
	})
	return params
}
