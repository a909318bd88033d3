// Command showcase is a bot with one reply of each kind: people choose which.
package main

import guest "github.com/bothost/bothost/sdk/guest-go"

// exhibit is one kind of reply.
type exhibit struct {
	kind  guest.Kind
	label string
	show  func(s *guest.Session)
}

// exhibits are all kinds that a bot replies with, in the order in which they are
// offered.
var exhibits = []exhibit{
	{guest.KindText, "A text", func(s *guest.Session) { s.Reply("This is a text.") }},
	{guest.KindOptions, "Options", offerDrinks},
	{guest.KindMarkdown, "Markdown", func(s *guest.Session) { s.ReplyMarkdown(menu) }},
	{guest.KindHTML, "HTML", func(s *guest.Session) { s.ReplyHTML(page) }},
	{guest.KindImage, "An image",
		func(s *guest.Session) { s.ReplyImage("rainbow.png", rainbow()) }},
	{guest.KindAudio, "A sound", func(s *guest.Session) { s.ReplyAudio("chord.wav", chord()) }},
	{guest.KindFile, "A file",
		func(s *guest.Session) { s.ReplyFile("drinks.csv", "text/csv", []byte(table)) }},
	{guest.KindDataframe, "A table", func(s *guest.Session) { s.ReplyTable(columns, rows) }},
	{guest.KindPlotly, "A chart", func(s *guest.Session) { s.ReplyPlotly(chart) }},
	{guest.KindLocation, "A place", func(s *guest.Session) { s.ReplyLocation(47.0707, 15.4395) }},
	{guest.KindRAG, "An answer with its documents",
		func(s *guest.Session) { s.ReplyRAG(opening) }},
	{guest.KindReasoning, "Steps to an answer", think},
	{guest.KindTasks, "A list of tasks", work},
	{guest.KindGUI, "Screens", func(s *guest.Session) { s.ReplyGUI(screens("Closed")) }},
	{guest.KindGUIUpdate, "Other screens",
		func(s *guest.Session) { s.UpdateGUI(screens("Open")) }},
}

func init() {
	guest.Describe(guest.Definition{Name: "showcase", Version: "1.0.0"})
	guest.OnStart(func(s *guest.Session) error {
		offer(s)
		return nil
	})
	guest.OnMessage(answer)
}

func main() {}

// answer shows what was asked for, by its label or its kind.
func answer(s *guest.Session) error {
	asked := s.Text()
	for _, e := range exhibits {
		if asked == string(e.kind) || asked == e.label {
			e.show(s)
			return nil
		}
	}
	for _, d := range drinks {
		if asked == d.Value || asked == d.Label {
			s.Reply("Here is your " + d.Label + ": " + d.Value + ".")
			return nil
		}
	}
	offer(s)
	return nil
}

// offer lets people choose.
func offer(s *guest.Session) {
	var options []guest.Option
	for _, e := range exhibits {
		options = append(options, guest.Option{Label: e.label, Value: string(e.kind)})
	}
	s.Reply("What would you like to see?")
	s.ReplyChoices(options...)
}

// drinks are options whose values are not what people read.
var drinks = []guest.Option{{Label: "tea", Value: "T-1"}, {Label: "coffee", Value: "C-2"}}

func offerDrinks(s *guest.Session) { s.ReplyChoices(drinks...) }

// think replies with some steps on the way to an answer, and with the answer.
func think(s *guest.Session) {
	for i, r := range []guest.Reasoning{
		{Kind: guest.ReasoningStarted, Summary: "Let me think"},
		{Kind: guest.ReasoningCalls, Summary: "I look at the hours",
			Details: `{"tool_calls":[{"name":"hours"}]}`},
		{Kind: guest.ReasoningResult, Summary: "The shop opens at 9"},
		{Kind: guest.ReasoningFinished, Summary: "Done"},
	} {
		r.Step = i
		s.ReplyReasoning(r)
	}
	s.Reply("The shop opens at 9.")
}

// work replies with tasks that are as far as they can be.
func work(s *guest.Session) {
	s.ReplyTasks(
		guest.Task{ID: 1, Description: "Boil the water", Status: guest.TaskCompleted,
			Result: "100 °C"},
		guest.Task{ID: 2, Description: "Let the tea draw", Status: guest.TaskInProgress},
		guest.Task{ID: 3, Description: "Add sugar", Status: guest.TaskSkipped},
		guest.Task{ID: 4, Description: "Serve it"})
}
