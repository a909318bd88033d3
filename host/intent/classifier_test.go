package intent

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
)

// travel is a definition with what most tests need.
func travel() *abi.Definition {
	return &abi.Definition{
		Entities: []abi.Entity{
			{Name: "city", Values: []abi.EntityValue{
				{Value: "Barcelona", Synonyms: []string{"BCN"}},
				{Value: "New York", Synonyms: []string{"NYC", "Big Apple"}},
				{Value: "York"},
				{Value: "東京", Synonyms: []string{"Tokyo"}},
				{Value: "서울"},
			}},
			{Name: "class", Values: []abi.EntityValue{{Value: "first"}, {Value: "economy"}}},
		},
		Intents: []abi.Intent{
			{Name: "hello",
				Examples: []string{"hello", "hi there", "Grüß Gott", "👋", "What's up?"}},
			{Name: "weather", Examples: []string{
				"what is the weather in {city}", "{city} weather", "{city}の天気", "{city} 날씨",
			}},
			{Name: "flight", Examples: []string{
				"fly from {from:city} to {to:city}", "{class} class to {city}", "{city}",
			}},
		},
	}
}

func newClassifier(tb testing.TB, d *abi.Definition, opts Options) *Classifier {
	tb.Helper()
	c, err := New(tb.Context(), d, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// said is a value of a slot, without its place.
type said struct{ Name, Value string }

// pairs returns values without their places, which must be in the text and in order.
func pairs(tb testing.TB, text string, params []abi.SlotValue) (list []said) {
	tb.Helper()
	last := 0
	for _, p := range params {
		if p.Start < last || p.End <= p.Start || p.End > len(text) {
			tb.Errorf("%+v does not stand in %q after %d", p, text, last)
		}
		last = p.End
		list = append(list, said{p.Name, p.Value})
	}
	return list
}

// exact are texts that are examples.
var exact = []struct {
	name, text string
	among      string
	intent     string
	params     []said
}{
	{"as it is", "hello", "hello weather", "hello", nil},
	{"case", "HELLO", "hello weather", "hello", nil},
	{"spaces", "  hi \n\tthere ", "hello", "hello", nil},
	{"punctuation", "Hi, there!!", "hello", "hello", nil},
	{"an apostrophe", "whats up", "hello", "hello", nil},
	{"a curved apostrophe", "What’s up", "hello", "hello", nil},
	{"folded letters", "GRÜSS GOTT", "hello", "hello", nil},
	{"composed letters", "Gru\u0308ß Gott", "hello", "hello", nil},
	{"a symbol", "👋", "hello", "hello", nil},
	{"a value", "what is the weather in barcelona?", "weather", "weather",
		[]said{{Name: "city", Value: "Barcelona"}}},
	{"a synonym", "what is the weather in BCN", "weather", "weather",
		[]said{{Name: "city", Value: "Barcelona"}}},
	{"the longest value", "new york weather", "weather", "weather",
		[]said{{Name: "city", Value: "New York"}}},
	{"a part of a longer value", "york weather", "weather", "weather",
		[]said{{Name: "city", Value: "York"}}},
	{"two values of one entity", "Fly from NYC to york", "flight", "flight",
		[]said{{Name: "from", Value: "New York"}, {Name: "to", Value: "York"}}},
	{"two entities", "First class to Tokyo", "flight", "flight",
		[]said{{Name: "class", Value: "first"}, {Name: "city", Value: "東京"}}},
	{"a script without spaces", "東京の天気", "weather", "weather",
		[]said{{Name: "city", Value: "東京"}}},
	{"Korean", "서울날씨", "weather", "weather", []said{{Name: "city", Value: "서울"}}},
	{"not among those named", "hello", "weather flight", "", nil},
	{"a name that nobody declared", "hello", "nobody", "", nil},
	{"none named", "hello", "", "", nil},
	{"nothing", "", "hello weather flight", "", nil},
	{"no text", " .,; ", "hello weather flight", "", nil},
	{"broken text", "hello\xff", "hello", "hello", nil},
}

func TestClassify(t *testing.T) {
	c := newClassifier(t, travel(), Options{})
	for _, test := range exact {
		t.Run(test.name, func(t *testing.T) {
			p, ok := c.Classify(test.text, strings.Fields(test.among))
			if ok != (test.intent != "") || p.Intent != test.intent ||
				!reflect.DeepEqual(pairs(t, test.text, p.Params), test.params) {
				t.Errorf("Classify(%q, %q) = %+v, %t, want %q, %+v",
					test.text, test.among, p, ok, test.intent, test.params)
			}
			if ok && p.Score != 1 {
				t.Errorf("Classify(%q, %q) has the score %v, want 1", test.text,
					test.among, p.Score)
			}
		})
	}
}

// Values stand where they were said, in bytes, whatever the script.
func TestClassify_places(t *testing.T) {
	c := newClassifier(t, errands(), Options{})
	tests := []struct{ name, among, text, want string }{
		{"an example", "trip", "go from NYC to  München", "NYC|München"},
		{"other scripts", "weather", "what's the weather in 東京?", "東京"},
		{"learned", "pizza", "I want a big pizza with goat-cheese", "big|goat-cheese"},
		{"several of one kind", "pizza", "a big pizza with ham and mushrooms",
			"big|ham|mushrooms"},
		{"a date and a time", "meet",
			"please meet me on Friday at 5 p.m. sharp", "on Friday|5 p.m"},
		{"any text", "remind", "Remind me to buy milk, bread", "buy milk, bread"},
		{"anything", "name", " «Ann» ", "Ann"},
		{"an address", "mail", "send it to a.b@c.example!", "a.b@c.example"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, _ := c.ClassifyAt(test.text, []string{test.among}, spoken)
			var got []string
			for _, v := range p.Params {
				got = append(got, test.text[v.Start:v.End])
			}
			if got := strings.Join(got, "|"); got != test.want {
				t.Errorf("Classify(%q) has values at %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestClassify_noIntents(t *testing.T) {
	for name, d := range map[string]*abi.Definition{"nil": nil, "empty": {}} {
		if p, ok := newClassifier(t, d, Options{}).Classify("hello", []string{"hello"}); ok {
			t.Errorf("a classifier of %s = %+v, want no intent", name, p)
		}
	}
	if p, ok := (*Classifier)(nil).Classify("hello", []string{"hello"}); ok {
		t.Errorf("a nil classifier = %+v, want no intent", p)
	}
}

func TestNew_limits(t *testing.T) {
	many := func(n int) []abi.Intent {
		list := make([]abi.Intent, n)
		for i := range list {
			list[i] = abi.Intent{Name: fmt.Sprint(i),
				Examples: []string{fmt.Sprint("example ", i)}}
		}
		return list
	}
	long := strings.Repeat("long ", maxTraining/5/2)
	tests := []struct {
		name string
		d    abi.Definition
		ok   bool
	}{
		{"most intents", abi.Definition{Intents: many(maxIntents)}, true},
		{"too many intents", abi.Definition{Intents: many(maxIntents + 1)}, false},
		{"a long example", abi.Definition{
			Intents: []abi.Intent{{Name: "a", Examples: []string{long}}}}, true},
		{"too many long examples", abi.Definition{
			Intents: []abi.Intent{{Name: "a", Examples: []string{long, long, long}}}}, false},
		{"a long value in many slots", abi.Definition{
			Intents:  []abi.Intent{{Name: "a", Examples: []string{"{v}"}}},
			Entities: []abi.Entity{{Name: "v", Values: []abi.EntityValue{{Value: long}}}}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := New(t.Context(), &test.d, Options{}); (err == nil) != test.ok {
				t.Errorf("New() = %v, want no error: %t", err, test.ok)
			}
		})
	}
}

// learned are texts that are like the examples, or like none.
var learned = []struct {
	name, text string
	among      string
	want       string
}{
	{"more words", "what is the weather like in Barcelona today",
		"hello weather flight", "weather"},
	{"another value", "how is the weather in the Big Apple", "hello weather flight", "weather"},
	{"a typing error", "whats the wether in Tokyo", "hello weather flight", "weather"},
	{"another order", "to York I want to fly from Tokyo", "hello weather flight", "flight"},
	{"unlike all", "my printer smells of cabbage", "hello weather flight", ""},
	{"the best one is not named", "what is the weather like in Barcelona today", "hello", ""},
	{"unknown script", "Ποιος είναι εκεί;", "hello weather flight", ""},
}

func TestClassify_learned(t *testing.T) {
	c := newClassifier(t, travel(), Options{})
	again := newClassifier(t, travel(), Options{})
	for _, test := range learned {
		t.Run(test.name, func(t *testing.T) {
			p, ok := c.Classify(test.text, strings.Fields(test.among))
			if p.Intent != test.want || ok != (test.want != "") {
				t.Errorf("Classify(%q, %q) = %+v, %t, want %q", test.text,
					test.among, p, ok, test.want)
			}
			if ok && (p.Score < DefaultThreshold || p.Score >= 1) {
				t.Errorf("Classify(%q) has the score %v, want one from %v to 1",
					test.text, p.Score, DefaultThreshold)
			}
			if q, _ := again.Classify(test.text,
				strings.Fields(test.among)); !reflect.DeepEqual(p, q) {
				t.Errorf("Classify(%q) = %+v, and %+v if learned again", test.text, p, q)
			}
		})
	}
}

// languages are examples of two intents each, and a text like the first one's.
var languages = []struct {
	language     string
	first, other []string
	text         string
}{
	{"de", []string{"wie wird das Wetter", "regnet es morgen"},
		[]string{"buche einen Tisch", "ich möchte reservieren"}, "wird das Wetter morgen schöner"},
	{"es", []string{"qué tiempo hace", "va a llover mañana"},
		[]string{"reservar una mesa", "quiero cenar"}, "¿Qué tiempo hará mañana?"},
	{"fr", []string{"quel temps fait-il", "va-t-il pleuvoir demain"},
		[]string{"réserver une table", "je voudrais dîner"}, "Quel temps fera-t-il demain"},
	{"ru", []string{"какая сегодня погода", "будет ли дождь завтра"},
		[]string{"забронировать столик", "хочу поужинать"}, "Какой погоды ждать завтра"},
	{"tr", []string{"hava nasıl olacak", "yarın yağmur yağacak mı"},
		[]string{"masa ayırtmak istiyorum", "rezervasyon yap"}, "Yarın hava nasıl"},
	{"ar", []string{"كيف الطقس اليوم", "هل ستمطر غدا"},
		[]string{"احجز طاولة", "أريد العشاء"}, "كيف سيكون الطقس غدا"},
	{"el", []string{"τι καιρό κάνει", "θα βρέξει αύριο"},
		[]string{"κλείσε τραπέζι", "θέλω να φάω"}, "ΤΙ ΚΑΙΡΌ ΘΑ ΚΆΝΕΙ ΑΎΡΙΟ"},
	{"zh", []string{"今天天气怎么样", "明天会下雨吗"}, []string{"我想订一张桌子", "预订晚餐"}, "明天天气如何"},
	{"ja", []string{"今日の天気は", "明日は雨ですか"}, []string{"席を予約したい", "夕食の予約"}, "明日の天気を教えて"},
	{"ko", []string{"오늘 날씨 어때", "내일 비가 오나요"}, []string{"자리를 예약해 주세요", "저녁 예약"}, "내일 날씨는요"},
	{"th", []string{"วันนี้อากาศเป็นอย่างไร", "พรุ่งนี้ฝนจะตกไหม"},
		[]string{"จองโต๊ะ", "อยากกินข้าวเย็น"}, "พรุ่งนี้อากาศดีไหม"},
	{"hi", []string{"आज मौसम कैसा है", "कल बारिश होगी"}, []string{"मेज बुक करो", "खाना चाहिए"},
		"कल मौसम कैसा होगा"},
	{"tlh", []string{"muD Dotlh yIja'", "wa'leS SISlaH'a'"},
		[]string{"raS vIneH", "jISop vIneH"}, "DaH muD Dotlh"},
}

func TestClassify_languages(t *testing.T) {
	for _, test := range languages {
		t.Run(test.language, func(t *testing.T) {
			c := newClassifier(t, &abi.Definition{Language: test.language, Intents: []abi.Intent{
				{Name: "first", Examples: test.first}, {Name: "other", Examples: test.other},
			}}, Options{})
			p, ok := c.Classify(test.text, []string{"first", "other"})
			if !ok || p.Intent != "first" || p.Score == 1 {
				t.Errorf("Classify(%q) = %+v, %t, want the first intent, and not for sure",
					test.text, p, ok)
			}
			if p, ok := c.Classify("xyzzy 42", []string{"first", "other"}); ok {
				t.Errorf("Classify(xyzzy 42) = %+v, want no intent", p)
			}
		})
	}
}

// What an intent gets must not depend on whether few or many compete.
func TestLinear_score(t *testing.T) {
	d := errands()
	c := newClassifier(t, d, Options{})
	scores := make([]float32, len(d.Intents))
	for _, test := range entities {
		features := c.model.vocabulary.features(c.extractor.counts(tokens(test.text), nil))
		c.model.linear.scores(features, scores)
		for i, want := range scores {
			if got := c.model.linear.score(features, i); got != want {
				t.Errorf("score(%q, %d) = %v, want %v", test.text, i, got, want)
			}
		}
	}
}

// A text that could have two intents has one of them, but not for sure.
func TestClassify_ambiguous(t *testing.T) {
	d := &abi.Definition{Intents: []abi.Intent{
		{Name: "open",
			Examples: []string{"open the big red door", "unlock everything", "let them in"}},
		{Name: "close", Examples: []string{
			"close the big red door", "lock everything up", "keep them out"}},
		{Name: "hello", Examples: []string{"good morning", "hello my friend", "nice to meet you"}},
		{Name: "song", Examples: []string{"play some jazz", "sing me a song", "music please"}},
		{Name: "time",
			Examples: []string{"what time is it", "how late is it", "tell me the hour"}},
	}}
	c := newClassifier(t, d, Options{})
	among := []string{"open", "close"}
	unsure, ok := c.Classify("the big red door", among)
	sure, _ := c.Classify("please open the big red door now", among)
	if !ok || unsure.Score < DefaultThreshold || unsure.Score > 0.9 {
		t.Errorf("Classify() = %+v, want one that is not sure", unsure)
	}
	if sure.Score < 0.99 || sure.Intent != "open" {
		t.Errorf("Classify() = %+v, want open for sure", sure)
	}
}

// An example that can be taken apart in very many ways must not cost time.
func TestClassify_manyWays(t *testing.T) {
	d := &abi.Definition{Entities: []abi.Entity{{Name: "a"}}}
	for n := 1; n < 40; n++ {
		v := abi.EntityValue{Value: strings.Repeat("a ", n)}
		d.Entities[0].Values = append(d.Entities[0].Values, v)
	}
	d.Intents = []abi.Intent{{Name: "as", Examples: []string{strings.Repeat("{a} ", 30) + "b"}}}
	c := newClassifier(t, d, Options{})
	if p, ok := c.Classify(strings.Repeat("a ", maxText), []string{"as"}); ok && p.Score == 1 {
		t.Errorf("a long text = %+v, want no example", p)
	}
}

func TestClassifier_Hammer(t *testing.T) {
	c := newClassifier(t, travel(), Options{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				test := exact[i%len(exact)]
				p, _ := c.Classify(test.text, strings.Fields(test.among))
				got := fmt.Sprint(p.Intent, pairs(t, test.text, p.Params))
				if got != fmt.Sprint(test.intent, test.params) {
					t.Errorf("Classify(%q) = %s", test.text, got)
				}
			}
		})
	}
	wg.Wait()
}
