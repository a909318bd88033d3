package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// abiVersion is the version of the contract that this package was written for:
// the oldest host that a bot runs on.
const abiVersion = "1.0"

// Definition is what a bot declares about itself, for operators and for the
// host. It is specified in abi/README.md.
type Definition struct {
	// Name and Version are shown to operators.
	Name, Version string
	// Language is what users speak, as a tag such as de or pt-BR: intents look past
	// the endings of its words. If empty, English.
	Language string
	// TurnMillis limits the bot's own time in a turn, in milliseconds. If zero, or
	// above the host's limit, that one holds.
	TurnMillis int64
	// TurnFuel limits the bot's own work in a turn, in units that are the same on
	// every machine; the host's log at debug level says what a turn takes. If zero,
	// or above the host's limit, that one holds.
	TurnFuel int64
	// ClientVariables are the session variables that a user's client may set itself,
	// such as a profile; of all others the host keeps clients away.
	ClientVariables []string
}

// Describe registers the definition of a bot that declares no dialog; for one that
// does, [NewDialog] does this. A bot need not have a definition.
func Describe(d Definition) { registered.definition = &d }

// describe outputs the definition.
func describe() int32 {
	if registered.describe != nil {
		return registered.describe()
	}
	if registered.definition == nil {
		return resultNotHandled
	}
	wire.Output(registered.definition.appendJSON(nil))
	return resultDone
}

func (d *Definition) appendJSON(b []byte) []byte {
	return append(d.appendFields(append(b, '{')), '}')
}

func (d *Definition) appendFields(b []byte) []byte {
	b = append(b, `"name":`...)
	b = jsontext.AppendString(b, d.Name)
	b = append(b, `,"version":`...)
	b = jsontext.AppendString(b, d.Version)
	b = append(b, `,"abi":`...)
	b = jsontext.AppendString(b, abiVersion)
	if d.Language != "" {
		b = append(b, `,"language":`...)
		b = jsontext.AppendString(b, d.Language)
	}
	return d.appendLimits(d.appendVariables(b))
}

func (d *Definition) appendVariables(b []byte) []byte {
	for i, name := range d.ClientVariables {
		if i == 0 {
			b = append(b, `,"client_variables":[`...)
		} else {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, name)
	}
	if len(d.ClientVariables) > 0 {
		b = append(b, ']')
	}
	return b
}

func (d *Definition) appendLimits(b []byte) []byte {
	separator := `,"limits":{"`
	for _, limit := range []struct {
		name  string
		value int64
	}{{"turn_ms", d.TurnMillis}, {"turn_fuel", d.TurnFuel}} {
		if limit.value == 0 {
			continue
		}
		b = append(append(append(b, separator...), limit.name...), `":`...)
		b = strconv.AppendInt(b, limit.value, 10)
		separator = `,"`
	}
	if separator == `,"` {
		b = append(b, '}')
	}
	return b
}
