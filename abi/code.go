package abi

// Code is an error that crosses the wire. Numbers are append-only; clients see
// the name, in rejected frames, or the number, as a WebSocket close code.
type Code uint16

// Codes of rejected frames: what a client sent was not taken, and the
// connection stays. Nothing was lost: what was rejected did not run.
const (
	CodeBadJSON Code = 1001 + iota
	CodeNotObject
	CodeNotText
	CodeNotUTF8
	CodeTooLarge
	CodeUnknownType
	CodeMissingField
	CodeWrongType
	CodeBadID
	CodeIDReused
	CodeHelloExpected
	CodeHelloRepeated
	CodeUnknownBot
	CodeUnknownSession
	CodeBusy
	CodeStoreUnavailable
	CodeShuttingDown
	CodeBadValue
	CodeNotSettable
	CodeUnknownUpload
	CodeTooManyUploads
	CodeTooManyFiles
	CodeNoFiles
)

// Close codes. 4000-4499 mean: come back, nothing is lost. 4500-4999 mean: do
// not come back in the same way.
const (
	CloseRestart     Code = 4000
	CloseSlow        Code = 4001
	CloseSilent      Code = 4002
	CloseBehind      Code = 4003
	CloseUnavailable Code = 4004

	CloseHelloMissing Code = 4500
	CloseTooLarge     Code = 4501
	CloseFlood        Code = 4502
	CloseSessionGone  Code = 4503
	CloseTooMany      Code = 4504
)

// CodeInfo describes one code.
type CodeInfo struct {
	Code Code
	// Name is what rejected and closing frames carry.
	Name string
	// Text is what users may be shown.
	Text string
}

// codes is the table, in the order of the numbers.
var codes = []CodeInfo{
	{CodeBadJSON, "bad_json", "That was not valid JSON."},
	{CodeNotObject, "not_object", "A frame must hold one JSON object."},
	{CodeNotText, "not_text", "Send text frames, not binary ones."},
	{CodeNotUTF8, "not_utf8", "Text must be UTF-8."},
	{CodeTooLarge, "too_large", "That was too large."},
	{CodeUnknownType, "unknown_type", "This type of message is not known here."},
	{CodeMissingField, "missing_field", "A field is missing."},
	{CodeWrongType, "wrong_type", "A field has the wrong type."},
	{CodeBadID, "bad_id", "The id is empty, too long, or has characters that ids may not have."},
	{CodeIDReused, "id_reused", "This id was already used for another message."},
	{CodeHelloExpected, "hello_expected", "Say hello first."},
	{CodeHelloRepeated, "hello_repeated", "Hello was already said."},
	{CodeUnknownBot, "unknown_bot", "There is no such bot."},
	{CodeUnknownSession, "unknown_session", "There is no such session."},
	{CodeBusy, "busy", "There is a lot to do right now. Please try again."},
	{CodeStoreUnavailable, "store_unavailable",
		"Your message could not be saved and was not taken. Please try again."},
	{CodeShuttingDown, "shutting_down", "We will be right back. Please try again."},
	{CodeBadValue, "bad_value", "A field has a value that is not allowed."},
	{CodeNotSettable, "not_settable", "This variable cannot be set from outside."},
	{CodeUnknownUpload, "unknown_upload",
		"This file is not here, or not any more. Please send it again."},
	{CodeTooManyUploads, "too_many_uploads", "Too many files wait for their message."},
	{CodeTooManyFiles, "too_many_files", "There are too many files in one message."},
	{CodeNoFiles, "no_files", "Files are not taken here."},

	{CloseRestart, "restart", "We will be right back."},
	{CloseSlow, "slow", "Your connection was too slow. Please reconnect."},
	{CloseSilent, "silent", "Your connection was silent. Please reconnect."},
	{CloseBehind, "behind", "Your connection fell behind. Please reconnect."},
	{CloseUnavailable, "unavailable", "Something went wrong here. Please reconnect."},
	{CloseHelloMissing, "hello_missing", "No hello came."},
	{CloseTooLarge, "frame_too_large", "That was far too large."},
	{CloseFlood, "flood", "Too many empty or control frames."},
	{CloseSessionGone, "session_gone", "This session is gone."},
	{CloseTooMany, "too_many", "There are too many connections."},
}

// Codes returns the table of codes, in the order of their numbers.
func Codes() []CodeInfo { return codes }

// Info returns what is known of the code; an unknown code has an empty name.
func (c Code) Info() CodeInfo {
	for _, info := range codes {
		if info.Code == c {
			return info
		}
	}
	return CodeInfo{Code: c}
}

// String returns the code's name.
func (c Code) String() string { return c.Info().Name }

// Retry reports whether a client may come back, or send the same again later.
func (c Code) Retry() bool {
	switch c {
	case CodeBusy, CodeStoreUnavailable, CodeShuttingDown:
		return true
	}
	return c >= 4000 && c < 4500
}
