package plugin

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// countdownWAT counts down from the number that its input is, in four loops, each
// after a call of the host, so that what host functions do would show.
const countdownWAT = `(module
	(import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
	(memory (export "memory") 1)
	(func $number (result i32) (local $len i32) (local $i i32) (local $n i32)
		(local.set $len (call $input (i32.const 0) (i32.const 64)))
		(loop $next
			(local.set $n (i32.add (i32.mul (local.get $n) (i32.const 10))
				(i32.sub (i32.load8_u (local.get $i)) (i32.const 48))))
			(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $len))))
		(local.get $n))
	(func (export "on_message") (local $n i32)
		(local.set $n (call $number))
		(loop $down (br_if $down (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`

// fuelOf returns what a turn of calls takes, and the error of the last one.
func fuelOf(t *testing.T, m *Module, inputs ...string) (int64, error) {
	t.Helper()
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	var d draft.Draft
	for _, input := range inputs {
		d.Begin(message(input), draft.Base{}, &m.opts.Limits)
		if _, err = in.Call(abi.OnMessage, input, 0, &d); err != nil {
			break
		}
	}
	return in.Fuel(), err
}

// The same calls take the same fuel: on one instance and another, whatever was
// called before, in one call or in several, in one slice or in thousands.
func TestFuel(t *testing.T) {
	m := newWAT(t, countdownWAT, Options{})
	fuel := make(map[string]int64)
	for range 2 {
		for _, input := range []string{"1", "2", "1000", "2000", "100000", "20000000"} {
			got, err := fuelOf(t, m, input)
			if err != nil {
				t.Fatal(err)
			}
			if want, seen := fuel[input]; seen && got != want {
				t.Errorf("fuel of %s = %d, was %d", input, got, want)
			}
			fuel[input] = got
		}
	}
	// A round of the loop weighs the same each time, and a digit of the input too.
	if round := fuel["2"] - fuel["1"]; round <= 0 || fuel["2000"]-fuel["1000"] != 1000*round {
		t.Errorf("fuel = %v, want it to grow by %d a round", fuel, round)
	}
	got, err := fuelOf(t, m, "1", "2000", "100000")
	if want := fuel["1"] + fuel["2000"] + fuel["100000"]; err != nil || got != want {
		t.Errorf("fuel of three calls = %d, %v, want %d", got, err, want)
	}
}

// A turn ends when it needs more fuel than it has, be it one unit, in the first
// call or a later one.
func TestFuel_limit(t *testing.T) {
	for _, inputs := range [][]string{{"3"}, {"100000"}, {"20000", "5", "20000"}} {
		need, err := fuelOf(t, newWAT(t, countdownWAT, Options{}), inputs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int64{need - 1, need, need + 1} {
			m := newWAT(t, countdownWAT, Options{Limits: abi.Limits{TurnFuel: limit}})
			got, err := fuelOf(t, m, inputs...)
			if want := limit < need; errors.Is(err, ErrFuel) != want {
				t.Errorf("calls %v of %d units with limit %d: %v, want ErrFuel: %v",
					inputs, need, limit, err, want)
			}
			if err == nil && got != need {
				t.Errorf("calls %v used %d units of %d, want %d", inputs, got, limit, need)
			}
			if err != nil && !strings.Contains(err.Error(), strconv.FormatInt(limit, 10)) {
				t.Errorf("error = %v, want the limit %d in it", err, limit)
			}
			if instances := m.Stats().Instances; err != nil && instances != 0 {
				t.Errorf("%d instances after a turn without fuel, want 0", instances)
			}
		}
	}
}

// A definition lowers the fuel of a turn. Starting and describe have as much as
// they need.
func TestFuel_definition(t *testing.T) {
	definition := `{"limits":{"turn_fuel":2000}}`
	m := newWAT(t, `(module
		(import "bothost_v1" "output" (func $output (param i32 i32)))`+
		strings.TrimPrefix(strings.TrimSuffix(countdownWAT, ")"), "(module")+`
		(data (i32.const 100) "`+watText(definition)+`")
		(func $work (local $n i32)
			(local.set $n (i32.const 100000))
			(loop $down (br_if $down (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
		(start $work)
		(func (export "describe") (call $work)
			(call $output (i32.const 100) (i32.const `+strconv.Itoa(len(definition))+`))))`,
		Options{Limits: abi.Limits{TurnFuel: 3000}})
	if err := m.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cost := m.Cost(); cost.Start < 500_000 || cost.Describe < cost.Start || m.turnFuel != 2000 {
		t.Errorf("Cost() = %+v, turns have %d, want above 500000 each, and 2000", cost, m.turnFuel)
	}
	if got, err := fuelOf(t, m, "100"); err != nil || got > 2000 {
		t.Errorf("fuel of 100 = %d, %v, want it below 2000", got, err)
	}
	if _, err := fuelOf(t, m, "1000"); !errors.Is(err, ErrFuel) {
		t.Errorf("error = %v, want ErrFuel", err)
	}
}

// No module can name what metering adds.
func TestFuel_reserved(t *testing.T) {
	for _, source := range []string{
		`(import "bothost_meter" "refuel" (func (param i64) (result i64)))`,
		`(import "bothost_meter" "other" (func))`,
		`(global (export "bothost.fuel") (mut i64) (i64.const 0))`,
		`(func (export "bothost.fuel"))`,
		`(func $f) (func (export "bothost.start")) (start $f)`,
	} {
		_, err := Compile(t.Context(), assemble(t, bot(source)), Options{Name: "sly"})
		if err == nil || !strings.HasPrefix(err.Error(), "module sly: ") {
			t.Errorf("Compile(%s) = %v, want an error with the module's name", source, err)
		}
	}
}

// A module that only passes on a function of the host has no code to count.
func TestFuel_noCode(t *testing.T) {
	m := newWAT(t, `(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
		(memory (export "memory") 1)
		(export "on_message" (func $yield)))`, Options{Limits: within(time.Second)})
	if fuel, err := fuelOf(t, m, "x"); err != nil || fuel != 0 {
		t.Errorf("fuel = %d, %v, want 0", fuel, err)
	}
}
