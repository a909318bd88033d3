// Package client talks to a bot host over the native protocol, bothost.v1.
//
//	s, err := client.Open(ctx, client.SessionOptions{
//		Options: client.Options{URL: "ws://127.0.0.1:8765"},
//	})
//	...
//	defer s.Close()
//	id, err := s.Send(ctx, "hello")
//	frame, err := s.Receive(ctx)
//
// A [Session] outlives its connections: it comes back when one breaks, sends again
// what has no answer, and shows one dialogue, in which each entry stands once and
// in order.
//
// A [Conn] is a single connection, for those who want to see each frame. What it
// sent may be lost with it, whole or in part. A message whose accepted frame did
// not come is sent again, with the same id, on a connection that resumes: the host
// does not run it twice.
//
// # Concurrency
//
//   - A [Session] may be used by many goroutines at once. No goroutine of it is left
//     when Close has returned. (TestSession_Hammer of package websocket)
//   - A [Conn] may be used by many goroutines at once, but Receive by one.
//   - Somebody must receive from a [Conn]: pings are answered there.
package client
