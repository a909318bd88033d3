package turn

import (
	"reflect"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// TestJobRefs: an event that waits refers to its files, until nobody can read it.
func TestJobRefs(t *testing.T) {
	data, err := encodeWaiting(&abi.Event{Kind: abi.EventFile, Files: []abi.File{{Ref: "a"}, {Ref: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		job  session.Job
		want []string
	}{
		{"waits", session.Job{Kind: session.JobWaiting, Data: data}, []string{"a", "b"}},
		{"no files", session.Job{Kind: session.JobWaiting, Data: `{"kind":"event","time":1}`}, nil},
		{"of before there were any", session.Job{Kind: session.JobWaiting,
			Data: `{"kind":"file","files":[{"name":"a","type":"b/c","size":1}],"time":1}`}, []string{""}},
		{"no event", session.Job{Kind: session.JobWaiting, Data: "{"}, nil},
		{"a timer", session.Job{Kind: session.JobTimer, Data: data}, nil},
	} {
		if got := JobRefs(&tt.job); !slices.Equal(got, tt.want) {
			t.Errorf("%s: JobRefs() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzWaiting: what can be read is written so that it reads the same.
func FuzzWaiting(f *testing.F) {
	for _, ev := range []abi.Event{
		{}, {Kind: abi.EventCustom, ID: "e", Name: "paid", Data: `{"a":1}`, Time: 1},
		{Kind: abi.EventFile, Human: true, Files: []abi.File{{Name: "a", Type: "b/c", Size: 3}}},
		{Kind: abi.EventVoice, Files: []abi.File{{Name: "a", Type: "b/c", Size: 3, Ref: "00ff"}}},
		{Kind: abi.EventTimer, Name: "t", Late: true, User: abi.User{ID: "u", Verified: true}},
	} {
		data, err := encodeWaiting(&ev)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add("{")
	f.Add(`{"kind":"event","more":1}`)
	key := session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: "s"}
	f.Fuzz(func(t *testing.T, data string) {
		ev, err := decodeWaiting(key, data)
		if err != nil {
			return
		}
		again, err := encodeWaiting(&ev)
		if err != nil {
			t.Fatalf("encodeWaiting(%+v) = %v", ev, err)
		}
		got, err := decodeWaiting(key, again)
		if len(ev.Files) == 0 {
			ev.Files = nil
		}
		if err != nil || !reflect.DeepEqual(got, ev) {
			t.Fatalf("%s is %+v, and then %s, which is %+v, %v", data, ev, again, got, err)
		}
	})
}
