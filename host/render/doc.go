// Package render makes the HTML that clients may put into a page as it is, of
// what bots say in markdown and HTML. Bots are untrusted, and so are the users
// whose words they repeat.
//
// What comes out holds only the elements, attributes and addresses of a short
// list, in a nesting that browsers read as it is written. Three things see to
// that, in this order:
//
//   - markdown is CommonMark with tables, strikethrough, task lists and bare
//     addresses as links; HTML in it is text (goldmark);
//   - elements, attributes and addresses that are not on the list go (bluemonday);
//   - what is left is nested anew, and every element ended: a bubble of a chat
//     cannot be left from inside, and no browser has anything to repair.
//
// There are bounds on size and nesting, since the time that markdown takes grows
// with the square of some of them. What is above them is shown as plain text.
//
// # Concurrency
//
// A [Renderer] may be used by many goroutines at once.
package render
