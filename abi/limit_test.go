package abi_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// isTime reports whether the row is a time.
func isTime(row abi.Limit) bool { return strings.HasSuffix(row.Name, "-time") }

// Every field of Limits is one row of the table, in the order of the fields,
// and no field is two.
func TestLimitTable(t *testing.T) {
	rows := abi.LimitTable()
	fields := reflect.TypeFor[abi.Limits]()
	if len(rows) != fields.NumField() {
		t.Fatalf("LimitTable() = %d rows, want %d", len(rows), fields.NumField())
	}
	for i, row := range rows {
		var l abi.Limits
		value := "1"
		if isTime(row) {
			value = "1ns"
		}
		if err := l.SetLimit(row.Name, value); err != nil {
			t.Fatal(err)
		}
		if got := reflect.ValueOf(l).Field(i).Int(); got != 1 {
			t.Errorf("SetLimit(%s, %s): field %s = %d, want 1", row.Name, value,
				fields.Field(i).Name, got)
		}
		if strings.ReplaceAll(row.Name, "-", "") != strings.ToLower(fields.Field(i).Name) {
			t.Errorf("row %d is %s, want the name of field %s", i, row.Name, fields.Field(i).Name)
		}
		if row.Does == "" {
			t.Errorf("limit %s says nothing", row.Name)
		}
	}
}

func TestLimits_Defaults(t *testing.T) {
	l := abi.Limits{}.Defaults()
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		if v.Field(i).Int() <= 0 {
			t.Errorf("Defaults() field %s = %d, want above zero",
				v.Type().Field(i).Name, v.Field(i).Int())
		}
	}
	if l.TurnTime != 5*time.Second || l.MemoryBytes != 64<<20 || l.Queue != 64 {
		t.Errorf("Defaults() = %+v, want 5s, 64 MiB, 64", l)
	}
	own := abi.Limits{TurnTime: time.Second, Queue: 1}
	if got := own.Defaults(); got.TurnTime != time.Second || got.Queue != 1 || got.Replies != 64 {
		t.Errorf("Defaults(%+v) = %+v, want what was set, and 64 replies", own, got)
	}
	if own.Replies != 0 {
		t.Errorf("Defaults changed its receiver: %+v", own)
	}
}

// What a limit shows can be set again, for defaults and for what is one below
// and above a unit.
func TestLimit_Text(t *testing.T) {
	for _, row := range abi.LimitTable() {
		texts := []string{row.Default(), "1", "1023", "1024", "1025", "1048575", "1048576",
			"3145728", "1073741824"}
		if isTime(row) {
			texts = []string{row.Default(), "1ns", "999ms", "1m0s", "24h0m0s"}
		}
		for _, text := range texts {
			var l, again abi.Limits
			if err := l.SetLimit(row.Name, text); err != nil {
				t.Fatalf("SetLimit(%s, %s) = %v, want no error", row.Name, text, err)
			}
			if err := again.SetLimit(row.Name, row.Text(l)); err != nil || again != l {
				t.Errorf("SetLimit(%s, %s) = %v, want the value of %s", row.Name,
					row.Text(l), err, text)
			}
		}
	}
}

func TestLimits_SetLimit(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string // want is the text of the value
	}{
		{"turn-time", "1ns", "1ns"},
		{"turn-time", "90s", "1m30s"},
		{"queue", "1", "1"},
		{"queue", "1073741824", "1073741824"},
		{"value-bytes", "1", "1 B"},
		{"value-bytes", "1023", "1023 B"},
		{"value-bytes", "1024", "1 KiB"},
		{"value-bytes", "1025", "1025 B"},
		{"value-bytes", "64KiB", "64 KiB"},
		{"value-bytes", "64 KiB", "64 KiB"},
		{"value-bytes", "2048 KiB", "2 MiB"},
		{"value-bytes", "7 B", "7 B"},
		{"value-bytes", "1073741823", "1073741823 B"},
		{"value-bytes", "1073741824", "1 GiB"},
		{"memory-bytes", "4 GiB", "4 GiB"},
		{"bot-memory-bytes", "1024 GiB", "1024 GiB"},
	} {
		var l abi.Limits
		if err := l.SetLimit(tt.name, tt.text); err != nil {
			t.Errorf("SetLimit(%s, %q) = %v, want no error", tt.name, tt.text, err)
		}
		for _, row := range abi.LimitTable() {
			if got := row.Text(l); row.Name == tt.name && got != tt.want {
				t.Errorf("SetLimit(%s, %q) = %s, want %s", tt.name, tt.text, got, tt.want)
			}
		}
	}
}

func TestLimits_SetLimit_refuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"", "1", `limit "" is unknown`},
		{"Queue", "1", `limit "Queue" is unknown`},
		{"later", "1", `limit "later" is unknown`},
		{"turn-time", "", "limit turn-time: "},
		{"turn-time", "0s", "limit turn-time: "},
		{"turn-time", "-1s", "limit turn-time: "},
		{"turn-time", "5", "limit turn-time: "},
		{"turn-time", "99999999h", "limit turn-time: "},
		{"queue", "", "limit queue: "},
		{"queue", "0", "limit queue: "},
		{"queue", "-1", "limit queue: "},
		{"queue", "1.5", "limit queue: "},
		{"queue", "0x10", "limit queue: "},
		{"queue", "1 KiB", "limit queue: "},
		{"queue", "1073741825", "limit queue: 1073741825 is above 1073741824"},
		{"queue", "9223372036854775808", "limit queue: 9223372036854775808 is above 1073741824"},
		{"queue", "-9223372036854775809", "limit queue: "},
		{"value-bytes", "KiB", "limit value-bytes: "},
		{"value-bytes", "1 kib", "limit value-bytes: "},
		{"value-bytes", "1 KB", "limit value-bytes: "},
		{"value-bytes", "1 KiB B", "limit value-bytes: "},
		{"value-bytes", "0 MiB", "limit value-bytes: "},
		{"value-bytes", "1073741825", "limit value-bytes: 1073741825 is above 1 GiB"},
		{"value-bytes", "2 GiB", "limit value-bytes: 2 GiB is above 1 GiB"},
		{"value-bytes", "9223372036854775807 GiB",
			"limit value-bytes: 9223372036854775807 GiB is above 1 GiB"},
		// These are 2^64 bytes.
		{"value-bytes", "17179869184 GiB", "limit value-bytes: 17179869184 GiB is above 1 GiB"},
		{"memory-bytes", "4294967297", "limit memory-bytes: 4294967297 is above 4 GiB"},
		{"bot-memory-bytes", "1025 GiB", "limit bot-memory-bytes: 1025 GiB is above 1024 GiB"},
	} {
		var l abi.Limits
		err := l.SetLimit(tt.name, tt.text)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("SetLimit(%q, %q) = %v, want error %s", tt.name, tt.text, err, tt.want)
		}
		if l != (abi.Limits{}) {
			t.Errorf("SetLimit(%q, %q) = %+v, want no change", tt.name, tt.text, l)
		}
	}
}
