// Package admin lets operators look at the sessions of a data folder, delete and
// export them: directly, where no host runs on the folder, or through the host
// that does.
//
// [Local] answers from a store, [Remote] asks the host, and both give the same
// answers. Neither shows the hash of a resume token.
//
// # Permission
//
// A host that runs on a folder announces itself there ([Announce]): host.json
// holds its address and a secret, which is a new one at each start. Who can read
// that file may do all that this package does, as may who can read the folder
// itself.
//
//	{"version":1,"addr":"127.0.0.1:8765","secret":"9f…","process":4711}
//
// The host answers only requests that bear the secret, come from a loopback
// address to a loopback name, and were made by no page of a browser and passed on
// by no proxy ([Handler]). To others there is nothing there: 404. A request from
// here with another secret is answered with 401.
//
// # Requests
//
//	GET    /admin/sessions?bot&after_bot&after_namespace&after_id&limit
//	GET    /admin/sessions/record?bot&namespace&id
//	DELETE /admin/sessions/record?bot&namespace&id
//	GET    /admin/sessions/entries?bot&namespace&id&after&limit
//
// All but bot, namespace and id of the last three may be missing. A namespace is
// host, for ids that the host gave, or client, for ids that clients chose. The
// answers are
//
//	{"sessions":[{"bot":"b","namespace":"host","id":"x","head":HEAD},…]}
//	{"head":HEAD,"vars":{"name":"value",…},"jobs":[JOB,…]}
//	{}
//	{"epoch":1,"first":1,"last":9,"entries":[ENTRY,…]}
//	{"error":"not_found","message":"…"}
//
// where HEAD, JOB and ENTRY are as below, and the errors are bad_request,
// unauthorized, not_found, conflict, unavailable, unknown (whether it happened)
// and internal.
//
// # Exports
//
// [Session.JSON] is a session as one line of JSON, the first version of this
// shape. Lines of later versions have another number, or more fields.
//
//	{"version":1,"bot":"b","namespace":"host","id":"x","head":HEAD,
//	 "vars":{"name":"value",…},"jobs":[JOB,…],"entries":[ENTRY,…]}
//
//	HEAD   {"epoch":1,"seq":9,"turn":4,"state":"hello","var_bytes":9,
//	        "created":MS,"updated":MS,"keep":0,"expires":MS}
//	JOB    {"id":"…","kind":"timer","name":"…","due":MS,"turn":3,"data":"…"}
//	ENTRY  {"seq":3,"from":"bot","kind":"text","body":"Hi!","time":MS,"turn":2}
//
// MS is milliseconds since 1970 UTC; keep is 0 where the session stays as long as
// the store says. A head has user, who began the session, and title, what the client
// calls it, if they are known, and back, an array of names of states, if there are any to
// return to. A job is a timer, a request, waiting (an event that no state took yet;
// its due is 0), after (a state waits for a quiet user) or recheck (a state's
// conditions are looked at again). An entry has an id if a client gave one, and its
// body is JSON for the kinds whose row in the contract says so.
// Bots and ids that are not UTF-8 are {"base64":"…"}. What a terminal would not
// print is escaped in the strings of a line.
//
// # Concurrency
//
//   - All functions and methods are safe for concurrent use (TestSessions_Hammer).
//   - A [Session] is what the session was at one moment, but that old entries may
//     be gone (TestRead_Reset).
package admin
