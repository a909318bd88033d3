// Command bot replies with whatever the tests of the page want to see.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// replies are what the bot says to a word.
var replies = map[string]func(s *guest.Session){
	"text":     func(s *guest.Session) { s.Reply("Plain <b>text</b>, and https://bots.example/a?b=c.\nA second line.") },
	"markdown": func(s *guest.Session) { s.ReplyMarkdown(markdown) },
	"html":     func(s *guest.Session) { s.ReplyHTML(`<h2>Hours</h2><p>Open from <b>9</b> to <mark>17</mark>.</p>`) },
	"options": func(s *guest.Session) {
		s.Reply("Which one?")
		s.ReplyChoices(guest.Option{Label: "The first", Value: "one"},
			guest.Option{Label: "The second", Value: "two"},
			guest.Option{Label: "The third", Value: "three"})
	},
	"table": func(s *guest.Session) {
		s.ReplyTable([]string{"city", "people", "sea"}, [][]any{
			{"Graz", 303270, false}, {"Barcelona", 1702814, true}, {"=Wien", 2028499, nil},
			{"Luxembourg", 136208, false},
		})
	},
	"chart": func(s *guest.Session) { s.ReplyPlotly(chart) },
	"globe": func(s *guest.Session) { s.ReplyPlotly(globe) },
	"place": func(s *guest.Session) { s.ReplyLocation(47.0707, 15.4395) },
	"answer": func(s *guest.Session) {
		s.ReplyRAG(guest.RAG{
			Question: "When do you open?", Answer: "We open at 9.", Model: "small-model",
			Docs: []guest.Doc{
				{Content: "Opening hours: 9 to 17.", Source: "hours.pdf", Page: 3},
				{Content: "Closed on Sundays."},
			},
		})
	},
	"steps": func(s *guest.Session) {
		s.ReplyReasoning(guest.Reasoning{Kind: guest.ReasoningStarted,
			Summary: "Looking for the hours"})
		s.ReplyReasoning(guest.Reasoning{Kind: guest.ReasoningCalls, Step: 1,
			Summary: "Ask the calendar",
			Details: `{"tool_calls":[{"name":"hours"}]}`})
		s.ReplyReasoning(guest.Reasoning{Kind: guest.ReasoningResult, Step: 2,
			Summary: "Open at 9"})
		s.ReplyReasoning(guest.Reasoning{Kind: guest.ReasoningFinished, Step: 3})
	},
	"tasks": func(s *guest.Session) {
		s.ReplyTasks(guest.Task{ID: 1, Description: "Find the shop", Status: guest.TaskCompleted,
			Result: "Graz"},
			guest.Task{ID: 2, Description: "Ask for its hours", Status: guest.TaskInProgress},
			guest.Task{ID: 3, Description: "Call it", Status: guest.TaskSkipped}, guest.Task{ID: 4, Description: "Tell"})
	},
	"form": func(s *guest.Session) { s.ReplyGUI(form) },
	"update": func(s *guest.Session) {
		s.UpdateGUI(strings.Replace(form, "Order a bike", "Order another", 1))
	},
	"stream": func(s *guest.Session) {
		s.ReplyDelta("Once upon ")
		work()
		s.ReplyDelta("a time.")
		s.ReplyEnd()
	},
	"secret": func(s *guest.Session) {
		s.ReplyDelta("The secret is ")
		work()
		panic("which nobody may know")
	},
	"slow": func(s *guest.Session) {
		work()
		s.Reply("That took a while.")
	},
	"file": func(s *guest.Session) {
		s.ReplyFile("hours.csv", "text/csv", []byte("day,hours\nMon,8\n"))
	},
	"picture": func(s *guest.Session) {
		content, _ := base64.StdEncoding.DecodeString(chequers)
		s.ReplyFile("chequers.png", "image/png", content)
	},
	"sound": func(s *guest.Session) { s.ReplyFile("beep.wav", "audio/wav", beep()) },
	"fail":  func(*guest.Session) { panic("the bot was asked to") },
	"many": func(s *guest.Session) {
		for i := range 50 {
			s.Reply("Line " + strconv.Itoa(i+1))
		}
	},
}

const markdown = "# Hours\n\nWe are *open* on **weekdays**, see [the page](https://shop.example/hours):\n\n" +
	"- from `9`\n- to `17`\n\n> Closed on Sundays.\n\n| day | hours |\n|---|---:|\n| Mon | 8 |\n| Tue | 7 |\n\n" +
	"```go\nfmt.Println(\"a line of code that is a good deal wider than a phone\")\n```\n"

const chart = `{"data":[{"type":"bar","name":"2025","x":["Mon","Tue","Wed"],"y":[3,5,4]},` +
	`{"type":"scatter","name":"2026","x":["Mon","Tue","Wed"],"y":[4,6,7]}],"layout":{"title":{"text":"Visitors"}}}`

const globe = `{"data":[{"type":"choropleth","name":"Europe","locations":["AUT","ESP"],"z":[1,2]}],"layout":{}}`

const form = `{"name":"Shop","modules":[{"name":"main","screens":[{"type":"Screen","name":"home","is_main_page":true,
"view_elements":[{"type":"Text","name":"t","content":"Order a bike"},{"type":"Form","name":"order","view_elements":[
{"type":"InputField","name":"who","label":"Name","field_type":"Text","required":true},
{"type":"InputField","name":"count","label":"How many","field_type":"Number","value":1},
{"type":"InputField","name":"colour","label":"Colour","options":["red","blue"]},
{"type":"InputField","name":"fast","label":"In a hurry","field_type":"Checkbox"}]},
{"type":"Button","name":"help","label":"Help"},{"type":"Alert","name":"a","message":"Bikes are few."},
{"type":"MetricCard","name":"m","label":"Left","value":7}]},
{"type":"Screen","name":"terms","view_elements":[{"type":"Text","name":"x","content":"Bring it back."}]}]}]}`

// chequers is a picture of 16 by 16.
const chequers = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQMAAAAlPW0iAAAABlBMVEU6VcSjtP9/z8PmAAAAEUlEQVR42mMIDWVYtYqBaBIAdscP8aNZ+RMAAAAASUVORK5CYII="

// beep is a fifth of a second of sound.
func beep() []byte {
	const rate, samples = 8000, 1600
	b := []byte("RIFF....WAVEfmt ")
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = append(b, 1, 0, 1, 0) // PCM, one channel
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = append(b, 1, 0, 8, 0)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, samples)
	for i := range samples {
		b = append(b, byte(128+60*(i/9%2)-30))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// sink keeps work from being left out.
var sink uint32

// work takes a second or so.
func work() {
	for i := range uint32(250_000_000) {
		sink = sink*1664525 + i
	}
}

// listed says what files came.
func listed(s *guest.Session) string {
	var all []string
	for _, f := range s.Files() {
		all = append(all, f.Name+" "+f.Type+" "+strconv.FormatInt(f.Size, 10))
	}
	return strings.Join(all, ", ")
}

func init() {
	guest.OnFile(func(s *guest.Session) error {
		s.Reply("Files: " + listed(s))
		return nil
	})
	guest.OnVoice(func(s *guest.Session) error {
		s.Reply("Voice: " + listed(s))
		return nil
	})
	guest.OnStart(func(s *guest.Session) error {
		s.Reply("Hello from the test bot.")
		return nil
	})
	guest.OnMessage(func(s *guest.Session) error {
		word, rest, _ := strings.Cut(s.Text(), " ")
		if reply := replies[word]; reply != nil {
			reply(s)
			return nil
		}
		if word == "as" { // as KIND BODY
			kind, body, _ := strings.Cut(rest, " ")
			s.ReplyAs(guest.Kind(kind), body)
			return nil
		}
		s.Set("last", s.Text())
		s.Reply("You said: " + s.Text())
		return nil
	})
	guest.OnEvent(func(s *guest.Session) error {
		if s.Event().Name() == "gui" {
			s.Reply("Screen: " + s.Event().Data())
		}
		return nil
	})
}

func main() {}
