// Package intent finds what a text means: which of the intents that a definition
// declares, and the values that the intent's slots have.
//
// A text that is one of an intent's examples, apart from case, spaces and
// punctuation and with any of their values in its slots, has that intent for
// sure. For other texts a linear model, which has learned from the examples, says
// how sure that is: it knows words, pairs of words and parts of words.
//
// # Guarantees
//
//   - A [Classifier] never changes after [New]: any number of goroutines may use
//     it at once (TestClassifier_Hammer).
//   - The same definition and the same text give the same answer
//     (TestClassify_learned), also if the model was kept (TestCache).
//   - Any text has an answer, and long ones take no longer (FuzzClassify,
//     TestClassify_time).
//   - Learning is bounded in work and size (TestStepsFor, TestNewVocabulary_bound,
//     TestNew_limits, BenchmarkNew), and ends with its context.
//   - What was learned, and is kept or still in use, is not learned again
//     (TestNew_learnsOnce). Several processes may keep it in one folder
//     (TestCache_Hammer).
//   - Whatever became of the files of models that were kept, the model is the same
//     (TestCache_corrupted, TestCache_unusable).
package intent
