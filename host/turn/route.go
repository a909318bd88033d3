package turn

import "github.com/bothost/bothost/abi"

// route gives the event to the bot's handlers, in the order in which a bot
// without declared states is asked.
func (t *turn) route() error {
	ev := &t.event
	info, _ := ev.Kind.Info()
	if info.Export == abi.OnStart {
		_, err := t.call(abi.OnStart, "")
		return err
	}
	handled, err := t.call(info.Export, ev.Text)
	if handled || err != nil || !ev.Human {
		return err
	}
	handled, err = t.call(abi.OnFallback, ev.Text)
	if handled || err != nil {
		return err
	}
	t.draft.Add(abi.FromBot, abi.KindText, abi.WordsFallback)
	return nil
}
