package abi

import (
	"encoding/json"
	"fmt"
	"time"
)

// Definition is what a bot declares about itself: the output of describe.
type Definition struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// ABI is the contract's version that the bot was written for. If empty, any.
	ABI     string            `json:"abi"`
	Limits  DefinitionLimits  `json:"limits"`
	States  []json.RawMessage `json:"states"`
	Intents []json.RawMessage `json:"intents"`
}

// DefinitionLimits are the limits that a bot sets itself, below the host's.
type DefinitionLimits struct {
	// TurnMillis is the guest time of a turn. If zero, the host's limit.
	TurnMillis int64 `json:"turn_ms"`
}

// TurnTime returns the guest time of a turn: the bot's own limit where it is
// below the host's.
func (d *Definition) TurnTime(host time.Duration) time.Duration {
	if own := d.Limits.TurnMillis; own > 0 && own < host.Milliseconds() {
		return time.Duration(own) * time.Millisecond
	}
	return host
}

// ParseDefinition reads the output of describe. Empty output is an empty
// definition.
//
// # Errors
//
// The error names the field and the rule. States and intents are refused: this
// version of the host does not run declared dialogs, and to serve a bot without
// its dialog would be wrong.
func ParseDefinition(output []byte) (*Definition, error) {
	d := new(Definition)
	if len(output) == 0 {
		return d, nil
	}
	if err := json.Unmarshal(output, d); err != nil {
		return nil, fmt.Errorf("definition: %w", err)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("definition: %w", err)
	}
	return d, nil
}

func (d *Definition) check() error {
	if err := checkVersion(d.ABI); err != nil {
		return err
	}
	if d.Limits.TurnMillis < 0 {
		return fmt.Errorf("limits.turn_ms: must not be below zero, is %d", d.Limits.TurnMillis)
	}
	if len(d.States) > 0 {
		return fmt.Errorf("states: this host (ABI %s) does not run declared dialogs", Version)
	}
	if len(d.Intents) > 0 {
		return fmt.Errorf("intents: this host (ABI %s) does not recognise intents", Version)
	}
	return nil
}

// checkVersion says whether a bot written for version want can run here.
func checkVersion(want string) error {
	if want == "" {
		return nil
	}
	wantMajor, wantMinor, err := parseVersion(want)
	if err != nil {
		return fmt.Errorf("abi: %w", err)
	}
	major, minor, err := parseVersion(Version)
	if err != nil {
		return err
	}
	if wantMajor != major || wantMinor > minor {
		return fmt.Errorf("abi: the bot wants %s, this host speaks %s", want, Version)
	}
	return nil
}

func parseVersion(s string) (major, minor int, err error) {
	var rest string
	if n, _ := fmt.Sscanf(s+" ", "%d.%d%s", &major, &minor, &rest); n != 2 || major < 0 || minor < 0 {
		return 0, 0, fmt.Errorf("%q is not a version such as 1.0", s)
	}
	return major, minor, nil
}
