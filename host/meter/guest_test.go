package meter_test

import (
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/bothost/bothost/host/wat/wattest"
)

var assemble = wattest.Assemble

func rewrite(tb testing.TB, module []byte, o meter.Options) []byte {
	tb.Helper()
	out, err := meter.Rewrite(module, o)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// fuelUsed calls run and returns the fuel that it took.
func fuelUsed(tb testing.TB, source string, o meter.Options) int64 {
	tb.Helper()
	o.Export = "fuel"
	got, err := execute(tb, rewrite(tb, assemble(tb, source), o), "run", 1<<40)
	if err != nil {
		tb.Fatal(err)
	}
	return got.fuel
}
