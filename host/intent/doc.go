// Package intent finds what a text means: which of the intents that a definition
// declares, and the values that the intent's slots have.
//
// A text that is one of an intent's examples, apart from case, spaces and
// punctuation and with any of their values in its slots, has that intent for
// sure.
//
// # Guarantees
//
//   - A [Classifier] never changes after [New]: any number of goroutines may use
//     it at once (TestClassifier_Hammer).
//   - The same definition and the same text give the same answer (TestClassify).
package intent
