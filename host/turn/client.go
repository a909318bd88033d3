package turn

import (
	"slices"

	"github.com/bothost/bothost/abi"
)

// set is a turn without handlers: it sets the variables that the client wants, if
// it may set all of them. Conditions see them with what happens next.
func (t *turn) set() abi.Code {
	vars, err := abi.ClientVars(t.event.Data)
	if err != nil {
		t.field = "vars"
		return abi.CodeWrongType
	}
	settable := t.generation.ClientVariables()
	for i := range vars {
		v := &vars[i]
		if !slices.Contains(settable, v.Key) {
			t.field = variableField(v.Key)
			return abi.CodeNotSettable
		}
		if t.change(v) != nil { // a limit is broken
			t.field = variableField(v.Key)
			return abi.CodeTooLarge
		}
	}
	return 0
}

func (t *turn) change(v *abi.Var) error {
	if v.Deleted {
		return t.draft.Delete([]byte(v.Key))
	}
	return t.draft.Set([]byte(v.Key), []byte(v.Value))
}

// variableField names a variable in the answer to a client, which chose the name.
func variableField(name string) string {
	if !abi.ValidID(name, abi.MaxName) {
		return "vars"
	}
	return "vars." + name
}

// checkFeedback refuses feedback on what is no entry of the session.
func (t *turn) checkFeedback() abi.Code {
	f, err := abi.ParseFeedback(t.event.Data)
	if err != nil {
		t.field = "value"
		return abi.CodeBadValue
	}
	if f.Seq > t.live.head.Seq {
		t.field = "seq"
		return abi.CodeBadValue
	}
	return 0
}
