package pebble_test

import (
	"errors"
	"strings"
	"testing"

	db "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/host/session/pebble"
)

// write puts one record into the folder of a closed store.
func write(tb testing.TB, disk vfs.FS, key, value string) {
	tb.Helper()
	d, err := db.Open("data", &db.Options{FS: disk, Logger: discard{},
		FormatMajorVersion: db.FormatNewest})
	if err != nil {
		tb.Fatal(err)
	}
	if err := errors.Join(d.Set([]byte(key), []byte(value), db.Sync), d.Close()); err != nil {
		tb.Fatal(err)
	}
}

// replace gives the expiry that ends with suffix another value.
func replace(tb testing.TB, disk vfs.FS, suffix, value string) {
	tb.Helper()
	d, err := db.Open("data", &db.Options{FS: disk, Logger: discard{},
		FormatMajorVersion: db.FormatNewest})
	if err != nil {
		tb.Fatal(err)
	}
	it, err := d.NewIter(&db.IterOptions{LowerBound: []byte("x"), UpperBound: []byte("y")})
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if strings.HasSuffix(string(it.Key()), suffix) {
			err = errors.Join(err, d.Set(it.Key(), []byte(value), db.Sync))
			n++
		}
	}
	if err := errors.Join(err, it.Close(), d.Close()); err != nil || n != 1 {
		tb.Fatalf("%d expiries of %q, %v", n, suffix, err)
	}
}

type discard struct{}

func (discard) Infof(string, ...any)  {}
func (discard) Errorf(string, ...any) {}
func (discard) Fatalf(string, ...any) {}

func TestOpen_schema(t *testing.T) {
	for _, test := range []struct {
		name       string
		key, value string
		empty      bool // nothing else is in the folder
		want       error
		words      []string
	}{
		{"this one", "mschema", "\x01\x03", false, nil, nil},
		{"older", "mschema", "\x01\x02", false, nil, nil},
		{"oldest", "mschema", "\x01\x01", false, nil, nil},
		{"newer", "mschema", "\x01\x04", false, pebble.ErrNewer, []string{"version 4", "reads 3"}},
		{"much newer", "mschema", "\x01\xff\x01", false, pebble.ErrNewer, []string{"version 255"}},
		{"newer form", "mschema", "\x02what", false, pebble.ErrNewer, []string{"form 2"}},
		{"broken", "mschema", "\x01", false, pebble.ErrNewer, []string{"too short"}},
		{"something else", "key", "value", true, pebble.ErrForeign, []string{"data"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk := vfs.NewMem()
			if !test.empty {
				s := open(t, pebble.Options{Dir: "data", FS: disk})
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			write(t, disk, test.key, test.value)
			s, err := pebble.Open(pebble.Options{Dir: "data", FS: disk})
			if err == nil {
				_ = s.Close()
			}
			if !errors.Is(err, test.want) {
				t.Fatalf("Open() = %v, want %v", err, test.want)
			}
			for _, word := range test.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("Open() = %v, want it to say %q", err, word)
				}
			}
		})
	}
}

// TestCorrupt finds a broken record, and says which.
func TestCorrupt(t *testing.T) {
	disk := vfs.NewMem()
	s := open(t, pebble.Options{Dir: "data", FS: disk})
	k := key("a")
	commitTurns(t, s, "a", 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const name = "v\x00\x03both\x00\x01an" // the variable n
	write(t, disk, name, "\x09")
	s = open(t, pebble.Options{Dir: "data", FS: disk})
	_, err := s.Load(t.Context(), k)
	if err == nil || !strings.Contains(err.Error(), `both\x00\x01an`) {
		t.Errorf("Load() = %v, want the key named", err)
	}
	if page, err := s.Read(t.Context(), k, 0, 10, nil); err != nil || page.Last != 3 {
		t.Errorf("Read() = %v, %v, want what is not broken", page, err)
	}
}

// TestOpen_older: a folder of an older program says from then on that it is of
// this one, so that the older one leaves it alone.
func TestOpen_older(t *testing.T) {
	disk := vfs.NewMem()
	if err := open(t, pebble.Options{Dir: "data", FS: disk}).Close(); err != nil {
		t.Fatal(err)
	}
	write(t, disk, "mschema", "\x01\x01")
	if err := open(t, pebble.Options{Dir: "data", FS: disk}).Close(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open("data", &db.Options{FS: disk, Logger: discard{}})
	if err != nil {
		t.Fatal(err)
	}
	value, closer, err := d.Get([]byte("mschema"))
	if err != nil || string(value) != "\x01\x03" {
		t.Errorf("schema = %x, %v, want version 3", value, err)
	}
	if err := errors.Join(closer.Close(), d.Close()); err != nil {
		t.Error(err)
	}
}
