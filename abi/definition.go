package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/bothost/bothost/abi/jsontext"
)

// MaxName is the largest size of a definition's name and version, in bytes.
const MaxName = 128

// Definition is what a bot declares about itself: the output of describe.
type Definition struct {
	// Name and Version are shown to operators: at most [MaxName] bytes, without
	// control characters.
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	// ABI is the contract's version that the bot was written for. If empty, any.
	ABI    string           `json:"abi,omitempty"`
	Limits DefinitionLimits `json:"limits,omitzero"`
	// Language is the language of the users' texts, as a tag such as en, de or
	// pt-BR. If empty, English.
	Language string `json:"language,omitempty"`
	// ClientVariables are the session variables that clients may set: 1 to
	// [MaxName] bytes each, no name twice. If empty, none.
	ClientVariables []string `json:"client_variables,omitempty"`
	// States are the places of the bot's dialog; without them it has none, and its
	// handlers decide everything.
	States   []State  `json:"states,omitempty"`
	Intents  []Intent `json:"intents,omitempty"`
	Entities []Entity `json:"entities,omitempty"`
}

// DefinitionLimits are the limits that a bot sets itself, below the host's.
type DefinitionLimits struct {
	// TurnMillis is the guest time of a turn. If zero, the host's limit.
	TurnMillis int64 `json:"turn_ms,omitempty"`
	// TurnFuel is how many units of work a turn may take. If zero, the host's
	// limit.
	TurnFuel int64 `json:"turn_fuel,omitempty"`
}

// TurnTime returns the guest time of a turn: the bot's own limit where it is
// below the host's.
func (d *Definition) TurnTime(host time.Duration) time.Duration {
	// The numbers are compared as milliseconds: more of them overflow a Duration.
	if own := d.Limits.TurnMillis; own > 0 && own <= host.Milliseconds() {
		return time.Duration(own) * time.Millisecond
	}
	return host
}

// TurnFuel returns the fuel of a turn: the bot's own limit where it is below the
// host's.
func (d *Definition) TurnFuel(host int64) int64 {
	if own := d.Limits.TurnFuel; own > 0 {
		return min(own, host)
	}
	return host
}

// ParseDefinition reads the output of describe. Empty output is an empty
// definition. Fields that are not known are ignored, but not in states, intents
// and entities.
//
// # Errors
//
// The error names the place and the rule.
func ParseDefinition(output []byte) (*Definition, error) {
	d := new(Definition)
	if len(output) == 0 {
		return d, nil
	}
	if err := d.read(output); err != nil {
		return nil, fmt.Errorf("definition: %w", err)
	}
	return d, nil
}

func (d *Definition) read(output []byte) error {
	err := json.Unmarshal(output, d)
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return jsontext.Explain(err)
	}
	if err := checkShape(output, reflect.TypeFor[Definition]()); err != nil {
		return err
	}
	if err != nil { // in one of two fields of the same name
		return jsontext.Explain(err)
	}
	return d.check()
}

func (d *Definition) check() error {
	if err := checkShown("name", d.Name); err != nil {
		return err
	}
	if err := checkShown("version", d.Version); err != nil {
		return err
	}
	if err := checkVersion(d.ABI); err != nil {
		return err
	}
	if err := checkShown("language", d.Language); err != nil {
		return err
	}
	if d.Limits.TurnMillis < 0 {
		return fmt.Errorf("limits.turn_ms: must not be below zero, is %d", d.Limits.TurnMillis)
	}
	if d.Limits.TurnFuel < 0 {
		return fmt.Errorf("limits.turn_fuel: must not be below zero, is %d", d.Limits.TurnFuel)
	}
	if err := d.checkClientVariables(); err != nil {
		return err
	}
	return d.checkDialog()
}

func (d *Definition) checkClientVariables() error {
	for i, name := range d.ClientVariables {
		field := fmt.Sprintf("client_variables[%d]", i)
		switch {
		case name == "":
			return fmt.Errorf("%s: must not be empty", field)
		case len(name) > MaxName:
			return fmt.Errorf("%s: has at most %d bytes, this one has %d", field, MaxName,
				len(name))
		case slices.Contains(d.ClientVariables[:i], name):
			return fmt.Errorf("%s: %.128q stands here twice", field, name)
		}
	}
	return nil
}

// checkShown refuses text that could spoil an operator's terminal or log.
func checkShown(field, text string) error {
	switch {
	case len(text) > MaxName:
		return fmt.Errorf("%s: has at most %d bytes, this one has %d", field, MaxName, len(text))
	case strings.ContainsFunc(text, unicode.IsControl):
		return fmt.Errorf("%s: must not have control characters, is %.128q", field, text)
	}
	return nil
}

// checkNamed checks the name of something that a bot declares.
func checkNamed(field, name string) error {
	if name == "" {
		return fmt.Errorf("%s: must not be empty", field)
	}
	return checkShown(field, name)
}

// checkVersion says whether a bot written for version want can run here.
func checkVersion(want string) error {
	if want == "" {
		return nil
	}
	wantMajor, wantMinor, ok := parseVersion(want)
	if !ok {
		return fmt.Errorf("abi: %.40q is not a version such as %s", want, Version)
	}
	major, minor, _ := parseVersion(Version)
	if wantMajor != major || wantMinor > minor {
		return fmt.Errorf("abi: the bot wants %s, this host speaks %s", want, Version)
	}
	return nil
}

// parseVersion reads major.minor and nothing else.
func parseVersion(s string) (major, minor int, ok bool) {
	first, second, _ := strings.Cut(s, ".")
	major, errMajor := strconv.Atoi(first)
	minor, errMinor := strconv.Atoi(second)
	// A version is written in one way: without signs, and zeros before a number.
	ok = errMajor == nil && errMinor == nil && major >= 0 && minor >= 0 &&
		s == strconv.Itoa(major)+"."+strconv.Itoa(minor)
	return major, minor, ok
}
