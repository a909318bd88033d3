package extism

import "github.com/bothost/bothost/abi"

// Slot is how one parameter of a function of [UserModule] becomes those of the
// function of the same name of the core surface.
type Slot uint8

const (
	// Block is a handle: pointer and length of the block's bytes.
	Block Slot = iota
	// Number32 and Number64 are numbers as they are; the first has to fit.
	Number32
	Number64
	// Most is how many bytes are wanted at most: a buffer of so many.
	Most
)

// Arg is one parameter of a function of [UserModule]. Name is that of the core
// function's parameter.
type Arg struct {
	Name string
	Slot Slot
}

// Result is what a function of [UserModule] returns.
type Result uint8

const (
	// Nothing is no result.
	Nothing Result = iota
	// Number is the result as it is.
	Number
	// Value is the handle of a block that holds what the core function writes to its
	// buffer: 0 is both absent and empty.
	Value
	// Part is Value for a function that writes as much as fits, and returns how much
	// that is.
	Part
)

// User is a function of [UserModule].
type User struct {
	Function abi.Function
	Args     []Arg
	Result   Result
}

// UserOf returns the form in which a function of the core surface stands in
// [UserModule]: all that is a pointer and a length there is one handle here, and
// what is read into a buffer comes as a new block. So whatever the core surface has
// stands here too, with the same rules.
func UserOf(f abi.Function) User {
	info := f.Info()
	u := User{Function: f}
	if len(info.Results) > 0 {
		u.Result = Number
	}
	for i := 0; i < len(info.Params); i++ {
		p := info.Params[i]
		next := ""
		if i+1 < len(info.Params) {
			next = info.Params[i+1].Name
		}
		switch {
		case next == "cap" && partial(info):
			u.Args, u.Result = append(u.Args, Arg{"most", Most}), Part
			i++
		case next == "cap":
			u.Result = Value
			i++
		case next == "len" || next == p.Name+"len":
			u.Args = append(u.Args, Arg{p.Name, Block})
			i++
		case p.Type == abi.I64:
			u.Args = append(u.Args, Arg{p.Name, Number64})
		default:
			u.Args = append(u.Args, Arg{p.Name, Number32})
		}
	}
	return u
}

// partial reports whether a function that fills a buffer is one of those that write
// as much as fits: they are told from where on.
func partial(info abi.FunctionInfo) bool {
	for _, p := range info.Params {
		if p.Name == "offset" {
			return true
		}
	}
	return false
}

// Params returns the parameter types: all are i64.
func (u User) Params() []abi.ValueType {
	types := make([]abi.ValueType, len(u.Args))
	for i := range types {
		types[i] = abi.I64
	}
	return types
}

// Results returns the result types.
func (u User) Results() []abi.ValueType {
	if u.Result == Nothing {
		return nil
	}
	return []abi.ValueType{abi.I64}
}
