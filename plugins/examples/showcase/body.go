package main

import guest "github.com/bothost/bothost/sdk/guest-go"

// What is shown.
const (
	menu = "# Drinks\n\n| drink | price |\n|---|---|\n| tea | **2** |\n| coffee | **3** |\n\n" +
		"1. choose\n2. *enjoy*\n\n```go\ns.Reply(\"cheers\")\n```\n"

	page = `<h3>Open</h3><p>from <b>9</b> to <i>17</i> o'clock</p><ul><li>Monday</li><li>Tuesday</li></ul>`

	table = "drink,price\ntea,2\ncoffee,3\n"

	chart = `{"data":[{"type":"bar","name":"tea","x":["Mon","Tue","Wed"],"y":[3,5,4]},` +
		`{"type":"scatter","name":"coffee","x":["Mon","Tue","Wed"],"y":[6,4,7]}],` +
		`"layout":{"title":{"text":"Cups"}}}`
)

var (
	columns = []string{"drink", "price", "hot"}
	rows    = [][]any{{"tea", 2, true}, {"coffee", 3, true}, {"lemonade", 2.5, false},
		{"water", nil, nil}}

	opening = guest.RAG{
		Question: "When do you open?", Answer: "We open at 9.", Model: "showcase",
		Docs: []guest.Doc{
			{Content: "The shop is open from 9 to 17 o'clock.", Source: "hours.pdf", Page: 1},
			{Content: "On Sundays it is closed."},
		},
	}
)

// screens are those of a small shop, whose sign says something.
func screens(sign string) string {
	return `{"name":"Shop","modules":[{"name":"main","screens":[{"type":"Screen","name":"home",` +
		`"view_elements":[{"type":"Text","name":"sign","content":"` + sign + `"},` +
		`{"type":"Button","name":"ring","label":"Ring the bell"}]}]}]}`
}
