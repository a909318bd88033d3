package main

import (
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi"
)

// pairs is a flag of the form key=value that may be given several times.
type pairs map[string]string

// String implements pflag.Value.
func (p pairs) String() string { return "" }

// Type implements pflag.Value.
func (p pairs) Type() string { return "key=value" }

// Set implements pflag.Value.
func (p pairs) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return fmt.Errorf("must be key=value, is %q", text)
	}
	p[key] = value
	return nil
}

// limitFlag is --limit name=value.
type limitFlag struct{ limits *abi.Limits }

// String implements pflag.Value.
func (f limitFlag) String() string { return "" }

// Type implements pflag.Value.
func (f limitFlag) Type() string { return "name=value" }

// Set implements pflag.Value.
func (f limitFlag) Set(text string) error {
	name, value, _ := strings.Cut(text, "=")
	return f.limits.SetLimit(name, value)
}

// turnFuelFlag is --turn-fuel, which has a name of its own since it is a part of
// what a bot costs, as its definition is.
type turnFuelFlag struct{ limits *abi.Limits }

// String implements pflag.Value.
func (f turnFuelFlag) String() string { return "" }

// Type implements pflag.Value.
func (f turnFuelFlag) Type() string { return "units" }

// Set implements pflag.Value.
func (f turnFuelFlag) Set(text string) error { return f.limits.SetLimit("turn-fuel", text) }

// limitHelp lists all limits with their defaults.
func limitHelp() string {
	var b strings.Builder
	b.WriteString("Limits, set by --limit name=value (sizes in bytes):\n")
	for _, l := range abi.LimitTable() {
		fmt.Fprintf(&b, "  %-21s %13s  %s\n", l.Name, l.Default(), l.Does)
	}
	return b.String()
}
