package abi_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

func TestParseDefinition(t *testing.T) {
	full := abi.Definition{Name: "hello", Version: "1.2.0", ABI: "1.0",
		Limits: abi.DefinitionLimits{TurnMillis: 2000, TurnFuel: 70_000}}
	name := strings.Repeat("x", abi.MaxName)
	for _, tt := range []struct {
		name, output string
		want         abi.Definition
	}{
		{"empty output", "", abi.Definition{}},
		{"empty object", "{}", abi.Definition{}},
		{"null", "null", abi.Definition{}},
		{"all fields",
			`{"name":"hello","version":"1.2.0","abi":"1.0","limits":{"turn_ms":2000,"turn_fuel":70000}}`, full},
		{"fields of later versions", `{"name":"x","icon":{"a":[1]},"limits":{"sleep_ms":1}}`,
			abi.Definition{Name: "x"}},
		{"no states", `{"states":null,"intents":null}`, abi.Definition{}},
		{"white space around", " \n{\"name\":\"é\"}\n", abi.Definition{Name: "é"}},
		{"longest name", `{"name":"` + name + `","version":"` + name + `"}`,
			abi.Definition{Name: name, Version: name}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := abi.ParseDefinition([]byte(tt.output))
			if err != nil {
				t.Fatalf("ParseDefinition(%s) = %v, want no error", tt.output, err)
			}
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("ParseDefinition(%s) = %+v, want %+v", tt.output, *got, tt.want)
			}
		})
	}
}

func TestParseDefinition_refuses(t *testing.T) {
	long := strings.Repeat("x", abi.MaxName+1)
	for _, tt := range []struct{ name, output, want string }{
		{"white space", " ", "definition: not JSON at byte 1"},
		{"no JSON", `{"name":}`, "definition: not JSON at byte 9"},
		{"more than JSON", `{}{}`, "definition: not JSON at byte 3"},
		{"an array", `[]`, "definition: must be an object, is array"},
		{"a string", `"x"`, "definition: must be an object, is string"},
		{"a name that is a number", `{"name":1}`, "definition: name: must be a string, is number"},
		{"states that are an object", `{"states":{}}`,
			"definition: states: must be an array, is object"},
		{"limits that are a number", `{"limits":5}`,
			"definition: limits: must be an object, is number"},
		{"a fraction", `{"limits":{"turn_ms":1.5}}`,
			"definition: limits.turn_ms: must be a whole number, is number 1.5"},
		{"a number that is too large", `{"limits":{"turn_ms":9223372036854775808}}`,
			"definition: limits.turn_ms: must be a whole number, is number 9223372036854775808"},
		{"a time below zero", `{"limits":{"turn_ms":-1}}`,
			"definition: limits.turn_ms: must not be below zero, is -1"},
		{"fuel below zero", `{"limits":{"turn_fuel":-1}}`,
			"definition: limits.turn_fuel: must not be below zero, is -1"},
		{"a long name", `{"name":"` + long + `"}`,
			"definition: name: has at most 128 bytes, this one has 129"},
		{"a name that spoils terminals", `{"name":"a\u001b[2Jb"}`,
			`definition: name: must not have control characters, is "a\x1b[2Jb"`},
		{"a version of two lines", `{"version":"1\n2"}`,
			`definition: version: must not have control characters, is "1\n2"`},
		{"another ABI", `{"abi":"2.0"}`,
			"definition: abi: the bot wants 2.0, this host speaks 1.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := abi.ParseDefinition([]byte(tt.output))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("ParseDefinition(%s) = %+v, %v, want error %s",
					tt.output, got, err, tt.want)
			}
			if got != nil {
				t.Errorf("ParseDefinition(%s) = %+v and an error, want nil", tt.output, got)
			}
		})
	}
}

func TestParseDefinition_version(t *testing.T) {
	const (
		runs    = ""
		other   = "the bot wants"
		invalid = "is not a version"
	)
	for _, tt := range []struct{ version, want string }{
		{"", runs}, {"1.0", runs},
		{"1.1", other}, {"1.999999", other}, {"0.9", other}, {"2.0", other}, {"0.0", other},
		{"1", invalid}, {"1.", invalid}, {".0", invalid}, {".", invalid}, {"x", invalid},
		{"1.x", invalid}, {"1.0.0", invalid}, {"-1.0", invalid},
		{"1.-0", invalid}, {"+1.0", invalid},
		{"01.0", invalid}, {"1.00", invalid}, {" 1.0", invalid},
		{"1.0 ", invalid}, {"1.0\n", invalid},
		{"1,0", invalid}, {"v1.0", invalid}, {"1.1000000", other},
		{"1." + strings.Repeat("9", 1000), invalid}, {"١.٠", invalid},
	} {
		_, err := abi.ParseDefinition(fmt.Appendf(nil, `{"abi":%s}`,
			jsontext.AppendString(nil, tt.version)))
		if (err == nil) != (tt.want == runs) ||
			err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseDefinition(abi %q) = %v, want %q", tt.version, err, tt.want)
		}
		if len(fmt.Sprint(err)) > 200 {
			t.Errorf("ParseDefinition(abi %q) = error of %d bytes, want at most 200",
				tt.version, len(fmt.Sprint(err)))
		}
	}
}

func TestDefinition_TurnTime(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		millis     int64
		host, want time.Duration
	}{
		{0, 5000 * ms, 5000 * ms},
		{1, 5000 * ms, ms},
		{4999, 5000 * ms, 4999 * ms},
		{5000, 5000 * ms, 5000 * ms},
		{5001, 5000 * ms, 5000 * ms},
		{1, 1500 * time.Microsecond, ms},
		{2, 1500 * time.Microsecond, 1500 * time.Microsecond},
		{1, 500 * time.Microsecond, 500 * time.Microsecond},
		{-1, 5000 * ms, 5000 * ms},
		{math.MaxInt64, 5000 * ms, 5000 * ms},
		{math.MinInt64, 5000 * ms, 5000 * ms},
		// As nanoseconds this is a small number above zero.
		{math.MaxInt64/1_000_000*2 + 3, 5000 * ms, 5000 * ms},
		{math.MaxInt64 / 1_000_000, math.MaxInt64, math.MaxInt64 / 1_000_000 * ms},
	} {
		d := abi.Definition{Limits: abi.DefinitionLimits{TurnMillis: tt.millis}}
		if got := d.TurnTime(tt.host); got != tt.want {
			t.Errorf("TurnTime(%d ms, host %v) = %v, want %v", tt.millis, tt.host, got, tt.want)
		}
	}
}

func TestDefinition_TurnFuel(t *testing.T) {
	for _, tt := range []struct{ own, host, want int64 }{
		{0, 1000, 1000}, {-1, 1000, 1000}, {1, 1000, 1}, {999, 1000, 999}, {1000, 1000, 1000},
		{1001, 1000, 1000}, {math.MaxInt64, 1000, 1000},
	} {
		d := abi.Definition{Limits: abi.DefinitionLimits{TurnFuel: tt.own}}
		if got := d.TurnFuel(tt.host); got != tt.want {
			t.Errorf("TurnFuel(%d, host %d) = %d, want %d", tt.own, tt.host, got, tt.want)
		}
	}
}
