package dialog

import (
	"encoding/json"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// plain runs the turn of a bot without states.
func (d *Dialog) plain(t *draft.Draft, h draft.Handlers, ev *abi.Event) error {
	info, ok := ev.Kind.Info()
	if !ok || info.Export == abi.ExportCount {
		return nil
	}
	if seen := d.predict(ev, d.intents); seen != ev {
		ev = seen
		t.Use(ev)
	}
	_, err := handle(t, h, info.Export, ev)
	return err
}

// handle calls an event's own handler. Human text that it did not take goes to
// on_fallback, or gets the host's words: that is the end of it in any case.
func handle(t *draft.Draft, h draft.Handlers, e abi.Export, ev *abi.Event) (took bool, err error) {
	took, err = h.Call(e, input(e, ev))
	if took || err != nil || !ev.Human || classOf(ev)&texts == 0 {
		return took, err
	}
	took, err = h.Call(abi.OnFallback, ev.Text)
	if err == nil && !took {
		t.Add(abi.FromBot, abi.KindText, abi.WordsFallback)
	}
	return true, err
}

// input is what a handler reads as its input.
func input(e abi.Export, ev *abi.Event) string {
	switch e {
	case abi.OnEvent:
		return string(ev.AppendJSON(nil))
	case abi.OnVoice:
		var f abi.File
		if len(ev.Files) > 0 {
			f = ev.Files[0]
		}
		return text(f)
	case abi.OnFile:
		return text(append([]abi.File{}, ev.Files...))
	}
	return ev.Text
}

// text encodes what is known of files.
func text(v any) string {
	b, _ := json.Marshal(v) // of strings and numbers: there is nothing to fail
	return string(b)
}
