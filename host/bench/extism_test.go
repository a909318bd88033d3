package main

import (
	"testing"

	plugins "github.com/bothost/bothost/host/plugin/extism/guests"
)

// Both engines run what is measured, and a plug-in that does something else is an
// error, not a figure.
func TestExtismEngines(t *testing.T) {
	for _, e := range extismEngines {
		t.Run(e.name, func(t *testing.T) {
			g := extismGuests()[0]
			right, wrong := g.build.Must(t), plugins.CProbe.Must(t)
			engine, err := e.open(t.Context(), right, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := engine.call(g.input); err != nil {
				t.Errorf("call: %v", err)
			}
			stop, err := engine.start(g.input)
			if err != nil {
				t.Fatal(err)
			}
			stop()
			if err := engine.close(); err != nil {
				t.Error(err)
			}
			if engine, err = e.open(t.Context(), wrong, nil); err != nil {
				t.Fatal(err)
			}
			if err := engine.call("\xff"); err == nil {
				t.Error("a call that traps was no error")
			}
			if err := engine.call(""); err == nil {
				t.Error("a call without a reply was no error")
			}
			if err := engine.close(); err != nil {
				t.Error(err)
			}
		})
	}
}
