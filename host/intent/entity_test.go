package intent

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// spoken is when the texts of the tests were said: a Wednesday.
var spoken = time.Date(2026, time.November, 18, 14, 30, 0, 0, time.UTC)

// errands is a definition with all kinds of slots.
func errands() *abi.Definition {
	value := func(v string, synonyms ...string) abi.EntityValue {
		return abi.EntityValue{Value: v, Synonyms: synonyms}
	}
	return &abi.Definition{
		Entities: []abi.Entity{
			{Name: "city", Values: []abi.EntityValue{
				value("Barcelona", "BCN", "Barna"),
				value("New York", "NYC", "Big Apple"), value("York"),
				value("Rome"), value("München", "Munich"), value("São Paulo"),
				value("Frankfurt am Main", "Frankfurt"),
				value("Frankfurt an der Oder"), value("Αθήνα", "Athens"), value("Москва"),
				value("東京", "Tokyo"),
				value("서울", "Seoul"), value("กรุงเทพ", "Bangkok"), value("القاهرة", "Cairo"),
				value("दिल्ली", "Delhi"),
			}},
			{Name: "size", Values: []abi.EntityValue{value("small"),
				value("large", "big", "extra large"), value("C#"), value("C")}},
			{Name: "topping", Values: []abi.EntityValue{
				value("cheese"), value("ham"), value("mushrooms", "mushroom"),
				value("goat cheese")}},
		},
		Intents: []abi.Intent{
			{Name: "weather",
				Examples: []string{"what is the weather in {city}", "weather in {city} on {date}"}},
			{Name: "trip", Examples: []string{
				"go from {from:city} to {to:city}",
				"a ticket to {to:city} from {from:city} on {date}"}},
			{Name: "pizza", Examples: []string{"a {size} pizza with {topping}",
				"{count:number} pizzas with {topping}"}},
			{Name: "count", Examples: []string{"give me {number}", "{number}"}},
			{Name: "meet",
				Examples: []string{"meet me {date} at {time}", "let us meet at {time}"}},
			{Name: "day", Examples: []string{"on {date}"}},
			{Name: "wait", Examples: []string{"wait for {duration}", "take {duration}"}},
			{Name: "range", Examples: []string{"between {low:number} and {high:number}",
				"{low:number} to {high:number}"}},
			{Name: "mail", Examples: []string{"send it to {email}", "my address is {email}"}},
			{Name: "remind", Examples: []string{
				"remind me to {what:any} at {time}", "remind me to {what:any}",
				"call {who:any} {date}"}},
			{Name: "name", Examples: []string{"{name:any}", "my name is {name:any}",
				"people call me {name:any}"}},
		},
	}
}

// entities are texts with the values that an intent's slots have in them.
var entities = []struct{ name, intent, text, want string }{
	// Value lists.
	{"value", "weather", "how is it in Rome", "city=Rome"},
	{"case", "weather", "ROME please", "city=Rome"},
	{"synonym", "weather", "what's it like in BCN", "city=Barcelona"},
	{"synonym of two words", "weather", "is it cold in the big apple?", "city=New York"},
	{"longest", "weather", "new york", "city=New York"},
	{"part of a longer one", "weather", "old york", "city=York"},
	{"synonym within a value", "weather", "frankfurt an der oder", "city=Frankfurt an der Oder"},
	{"shorter if the rest is missing", "weather", "frankfurt an der Isar",
		"city=Frankfurt am Main"},
	{"punctuation", "weather", "in New-York?!", "city=New York"},
	{"accents", "weather", "in SÃO PAULO", "city=São Paulo"},
	{"decomposed accents", "weather", "Mu\u0308nchen", "city=München"},
	{"possessive", "weather", "Barcelona's weather", "city=Barcelona"},
	{"nothing found", "weather", "how is it at home", ""},
	{"nothing at all", "weather", "", ""},
	{"at the end of a very long text", "weather",
		strings.Repeat("and then ", 400) + "Rome", "city=Rome"},
	{"behind what is looked at", "weather", strings.Repeat("and then ", 1000) + "Rome", ""},
	{"before a very long text", "trip", "from Rome to York " + strings.Repeat("и ", 100_000),
		"from=Rome to=York"},
	{"a very long word", "weather", strings.Repeat("barcelona", 100_000), ""},
	{"only punctuation", "weather", "?!", ""},
	{"symbols are words", "pizza", "c# please", "size=C#"},
	{"without the symbol", "pizza", "c, please", "size=C"},
	// Typing errors.
	{"letter too much", "weather", "weather in barcellona", "city=Barcelona"},
	{"letter too few", "weather", "weather in barclona", "city=Barcelona"},
	{"another letter", "weather", "weather in barcekona", "city=Barcelona"},
	{"letters in the wrong order", "weather", "weather in bacrelona", "city=Barcelona"},
	{"first letter", "weather", "weather in varcelona", "city=Barcelona"},
	{"accent missing", "weather", "weather in munchen", "city=München"},
	{"error in one word of several", "weather", "frankfurt an der odar", "city=Frankfurt am Main"},
	{"error in a long word of several", "weather", "frankfurd an der oder",
		"city=Frankfurt an der Oder"},
	{"two errors", "weather", "weather in bracelonna", ""},
	{"short words must be right", "weather", "weather in rame", ""},
	{"words of examples are no errors", "pizza", "a pizza with cheese", "topping=cheese"},
	{"errors in other scripts", "weather", "погода в Мосва", "city=Москва"},
	// Several of one kind.
	{"two slots of an entity", "trip", "from Rome to Munich", "from=Rome to=München"},
	{"the other way round", "trip", "to Rome from Munich", "to=Rome from=München"},
	{"no words beside them", "trip", "Rome, Munich", "from=Rome to=München"},
	{"one of two", "trip", "I want to Rome", "to=Rome"},
	{"the other of two", "trip", "starting from Rome", "from=Rome"},
	{"more than slots", "trip", "from Rome to Munich and Athens", "from=Rome to=München to=Αθήνα"},
	{"list", "pizza", "with ham, cheese and mushrooms",
		"topping=ham topping=cheese topping=mushrooms"},
	{"same value twice", "pizza", "ham and ham", "topping=ham topping=ham"},
	{"values that share a word", "weather", "the big apple pie of new york and york",
		"city=New York city=New York city=York"},
	{"short words of several must be right", "weather", "new yorke", ""},
	{"overlapping values", "pizza", "goat cheese and cheese",
		"topping=goat cheese topping=cheese"},
	{"two entities", "pizza", "a big pizza with mushroom", "size=large topping=mushrooms"},
	{"three entities", "pizza", "two extra large pizzas with ham",
		"count=2 size=large topping=ham"},
	{"entities of other intents", "weather", "two pizzas in Rome with ham", "city=Rome"},
	// Other scripts.
	{"Greek", "weather", "καιρός στην ΑΘΉΝΑ", "city=Αθήνα"},
	{"Cyrillic", "weather", "погода москва", "city=Москва"},
	{"Japanese", "weather", "今日の東京の天気", "city=東京"},
	{"Korean with a particle", "weather", "서울에서 날씨", "city=서울"},
	{"Thai", "weather", "อากาศกรุงเทพวันนี้", "city=กรุงเทพ"},
	{"Arabic", "weather", "الطقس في القاهرة", "city=القاهرة"},
	{"Hebrew around it", "weather", "מה מזג האוויר ב-Rome היום", "city=Rome"},
	{"scripts in one text", "trip", "из Москва в 東京, please", "from=Москва to=東京"},
	{"full width letters", "weather", "Ｒｏｍｅ", "city=Rome"},
	{"Hindi", "weather", "दिल्ली का मौसम", "city=दिल्ली"},
	// Numbers.
	{"digits", "count", "give me 42 of them", "number=42"},
	{"leading zeros", "count", "007", "number=7"},
	{"zero", "count", "00", "number=0"},
	{"point", "count", "give me 3.50", "number=3.50"},
	{"thousands", "count", "give me 1,234,567.8", "number=1234567.8"},
	{"commas of a list", "count", "give me 1, 2,3", "number=1 number=2 number=3"},
	{"minus", "count", "it is -5 degrees", "number=-5"},
	{"hyphen", "count", "gate-5", "number=5"},
	{"unit", "count", "5kg", "number=5"},
	{"full width", "count", "５ please", "number=5"},
	{"Arabic digits", "count", "٤٢", "number=42"},
	{"Devanagari digits", "count", "१२", "number=12"},
	{"word", "count", "seven of them", "number=7"},
	{"two words", "count", "twenty-one", "number=21"},
	{"many words", "count", "two hundred and fifty three thousand and six", "number=253006"},
	{"a hundred", "count", "a hundred", "number=100"},
	{"dozens", "count", "two dozen eggs", "number=24"},
	{"a dozen", "count", "a dozen", "number=12"},
	{"millions", "count", "one million two thousand", "number=1002000"},
	{"years", "count", "nineteen ninety", "number=19 number=90"},
	{"a scale alone", "count", "hundred", ""},
	{"an article alone", "count", "a pizza", ""},
	{"words that are two numbers", "count", "five twenty", "number=5 number=20"},
	{"no number", "count", "give me none", ""},
	{"version", "count", "1.2.3", "number=1 number=2.3"},
	{"far too long", "count", strings.Repeat("9", 100), ""},
	{"between", "range", "something between 5 and 10", "low=5 high=10"},
	{"to", "range", "five to ten", "low=5 high=10"},
	// Dates.
	{"ISO", "day", "on 2026-12-24", "date=2026-12-24"},
	{"month first", "day", "on 12/24/2026", "date=2026-12-24"},
	{"no such month", "day", "on 24/12/2026", "date=2026-12-24"},
	{"points", "day", "on 24.12.2026", "date=2026-12-24"},
	{"no such day", "day", "on 2026-02-30", ""},
	{"month", "day", "December 24", "date=2026-12-24"},
	{"month with a year", "day", "Dec 24th, 2027", "date=2027-12-24"},
	{"day of a month", "day", "the 3rd of March", "date=2027-03-03"},
	{"day before a month", "day", "24 december", "date=2026-12-24"},
	{"may is not always a month", "day", "may I come", ""},
	{"leap day", "day", "february 29", "date=2028-02-29"},
	{"day alone", "day", "on the 5th", "date=2026-12-05"},
	{"today", "day", "Today!", "date=2026-11-18"},
	{"tomorrow", "day", "tomorrow", "date=2026-11-19"},
	{"day after tomorrow", "day", "the day after tomorrow", "date=2026-11-20"},
	{"yesterday", "day", "since yesterday", "date=2026-11-17"},
	{"weekday", "day", "on Friday", "date=2026-11-20"},
	{"this weekday", "day", "this wednesday", "date=2026-11-18"},
	{"next weekday", "day", "next Monday", "date=2026-11-23"},
	{"same weekday", "day", "wednesday", "date=2026-11-25"},
	{"last weekday", "day", "last Monday", "date=2026-11-16"},
	{"in days", "day", "in 3 days", "date=2026-11-21"},
	{"the last year of four digits", "day", "in 7973 years", "date=9999-11-18"},
	{"the year zero", "day", "0000-01-01", ""},
	{"one of five", "day", "in 7974 years", ""},
	{"one before the first", "day", "2027 years ago", ""},
	{"in a week", "day", "in a week", "date=2026-11-25"},
	{"ago", "day", "two weeks ago", "date=2026-11-04"},
	{"next month", "day", "next month", "date=2026-12-18"},
	{"two dates", "day", "tomorrow or on 1/2/2027", "date=2026-11-19 date=2027-01-02"},
	// Times.
	{"colon", "meet", "at 15:45", "time=15:45"},
	{"seconds", "meet", "at 15:45:10", "time=15:45:10"},
	{"pm", "meet", "at 5pm", "time=17:00"},
	{"a.m.", "meet", "at 12:15 a.m.", "time=00:15"},
	{"noon", "meet", "at noon", "time=12:00"},
	{"o'clock", "meet", "at five o'clock", "time=05:00"},
	{"evening", "meet", "8 in the evening", "time=20:00"},
	{"half past", "meet", "half past five pm", "time=17:30"},
	{"quarter to", "meet", "a quarter to six", "time=05:45"},
	{"no such time", "meet", "at 25:10", ""},
	{"in minutes", "meet", "in 5 minutes", "time=2026-11-18T14:35:00Z"},
	{"in half an hour", "meet", "in half an hour", "time=2026-11-18T15:00:00Z"},
	{"a time in a year of five digits", "meet", "in 7974 years and 2 hours", ""},
	{"hours from now", "meet", "two hours from now", "time=2026-11-18T16:30:00Z"},
	{"in a number of minutes and seconds", "meet", "in 1 minute and 30 seconds",
		"time=2026-11-18T14:31:30Z"},
	{"in an hour and a half", "meet", "in an hour and a half", "time=2026-11-18T16:00:00Z"},
	{"in hours and minutes", "meet", "within 1h30m", "time=2026-11-18T16:00:00Z"},
	{"in days and hours", "meet", "in two days and 3 hours", "time=2026-11-20T17:30:00Z"},
	{"in a month and an hour", "meet", "a month and an hour from now",
		"time=2026-12-18T15:30:00Z"},
	{"in days and a half", "meet", "in a day and a half", "time=2026-11-20T02:30:00Z"},
	{"half an hour ago", "meet", "half an hour ago", "time=2026-11-18T14:00:00Z"},
	{"in whole days is no time", "meet", "in two days", "date=2026-11-20"},
	{"in weeks and days", "meet", "in a week and two days", "date=2026-11-27"},
	{"now", "meet", "right now", "time=2026-11-18T14:30:00Z"},
	{"at once", "meet", "in 0 minutes", "time=2026-11-18T14:30:00Z"},
	{"date and time", "meet", "tomorrow at 10:30", "date=2026-11-19 time=10:30"},
	{"time and date", "meet", "5 pm on Friday", "time=17:00 date=2026-11-20"},
	// Durations.
	{"digits and unit", "wait", "for 5 minutes", "duration=300000"},
	{"word and unit", "wait", "for five minutes", "duration=300000"},
	{"article", "wait", "an hour", "duration=3600000"},
	{"seconds", "wait", "90 seconds", "duration=90000"},
	{"short names", "wait", "10 mins or 2 hrs", "duration=600000 duration=7200000"},
	{"name without a space", "wait", "10min", "duration=600000"},
	{"letter", "wait", "45s", "duration=45000"},
	{"letters", "wait", "1h30m", "duration=5400000"},
	{"letters with a space", "wait", "2d 4h", "duration=187200000"},
	{"letter apart", "wait", "walk 5 m", ""},
	{"hyphen", "wait", "a 10-minute break", "duration=600000"},
	{"days", "wait", "two days", "duration=172800000"},
	{"weeks", "wait", "a fortnight", "duration=1209600000"},
	{"months", "wait", "2 months", "duration=5184000000"},
	{"years", "wait", "a year", "duration=31536000000"},
	{"month and a half", "wait", "1.5 months", "duration=3888000000"},
	{"half", "wait", "half an hour", "duration=1800000"},
	{"half after an article", "wait", "a half hour", "duration=1800000"},
	{"half a day", "wait", "half a day", "duration=43200000"},
	{"half a year", "wait", "half a year", "duration=15552000000"},
	{"quarter", "wait", "a quarter of an hour", "duration=900000"},
	{"quarters", "wait", "three quarters of an hour", "duration=2700000"},
	{"and a half", "wait", "an hour and a half", "duration=5400000"},
	{"and a half before the unit", "wait", "two and a half hours", "duration=9000000"},
	{"and a quarter", "wait", "an hour and a quarter", "duration=4500000"},
	{"and half of another unit", "wait", "two hours and a half hour", "duration=9000000"},
	{"point", "wait", "1.5 hours", "duration=5400000"},
	{"couple", "wait", "a couple of hours", "duration=7200000"},
	{"parts with and", "wait", "1 hour and 30 minutes", "duration=5400000"},
	{"parts with commas", "wait", "1 day, 2 hours, 3 minutes", "duration=93780000"},
	{"parts with nothing between", "wait", "1 hour 30 minutes", "duration=5400000"},
	{"parts of two sentences", "wait", "1 hour. 30 minutes", "duration=3600000 duration=1800000"},
	{"longer part last", "wait", "an hour and a day", "duration=3600000 duration=86400000"},
	{"and something else", "wait", "5 minutes and 3 pizzas", "duration=300000"},
	{"nothing", "wait", "0 seconds", "duration=0"},
	{"most", "wait", "9999 years", "duration=315328464000000"},
	{"far too long a time", "wait", "10000 years", ""},
	{"less than nothing", "wait", "for -5 minutes", ""},
	{"no unit", "wait", "for 5 parsecs", ""},
	{"unit alone", "wait", "for hours", ""},
	{"half alone", "wait", "half of it", ""},
	// Mail addresses.
	{"address", "mail", "send it to ann.lee+x@example.com.", "email=ann.lee+x@example.com"},
	{"in brackets", "mail", "Ann <ann@example.co.uk>", "email=ann@example.co.uk"},
	{"two addresses", "mail", "a@b.example, c@d.example", "email=a@b.example email=c@d.example"},
	{"another script", "mail", "用户@例子.公司", "email=用户@例子.公司"},
	{"no host", "mail", "ann@ or @lee or ann@lee", ""},
	// Any text.
	{"to the end", "remind", "please remind me to buy milk, and bread!",
		"what=buy milk, and bread"},
	{"up to a word", "remind", "remind me to buy milk at 5 pm", "what=buy milk time=17:00"},
	{"up to a value", "remind", "call Ann Lee tomorrow", "who=Ann Lee date=2026-11-19"},
	{"only the last words", "remind", "I want you to feed the cat", "what=feed the cat"},
	{"nothing after it", "remind", "remind me to", ""},
	{"all of it", "name", "Ann Lee", "name=Ann Lee"},
	{"after words", "name", "My name is Ann-Sophie O'Neil", "name=Ann-Sophie O'Neil"},
}

func TestValues(t *testing.T) {
	c := newClassifier(t, errands(), Options{})
	for _, test := range entities {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, v := range c.Values(test.text, test.intent, spoken) {
				got = append(got, v.Param+"="+v.Value)
				if v.Start < 0 || v.End > len(test.text) || v.Start >= v.End {
					t.Errorf("%+v stands from %d to %d of %q", v, v.Start, v.End, test.text)
				}
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("Values(%q, %q) = %q, want %q", test.text, test.intent, got, test.want)
			}
		})
	}
}

// Where the time is not known, what depends on it stays as it was said.
func TestClassify_noTime(t *testing.T) {
	c := newClassifier(t, errands(), Options{})
	tests := []struct{ name, text, want string }{
		{"relative", "meet me Next Monday at 5 PM", "[{date next monday} {time 17:00}]"},
		{"absolute", "meet me 2026-12-24 at noon", "[{date 2026-12-24} {time 12:00}]"},
		{"distance", "let us meet at In 5 minutes", "[{time in 5 minutes}]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, _ := c.Classify(test.text, []string{"meet"})
			if got := fmt.Sprint(pairs(t, test.text, p.Params)); got != test.want || p.Score != 1 {
				t.Errorf("Classify(%q) = %v, %v, want 1, %s", test.text, p.Score, got, test.want)
			}
		})
	}
}

// Durations are found where their words are known.
func TestClassify_durationLanguage(t *testing.T) {
	for language, want := range map[string]string{"": "300000", "en-GB": "300000", "de": ""} {
		c := newClassifier(t, &abi.Definition{Language: language, Intents: []abi.Intent{
			{Name: "wait", Examples: []string{"warte {duration}", "warte"}},
		}}, Options{})
		got := ""
		for _, v := range c.Values("5 minutes", "wait", spoken) {
			got += v.Value
		}
		if got != want {
			t.Errorf("in %q: %q, want %q", language, got, want)
		}
	}
}

// Intents of which any text is an example come last.
func TestClassify_open(t *testing.T) {
	c := newClassifier(t, errands(), Options{})
	tests := []struct{ text, among, want string }{
		{"Ann Lee", "name weather", "name [{name Ann Lee}]"},
		{"what's the weather like in Rome", "name weather", "weather [{city Rome}]"},
		{"my name is Rome", "name weather", "name [{name Rome}]"},
		{"Ann Lee", "weather", " []"},
	}
	for _, test := range tests {
		p, _ := c.ClassifyAt(test.text, strings.Fields(test.among), spoken)
		if got := fmt.Sprint(p.Intent, " ", pairs(t, test.text, p.Params)); got != test.want {
			t.Errorf("Classify(%q, %s) = %s, want %s", test.text, test.among, got, test.want)
		}
	}
}

// A value goes on where the text is longer than what is looked at.
func TestClassify_longText(t *testing.T) {
	c := newClassifier(t, errands(), Options{})
	long := strings.Repeat("and then ", 50_000) + "end."
	p, ok := c.Classify("my name is "+long, []string{"name", "weather"})
	if value, _ := p.Param("name"); !ok || value != long {
		t.Errorf("Classify of %d bytes = %t with %d bytes, want all of them",
			len(long), ok, len(value))
	}
	if p, ok := c.Classify(long, []string{"weather"}); ok {
		t.Errorf("Classify of a long text = %.100v, want no intent", p)
	}
}

// Declared entities take the place of those that every bot has.
func TestClassify_declaredBuiltin(t *testing.T) {
	d := &abi.Definition{
		Entities: []abi.Entity{
			{Name: "number",
				Values: []abi.EntityValue{{Value: "few", Synonyms: []string{"some"}}}},
			{Name: "any", Values: []abi.EntityValue{{Value: "thing"}}},
		},
		Intents: []abi.Intent{{Name: "take", Examples: []string{"take {number}", "take a {any}"}}},
	}
	c := newClassifier(t, d, Options{})
	for text, want := range map[string]string{
		"take some": "[{number few}]", "take 5": "[]", "take a thing": "[{any thing}]",
		"take a break": "[]",
	} {
		if p, _ := c.Classify(text,
			[]string{"take"}); fmt.Sprint(pairs(t, text, p.Params)) != want {
			t.Errorf("Classify(%q) = %+v, want %s", text, p, want)
		}
	}
}
