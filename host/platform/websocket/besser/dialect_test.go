package besser

import "testing"

func TestDialectByName(t *testing.T) {
	for _, name := range []string{"agent", "bot"} {
		if d, ok := DialectByName(name); !ok || d.String() != name {
			t.Errorf("DialectByName(%s) = %v, %v", name, d, ok)
		}
	}
	if d, ok := DialectByName("cat"); ok {
		t.Errorf("DialectByName(cat) = %v", d)
	}
}
