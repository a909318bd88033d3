package native

import "github.com/bothost/bothost/abi"

// Close codes that only connections know, in the ranges that abi describes.
const (
	// CloseBusy: too many sessions begin at once from where the client is.
	CloseBusy abi.Code = 4005
	// CloseUnauthorized: the token is missing or wrong. It is the code of a
	// rejected hello too.
	CloseUnauthorized abi.Code = 4505
)

// codes are the rows that abi's table does not have.
var codes = []abi.CodeInfo{
	{Code: CloseBusy, Name: "busy", Text: "There is a lot to do right now. Please try again."},
	{Code: CloseUnauthorized, Name: "unauthorized", Text: "The token is missing or wrong."},
}

// Info returns what is known of a code of abi or of this package; an unknown one
// has an empty name.
func Info(code abi.Code) abi.CodeInfo {
	for _, info := range codes {
		if info.Code == code {
			return info
		}
	}
	return code.Info()
}
