package guest

import (
	"runtime"
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
)

// place is a line of the bot's source, where something is declared. It is kept as
// the runtime knows it: most are never read.
type place uintptr

// nowhere is the place of what has none.
const nowhere place = 0

// here returns the place where the caller's caller is called: that of the bot
// which calls an exported method that calls here. It takes some 5 microseconds, in
// the start of each instance, so that states and transitions have one, and guards
// do not.
func here() place {
	var pcs [1]uintptr
	if runtime.Callers(3, pcs[:]) == 0 {
		return nowhere
	}
	return place(pcs[0])
}

// String returns the place for the beginning of a line: "main.go:12: ".
func (p place) String() string {
	if p == nowhere {
		return ""
	}
	frame, _ := runtime.CallersFrames([]uintptr{uintptr(p)}).Next()
	file := frame.File
	for i := len(file) - 1; i >= 0; i-- {
		if file[i] == '/' {
			file = file[i+1:]
			break
		}
	}
	return file + ":" + strconv.Itoa(frame.Line) + ": "
}

// quoted returns a name as it stands in words for people.
func quoted(name string) string { return string(jsontext.AppendString(nil, name)) }
