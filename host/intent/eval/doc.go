// Command eval measures how well the package intent finds intents: it learns from
// one file and asks for the intents of another one.
//
//	go run ./host/intent/eval -train FILE -test FILE
//
// Files are those of CLINC150 (JSON with parts, of which train, and test or val,
// are taken, with the queries that have no intent) or CSV with the columns text
// and category. Without -test, or with the same CSV file, it measures by
// cross-validation. It uses one core.
package main
