package abi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestCodes(t *testing.T) {
	names := make(map[string]bool)
	last := abi.Code(0)
	for _, row := range abi.Codes() {
		if row.Code <= last {
			t.Errorf("code %d stands after %d, want the order of the numbers", row.Code, last)
		}
		last = row.Code
		if names[row.Name] || row.Name == "" || row.Text == "" {
			t.Errorf("code %d is %+v, want a name of its own and a text", row.Code, row)
		}
		names[row.Name] = true
		if got := row.Code.Info(); got != row || row.Code.String() != row.Name {
			t.Errorf("Info(%d) = %+v, want %+v", row.Code, got, row)
		}
		if row.Code < 1000 || row.Code >= 2000 && row.Code < 4000 || row.Code >= 5000 {
			t.Errorf("code %d is neither 1000-1999, of rejected frames, nor 4000-4999", row.Code)
		}
	}
	for _, unknown := range []abi.Code{0, 1000, 1999, 4999, 65535} {
		if got := unknown.Info(); got != (abi.CodeInfo{Code: unknown}) || unknown.String() != "" {
			t.Errorf("Info(%d) = %+v, want the code alone", unknown, got)
		}
	}
}

// Numbers are on the wire and in clients: they are added to, never changed.
func TestCodes_appendOnly(t *testing.T) {
	want := map[string]abi.Code{
		"bad_json": 1001, "not_object": 1002, "not_text": 1003, "not_utf8": 1004, "too_large": 1005,
		"unknown_type": 1006, "missing_field": 1007, "wrong_type": 1008, "bad_id": 1009,
		"id_reused": 1010, "hello_expected": 1011, "hello_repeated": 1012, "unknown_bot": 1013,
		"unknown_session": 1014, "busy": 1015, "store_unavailable": 1016, "shutting_down": 1017,
		"bad_value": 1018, "not_settable": 1019, "unknown_upload": 1020, "too_many_uploads": 1021,
		"too_many_files": 1022, "no_files": 1023,
		"restart": 4000, "slow": 4001, "silent": 4002, "behind": 4003, "unavailable": 4004,
		"hello_missing": 4500, "frame_too_large": 4501, "flood": 4502, "session_gone": 4503,
		"too_many": 4504,
	}
	got := make(map[string]abi.Code)
	for _, row := range abi.Codes() {
		got[row.Name] = row.Code
	}
	for name, code := range want {
		if got[name] != code {
			t.Errorf("code %s = %d, want %d for ever", name, got[name], code)
		}
	}
}

func TestCode_Retry(t *testing.T) {
	retry := map[abi.Code]bool{
		abi.CodeBusy: true, abi.CodeStoreUnavailable: true, abi.CodeShuttingDown: true,
	}
	for c := range abi.Code(65535) {
		want := retry[c] || c >= 4000 && c <= 4499
		if got := c.Retry(); got != want {
			t.Errorf("Retry(%d) = %t, want %t", c, got, want)
		}
	}
}

func TestResult(t *testing.T) {
	for _, tt := range []struct {
		result abi.Result
		valid  bool
		want   string
	}{
		{-1 << 31, false, "-2147483648"}, {-1, false, "-1"},
		{0, true, "done"}, {1, true, "failed"}, {2, true, "not handled"},
		{3, false, "3"}, {1<<31 - 1, false, "2147483647"},
	} {
		if got := tt.result.Valid(); got != tt.valid || tt.result.String() != tt.want {
			t.Errorf("Result %d: Valid() = %t, String() = %q, want %t, %q",
				int32(tt.result), got, tt.result, tt.valid, tt.want)
		}
	}
}

func TestLevel_Valid(t *testing.T) {
	for level, want := range map[abi.Level]bool{
		-1 << 31: false, -1: false, abi.LevelDebug: true, 1: true, 2: true, abi.LevelError: true,
		4: false, 1<<31 - 1: false,
	} {
		if got := level.Valid(); got != want {
			t.Errorf("Valid(level %d) = %t, want %t", level, got, want)
		}
	}
}

func TestFunctions(t *testing.T) {
	handlers := abi.FuncReply.Info().During
	for f := range abi.FunctionCount {
		info := f.Info()
		if got, ok := abi.FunctionByName(info.Name); !ok || got != f || f.String() != info.Name {
			t.Errorf("FunctionByName(%q) = %v, %t, want %d", info.Name, got, ok, f)
		}
		if info.Does == "" || info.During == 0 ||
			info.Params == nil && f != abi.FuncNow && f != abi.FuncReplyEnd {
			t.Errorf("function %s is %+v, want it whole", f, info)
		}
		// The specification speaks of handlers as one.
		if some := info.During & handlers; some != 0 && some != handlers {
			t.Errorf("function %s may be called during some handlers only", f)
		}
		// Only reads return a length, and every read has a buffer.
		var names []string
		for _, p := range info.Params {
			names = append(names, p.Name)
		}
		pulls := strings.HasSuffix(strings.Join(names, " "), "buf cap")
		if returns := len(info.Results) > 0; f != abi.FuncNow && returns != pulls {
			t.Errorf("function %s: returns = %t, has a buffer = %t, want the same", f, returns,
				pulls)
		}
	}
	if got, ok := abi.FunctionByName("later"); ok {
		t.Errorf("FunctionByName(later) = %v, true, want false", got)
	}
	if got := abi.FunctionCount.String(); got != "unknown function" {
		t.Errorf("String(%d) = %q, want unknown function", abi.FunctionCount, got)
	}
}

func TestFunctionInfo_Signature(t *testing.T) {
	for f, want := range map[abi.Function]string{
		abi.FuncInput: "(func (param i32 i32) (result i32))",
		abi.FuncReply: "(func (param i32 i32))",
		abi.FuncNow:   "(func (result i64))",
	} {
		if got := f.Info().Signature(); got != want {
			t.Errorf("Signature(%s) = %s, want %s", f, got, want)
		}
	}
	for v, want := range map[abi.ValueType]string{
		abi.I32: "i32", abi.I64: "i64", abi.F32: "f32", abi.F64: "f64",
		0: "unknown", 0x7b: "unknown",
	} {
		if got := v.String(); got != want {
			t.Errorf("String(type %#x) = %s, want %s", byte(v), got, want)
		}
	}
}

func TestExports(t *testing.T) {
	for e := range abi.ExportCount {
		info := e.Info()
		if got, ok := abi.ExportByName(info.Name); !ok || got != e || e.String() != info.Name {
			t.Errorf("ExportByName(%q) = %v, %t, want %d", info.Name, got, ok, e)
		}
		if info.Runs == "" || info.Input == "" {
			t.Errorf("export %s is %+v, want it whole", e, info)
		}
	}
	for _, name := range []string{"", "memory", "_start", "On_message"} {
		if got, ok := abi.ExportByName(name); ok {
			t.Errorf("ExportByName(%q) = %v, true, want false", name, got)
		}
	}
	if got := abi.ExportCount.String(); got != "unknown export" {
		t.Errorf("String(%d) = %q, want unknown export", abi.ExportCount, got)
	}
}

func TestArgumentError(t *testing.T) {
	for _, tt := range []struct {
		err  abi.ArgumentError
		want string
	}{
		{abi.ArgumentError{Function: abi.FuncSessionSet, Argument: "key", Err: abi.ErrNotUTF8},
			"session_set: key: must be UTF-8"},
		{abi.ArgumentError{Function: abi.FuncReply, Err: errors.New("not legal")},
			"reply: not legal"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
		if err := fmt.Errorf("call: %w", &tt.err); !errors.Is(err, tt.err.Err) {
			t.Errorf("errors.Is(%v, %v) = false, want true", err, tt.err.Err)
		}
	}
}
