package plugin

import "github.com/tetratelabs/wazero/api"

// What follows begins something that outlives the turn: timers and requests. The
// host names function and argument in its errors itself.

func (in *Instance) hostTimerSet(mem api.Memory, stack []uint64) error {
	name, err := in.arg(mem, stack[0], stack[1], "name")
	if err != nil {
		return err
	}
	data, err := in.arg(mem, stack[3], stack[4], "data")
	if err != nil {
		return err
	}
	return in.host.TimerSet(name, int64(stack[2]), data)
}

func (in *Instance) hostTimerCancel(mem api.Memory, stack []uint64) error {
	name, err := in.arg(mem, stack[0], stack[1], "name")
	if err != nil {
		return err
	}
	if err := in.host.TimerCancel(name); err != nil {
		return badArg("name", err)
	}
	return nil
}

func (in *Instance) hostHTTPStart(mem api.Memory, stack []uint64) error {
	name, err := in.arg(mem, stack[0], stack[1], "name")
	if err != nil {
		return err
	}
	request, err := in.arg(mem, stack[2], stack[3], "request")
	if err != nil {
		return err
	}
	return in.host.HTTPStart(name, request)
}
