package jsontext_test

import (
	"errors"
	"io"
	"testing"

	"github.com/bothost/bothost/abi/jsontext"
)

func TestPlace(t *testing.T) {
	var whole jsontext.Place
	for _, tt := range []struct {
		place jsontext.Place
		want  string
	}{
		{whole, "is wrong: EOF"},
		{whole.Field("a"), "a: is wrong: EOF"},
		{whole.Index(0), "[0]: is wrong: EOF"},
		{whole.Field("a").Index(12).Field("b c").Field(""), "a[12].b c.: is wrong: EOF"},
		{whole.Index(1).Index(2), "[1][2]: is wrong: EOF"},
		{whole.Field("100%s"), "100%s: is wrong: EOF"},
	} {
		err := tt.place.Errorf("is %s: %w", "wrong", io.EOF)
		if err.Error() != tt.want || !errors.Is(err, io.EOF) {
			t.Errorf("Errorf at %q = %q, want %q that wraps EOF", tt.place, err, tt.want)
		}
	}
}
