package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
)

// ReplyTable replies with a table: 1 to 256 columns with different names, and at
// most 10000 rows with a cell for each column. A cell is a string, a boolean, a
// number of any of Go's types but complex ones, or nil; a number that is not
// finite becomes nil:
//
//	s.ReplyTable([]string{"city", "°C"}, [][]any{{"Graz", 21.5}, {"Wien", nil}})
//
// It panics if a cell holds something else.
func (s *Session) ReplyTable(columns []string, rows [][]any) {
	b := append(scratch[:0], `{"columns":[`...)
	for i, name := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, name)
	}
	b = append(b, `],"rows":[`...)
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, cell := range row {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendCell(b, cell, i, j)
		}
		b = append(b, ']')
	}
	s.replyBody(KindDataframe, append(b, "]}"...))
}

// replyBody replies with a body that was put together in scratch.
func (s *Session) replyBody(kind Kind, body []byte) {
	s.ReplyAs(kind, string(body))
	keep(body)
}

func appendCell(b []byte, cell any, row, column int) []byte {
	switch v := cell.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return jsontext.AppendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return appendFloat(b, v, 64)
	case float32:
		return appendFloat(b, float64(v), 32)
	}
	if v, ok := signed(cell); ok {
		return strconv.AppendInt(b, v, 10)
	}
	if v, ok := unsigned(cell); ok {
		return strconv.AppendUint(b, v, 10)
	}
	panic("guest: column " + strconv.Itoa(column) + " of row " + strconv.Itoa(row) +
		" of a table is neither a string nor a boolean nor a number nor nil")
}

func signed(cell any) (int64, bool) {
	switch v := cell.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	}
	return 0, false
}

func unsigned(cell any) (uint64, bool) {
	switch v := cell.(type) {
	case uint:
		return uint64(v), true
	case uint64:
		return v, true
	case uint32:
		return uint64(v), true
	case uint16:
		return uint64(v), true
	case uint8:
		return uint64(v), true
	}
	return 0, false
}

// appendFloat appends a number, or null if it is not finite: JSON has no such.
func appendFloat(b []byte, v float64, bits int) []byte {
	if v-v != 0 {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}
