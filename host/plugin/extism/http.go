package extism

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// Request is what a plug-in wants to be sent.
type Request struct {
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"-"`
}

// Response is an answer, of whatever status. The names of its headers are in lower
// case.
type Response struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// httpRequest sends a request and waits. What goes wrong ends the call: the contract
// has no other way to say so.
func (k *Kernel) httpRequest(stack []uint64) error {
	k.status, k.headers, k.answered = 0, nil, false
	doc := k.mem.Block(stack[0])
	k.host.Worked(len(doc))
	if most := cmp.Or(k.opts.RequestBytes, 64<<10); int64(len(doc)) > most {
		return fault("request", fmt.Errorf("has at most %d bytes, this one has %d", most, len(doc)))
	}
	r, err := parseRequest(doc)
	if err != nil {
		return fault("request", err)
	}
	k.drop(stack[0])
	if body := stack[1]; body != 0 {
		r.Body = append([]byte(nil), k.mem.Block(body)...)
		k.drop(body)
	}
	answer, err := k.host.Send(r)
	if err != nil {
		return fault("request", err)
	}
	k.status, k.headers, k.answered = answer.Status, answer.Headers, true
	return k.put(stack, "the answer", string(answer.Body))
}

func parseRequest(doc []byte) (r Request, err error) {
	if len(doc) == 0 {
		return r, errors.New("is empty")
	}
	if err := json.Unmarshal(doc, &r); err != nil {
		return r, fmt.Errorf("is not the JSON of a request: %w", err)
	}
	if r.URL == "" {
		return r, errors.New("has no url")
	}
	return r, nil
}

func (k *Kernel) httpStatus(stack []uint64) error {
	stack[0] = uint64(uint32(k.status))
	return nil
}

// httpHeaders gives the headers of the last answer as a JSON object.
func (k *Kernel) httpHeaders(stack []uint64) error {
	if !k.answered {
		stack[0] = 0
		return nil
	}
	if k.headers == nil {
		return k.put(stack, "the headers", "{}")
	}
	doc, err := json.Marshal(k.headers)
	if err != nil {
		return err
	}
	return k.put(stack, "the headers", string(doc))
}
