package pebble

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	sampleKey  = session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: "id"}
	sampleHead = session.Head{
		Epoch: 1, Seq: 300, Turn: 200, State: "hello", VarBytes: 70000,
		Back: []string{"menu", "menu"}, User: "ann", Title: "pizza",
		Resume: [32]byte{0: 0xaa, 31: 0xbb}, Created: 1763712000000, Updated: -1, Keep: 60000,
	}
	sampleKnown = known{era: 3, turn: 200, epoch: 1, seq: 300, first: 65, receipts: 99,
		ends: 1766304000000}
	sampleEntry = abi.Entry{Seq: 7, From: abi.FromUser, Kind: abi.KindText, Body: "hi", ID: "m1",
		Time: 1763712000000, Turn: 4}
	sampleFiles = abi.Entry{Seq: 8, From: abi.FromUser, Kind: abi.KindFiles, Body: "[]", ID: "m2",
		Time: 1763712000000, Turn: 5, Refs: []string{"aa", "bb"}}
	sampleReceipt = session.Receipt{ID: "m1", Hash: 0x0123456789abcdef, Epoch: 1, Seq: 7, Turn: 4}
	sampleJob     = session.Job{ID: "tea", Kind: session.JobTimer, Name: "tea",
		Due: 1763712000000, Turn: 4, Data: "{}"}
)

// TestLayout holds the form of keys and values: who changes it makes a new schema.
func TestLayout(t *testing.T) {
	var b strings.Builder
	line := func(name string, bytes []byte) {
		fmt.Fprintf(&b, "%-18s %s\n", name, hex.EncodeToString(bytes))
	}
	line("key entry", appendNumbered(nil, kindEntry, sampleKey, 7))
	line("key head", appendKey(nil, kindHead, sampleKey))
	line("key job", appendNamed(nil, kindJob, sampleKey, "tea"))
	line("key schema", schemaKey)
	line("key run", runKey)
	line("key receipt", appendReceiptKey(nil, sampleKey, 2, "m1"))
	line("key variable", appendNamed(nil, kindVariable, sampleKey, "name"))
	line("key expiry", appendExpiryKey(nil, 20443, sampleKey))
	line("key expiry 1969", appendExpiryKey(nil, -1, sampleKey))
	line("head", appendHead(nil, &sampleHead, &sampleKnown))
	line("entry", appendEntry(nil, &sampleEntry))
	line("entry with refs", appendEntry(nil, &sampleFiles))
	line("receipt", appendReceipt(nil, &sampleReceipt))
	line("job", appendJob(nil, &sampleJob))
	line("variable", appendVariable(nil, "value"))
	line("expiry", appendExpiry(nil, 1766304000000))
	line("run", appendRun(nil, run{era: 3, durability: Interval, clean: true}))
	const name = "testdata/layout.txt"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the layout is\n%swant\n%s", b.String(), want)
	}
}

// formOne is the sample head as programs wrote it that knew no states to return to.
func formOne(tb testing.TB) []byte {
	tb.Helper()
	resume := "aa" + strings.Repeat("00", 30) + "bb"
	b, err := hex.DecodeString("0101ac02c8010568656c6c6fe0c508" + resume +
		"8080ebd6d46601c0a9070003416380a0e1fee766")
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// formTwo is the sample head as programs wrote it that knew nobody who began one.
func formTwo(tb testing.TB) []byte {
	tb.Helper()
	resume := "aa" + strings.Repeat("00", 30) + "bb"
	b, err := hex.DecodeString("0201ac02c8010568656c6c6f02046d656e75046d656e75e0c508" + resume +
		"8080ebd6d46601c0a9070003416380a0e1fee766")
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestValues(t *testing.T) {
	if got, err := decodeHead(appendHead(nil, &sampleHead, &sampleKnown)); err != nil ||
		!got.Equal(&sampleHead) || got.known != sampleKnown {
		t.Errorf("head = %+v, %v", got, err)
	}
	old := sampleHead
	old.User, old.Title = "", ""
	if got, err := decodeHead(formTwo(t)); err != nil ||
		!got.Equal(&old) || got.known != sampleKnown {
		t.Errorf("head of form 2 = %+v, %v", got, err)
	}
	old.Back = nil
	if got, err := decodeHead(formOne(t)); err != nil ||
		!got.Equal(&old) || got.known != sampleKnown {
		t.Errorf("head of form 1 = %+v, %v", got, err)
	}
	if got, err := decodeEntry(appendEntry(nil, &sampleEntry)); err != nil || !got.Equal(&sampleEntry) {
		t.Errorf("entry = %+v, %v", got, err)
	}
	if got, err := decodeEntry(appendEntry(nil, &sampleFiles)); err != nil || !got.Equal(&sampleFiles) {
		t.Errorf("entry with refs = %+v, %v", got, err)
	}
	got, err := decodeReceipt(appendReceipt(nil, &sampleReceipt), "m1")
	if err != nil || got != sampleReceipt {
		t.Errorf("receipt = %+v, %v", got, err)
	}
	if got, err := decodeJob(appendJob(nil, &sampleJob), "tea"); err != nil || got != sampleJob {
		t.Errorf("job = %+v, %v", got, err)
	}
}

// decoders are all forms of values, each with the law that what was decoded is
// encoded to something that decodes to the same.
var decoders = []func([]byte) (again []byte, err error){
	func(b []byte) ([]byte, error) {
		s, err := decodeHead(b)
		return appendHead(nil, &s.Head, &s.known), err
	},
	func(b []byte) ([]byte, error) {
		e, err := decodeEntry(b)
		return appendEntry(nil, &e), err
	},
	func(b []byte) ([]byte, error) {
		r, err := decodeReceipt(b, "")
		return appendReceipt(nil, &r), err
	},
	func(b []byte) ([]byte, error) {
		j, err := decodeJob(b, "")
		return appendJob(nil, &j), err
	},
	func(b []byte) ([]byte, error) {
		v, err := decodeVariable(b)
		return appendVariable(nil, v), err
	},
	func(b []byte) ([]byte, error) {
		ends, err := decodeExpiry(b)
		return appendExpiry(nil, ends), err
	},
	func(b []byte) ([]byte, error) {
		r, err := decodeRun(b)
		return appendRun(nil, r), err
	},
}

func FuzzValues(f *testing.F) {
	f.Add(appendHead(nil, &sampleHead, &sampleKnown))
	f.Add(formOne(f))
	f.Add(appendEntry(nil, &sampleEntry))
	f.Add(appendReceipt(nil, &sampleReceipt))
	f.Add(appendJob(nil, &sampleJob))
	f.Add(appendVariable(nil, "value"))
	f.Add(appendExpiry(nil, -1))
	f.Add(appendRun(nil, run{era: 1}))
	f.Add([]byte{})
	f.Add([]byte{2})
	f.Add([]byte("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for i, decode := range decoders {
			first, err := decode(b)
			if err != nil {
				continue
			}
			if len(b) == 0 || b[0] != valueVersion && (i > 0 || b[0] != headVersion) {
				t.Fatalf("decoder %d took the form %x", i, b)
			}
			second, err := decode(first)
			if err != nil || !bytes.Equal(first, second) {
				t.Fatalf("decoder %d: %x, then %x, %v", i, first, second, err)
			}
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add(appendSession(nil, sampleKey))
	f.Add(appendNumbered(nil, kindEntry, sampleKey, 1)[1:])
	f.Add([]byte{0, 0, 'h', 0, 9, 'a'})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		key, rest, err := cutSession(b)
		if err != nil {
			return
		}
		if again := append(appendSession(nil, key), rest...); !bytes.Equal(again, b) {
			t.Fatalf("%x is %+v and %x, and then %x", b, key, rest, again)
		}
	})
}

// TestKeyOrder holds that keys sort as sessions do, and numbers as numbers.
func TestKeyOrder(t *testing.T) {
	keys := []session.Key{
		{}, {ID: "a"}, {ID: "\x00\x00"}, {ID: "ab"}, {Namespace: 'c'}, {Namespace: 'h'},
		{Bot: "b"}, {Bot: "b", ID: "\xff"}, {Bot: "\xff"}, {Bot: "aa"}, {Bot: "aa", ID: "zzz"},
	}
	for i, a := range keys {
		for j, b := range keys {
			want := bytes.Compare(appendSession(nil, a), appendSession(nil, b))
			if got := a.Compare(b); got != want {
				t.Errorf("%d and %d: Compare = %d, the bytes say %d", i, j, got, want)
			}
		}
	}
	days := []int64{-1 << 63, -1 << 40, -2, -1, 0, 1, 20443, 1 << 40, 1<<63 - 1}
	for i := range days[1:] {
		a, b := appendDay(nil, days[i]), appendDay(nil, days[i+1])
		if bytes.Compare(a, b) >= 0 {
			t.Errorf("day %d sorts after day %d", days[i], days[i+1])
		}
	}
}

func TestDayOf(t *testing.T) {
	const day = 86_400_000
	for _, test := range []struct{ ms, want int64 }{
		{-day - 1, -2}, {-day, -1}, {-1, -1}, {0, 0}, {day - 1, 0}, {day, 1},
		{-1 << 63, -106751991168}, {1<<63 - 1, 106751991167},
	} {
		if got := dayOf(test.ms); got != test.want {
			t.Errorf("dayOf(%d) = %d, want %d", test.ms, got, test.want)
		}
	}
}

func TestCheckKey(t *testing.T) {
	for _, test := range []struct {
		n    int
		want error
	}{{maxText - 1, nil}, {maxText, nil}, {maxText + 1, errKeyTooLong}} {
		text := strings.Repeat("a", test.n)
		for _, key := range []session.Key{{Bot: text}, {ID: text}} {
			if err := checkKey(key); !errors.Is(err, test.want) {
				t.Errorf("checkKey(%d bytes) = %v, want %v", test.n, err, test.want)
			}
		}
	}
}
