package intent

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// FuzzClassify: any text has one of the named intents or none, the same each
// time, and values that stand in it.
func FuzzClassify(f *testing.F) {
	for _, test := range entities {
		f.Add(test.text)
	}
	for _, test := range exact {
		f.Add(test.text)
	}
	f.Add("\xff\xfe a\u0301 \u200d ﷺ \U0010ffff ١٢:٣٠ -. 5. 5.5.5 @ a@b. " +
		"1,000,000,000,000,000,000,000,000")
	d := errands()
	c := newClassifier(f, d, Options{})
	var names []string
	for i := range d.Intents {
		names = append(names, d.Intents[i].Name)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, among := range [][]string{names, names[:1], names[3:5]} {
			p, ok := c.ClassifyAt(text, among, spoken)
			again, _ := c.ClassifyAt(text, among, spoken)
			if !reflect.DeepEqual(p, again) {
				t.Fatalf("Classify(%q) = %+v, then %+v", text, p, again)
			}
			if ok != slices.Contains(among, p.Intent) {
				t.Fatalf("Classify(%q, %q) = %+v, %t", text, among, p, ok)
			}
			if ok && (p.Score < DefaultThreshold || p.Score > 1) {
				t.Fatalf("Classify(%q) has the score %v", text, p.Score)
			}
		}
		for _, name := range names {
			last := 0
			for _, v := range c.Values(text, name, spoken) {
				if v.Start < last || v.End <= v.Start || v.End > len(text) ||
					v.Value == "" || !utf8.ValidString(v.Value) {
					t.Fatalf("Values(%q, %s) has %+v", text, name, v)
				}
				last = v.Start
			}
		}
	})
}

// FuzzNew: a classifier of any definition knows all examples.
func FuzzNew(f *testing.F) {
	f.Add(`{"intents":[{"name":"a","examples":["b","{x:any}","{n:number} c"]},{"name":"b","examples":["b"]}]}`)
	f.Add(`{"language":"tr","intents":[{"name":"a","examples":["{e} {e}","İ"]}],
		"entities":[{"name":"e","values":["x y","x",{"value":"y","synonyms":["x"]}]}]}`)
	f.Add(`{"language":"ar","intents":[{"name":"a","examples":["\u0627\u0644\u0637\u0642\u0633","?!"]}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		d, err := abi.ParseDefinition([]byte(doc))
		if err != nil || len(doc) > 4<<10 {
			return
		}
		c, err := New(t.Context(), d, Options{})
		if err != nil {
			return
		}
		for _, in := range d.Intents {
			for _, text := range in.Examples {
				slots, _ := abi.Slots(text)
				p, ok := c.Classify(text, []string{in.Name})
				if len(slots) == 0 && len(tokens(text)) > 0 &&
					(!ok || p.Score != 1 || p.Intent != in.Name) {
					t.Fatalf("Classify(%q) = %+v, %t, want %q", text, p, ok, in.Name)
				}
			}
		}
	})
}

// FuzzReview: there is an opinion about each intent of any definition, the same each
// time.
func FuzzReview(f *testing.F) {
	f.Add(`{"intents":[{"name":"a","examples":["b","{any}","{n:number} c","b"]},{"name":"b","examples":["b"]}]}`)
	f.Add(`{"language":"zz","intents":[{"name":"a","examples":["{e} {e}","?!","{"]}],
		"entities":[{"name":"e","values":["x y","x"]},{"name":"any","values":["z"]}]}`)
	f.Add(`{"states":[{"name":"s","initial":true,"transitions":[{"intent":"a","to":"s"}]}],
		"intents":[{"name":"a","examples":["b c"]},{"name":"b","examples":["b c"]}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		d, err := abi.ParseDefinition([]byte(doc))
		if err != nil || len(doc) > 1<<10 {
			return
		}
		list, err := Review(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := Review(t.Context(), d)
		if len(list) != len(d.Intents) || !reflect.DeepEqual(list, again) {
			t.Fatalf("Review() = %+v, then %+v, for %d intents", list, again, len(d.Intents))
		}
		for i, o := range list {
			if o.Intent != d.Intents[i].Name || o.Examples > len(d.Intents[i].Examples) {
				t.Fatalf("%+v is about %+v", o, d.Intents[i])
			}
			for _, doubt := range o.Doubts {
				if doubt.Taken == o.Intent ||
					!slices.Contains(d.Intents[i].Examples, doubt.Example) {
					t.Fatalf("%+v is no doubt about %+v", doubt, d.Intents[i])
				}
			}
		}
	})
}

// FuzzStem: no word breaks a stemmer, keeps it for ever, or has two stems.
func FuzzStem(f *testing.F) {
	for _, word := range strings.Fields("running Häuser caballos gatísimo बच्चों الكتاب " +
		"kitaplarından ååå") {
		f.Add(word)
	}
	languages := strings.Fields("ar da de en es fi fr ga hu it nb nl pt ro ru sv ta tr xx")
	f.Fuzz(func(t *testing.T, word string) {
		word = fold(word)
		for _, language := range languages {
			stem := stemmerOf(language)
			if first, again := stem.stem(word), stem.stem(word); first != again {
				t.Fatalf("%s stems %q to %q, then to %q", language, word, first, again)
			}
		}
	})
}
