package host

import (
	"context"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/outbound"
)

// ask makes a request of a bot: the way from the turn's JSON to the network and
// back.
func ask(ctx context.Context, client *outbound.Client, doc, key string) string {
	answer := abi.Response{Key: key}
	request, err := abi.ParseRequest([]byte(doc))
	if err != nil {
		// It was checked when the bot asked; the rules have changed since.
		answer.Code, answer.Error = abi.ResponseFailed, err.Error()
		return string(answer.AppendJSON(nil))
	}
	got := client.Do(ctx, outbound.Request{
		Method: request.Method, URL: request.URL, Headers: request.Headers, Body: request.Body,
		Timeout: time.Duration(request.TimeoutMillis) * time.Millisecond, Key: key,
	})
	answer.Status, answer.Headers, answer.Body = got.Status, got.Headers, string(got.Body)
	answer.Truncated, answer.Code, answer.Error = got.Truncated, abi.ResponseCode(got.Code), got.Err
	return string(answer.AppendJSON(nil))
}
