package draft

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Timers returns the changes of timers, in order; where a name stands more than
// once the last one counts. The slice is valid until the next Begin.
func (d *Draft) Timers() []abi.TimerWrite { return d.timers }

// Requests returns the requests to make, in order; a name may stand more than
// once. The slice is valid until the next Begin.
func (d *Draft) Requests() []abi.Request { return d.requests }

// TimerSet implements [abi.Host].
func (d *Draft) TimerSet(name []byte, delay int64, data []byte) error {
	bad := func(argument string, err error) error {
		return &abi.ArgumentError{Function: abi.FuncTimerSet, Argument: argument, Err: err}
	}
	if err := d.checkName("timer", name); err != nil {
		return bad("name", err)
	}
	if err := abi.CheckDelay(delay); err != nil {
		return bad("delay_ms", err)
	}
	if err := d.checkTimerData(data); err != nil {
		return bad("data", err)
	}
	if !d.runs(name) {
		if d.running >= d.limits.Timers {
			return bad("name", fmt.Errorf("more than %d timers of a session", d.limits.Timers))
		}
		d.running++
	}
	d.forget(name)
	d.timers = append(d.timers, abi.TimerWrite{
		Name: string(name), Delay: delay, Data: string(data),
	})
	return nil
}

func (d *Draft) checkTimerData(data []byte) error {
	if int64(len(data)) > d.limits.ValueBytes {
		return fmt.Errorf("a timer's data have at most %d bytes, these have %d",
			d.limits.ValueBytes, len(data))
	}
	if !utf8.Valid(data) {
		return abi.ErrNotUTF8
	}
	return nil
}

// TimerCancel implements [abi.Host].
func (d *Draft) TimerCancel(name []byte) error {
	if err := d.checkName("timer", name); err != nil {
		return err
	}
	if !d.runs(name) {
		return nil
	}
	d.running--
	// A timer that was set since the mark only has nothing else to cancel: it is
	// as if it had not been set, and a guest cannot fill the list.
	if d.forget(name); d.runs(name) {
		d.timers = append(d.timers, abi.TimerWrite{Name: string(name), Cancel: true})
	}
	return nil
}

// runs reports whether the timer is set.
func (d *Draft) runs(name []byte) bool {
	for i := len(d.timers) - 1; i >= 0; i-- {
		if t := &d.timers[i]; t.Name == string(name) {
			return !t.Cancel
		}
	}
	if d.fired == string(name) { // no name is empty
		return false
	}
	return slices.Contains(d.base.Timers, string(name))
}

// forget removes the change of the timer that was made since the mark, if there
// is one.
func (d *Draft) forget(name []byte) {
	for i := d.mark.timers; i < len(d.timers); i++ {
		if d.timers[i].Name == string(name) {
			d.timers = slices.Delete(d.timers, i, i+1)
			return
		}
	}
}

// HTTPStart implements [abi.Host].
func (d *Draft) HTTPStart(name, request []byte) error {
	bad := func(argument string, err error) error {
		return &abi.ArgumentError{Function: abi.FuncHTTPStart, Argument: argument, Err: err}
	}
	if err := d.checkName("request", name); err != nil {
		return bad("name", err)
	}
	if int64(len(d.requests)) >= d.limits.Requests {
		return bad("request", fmt.Errorf("more than %d requests in a turn", d.limits.Requests))
	}
	if int64(len(request)) > d.limits.RequestBytes {
		return bad("request", fmt.Errorf("a request has at most %d bytes, this one has %d",
			d.limits.RequestBytes, len(request)))
	}
	r, err := abi.ParseRequest(request)
	if err != nil {
		return bad("request", err)
	}
	r.Name = string(name)
	d.requests = append(d.requests, r)
	return nil
}
