package main

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/png"
	"testing"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

// There is an exhibit of each kind that bots reply with, and it is of that kind.
func TestKinds(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	labels := make([]string, len(exhibits))
	missing := make(map[abi.Kind]bool)
	for _, row := range abi.Kinds() {
		missing[row.Kind] = row.Reply
	}
	for i, e := range exhibits {
		labels[i] = e.label
	}
	c.Welcome().Wants("What would you like to see?").Options(labels...)
	for _, e := range exhibits {
		chosen := abi.Event{Kind: abi.EventOption, Text: string(e.kind), Human: true}
		replies := c.Send(chosen).Replies()
		if len(replies) == 0 || replies[0].Kind != e.kind {
			t.Errorf("%s: replies = %v, want one of this kind first", e.kind, replies)
		}
		delete(missing, abi.Kind(e.kind))
	}
	for kind, reply := range missing {
		if reply {
			t.Errorf("no exhibit shows %s", kind)
		}
	}
}

// What is said in words is as good as an option.
func TestWords(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("A text").Wants("This is a text.")
	c.Say("options").Options("tea", "coffee")
	c.Choose("tea").Wants("Here is your tea: T-1.")
	c.Say("coffee").Wants("Here is your coffee: C-2.")
	c.Say("what?").Wants("What would you like to see?").Replies()
	c.Choose("Steps to an answer").WantsReply(guest.KindReasoning,
		`{"kind":"reasoning_started","step":0,"summary":"Let me think","details":{}}`).Replies()
}

// The picture is one to others, too.
func TestRainbow(t *testing.T) {
	picture, err := png.Decode(bytes.NewReader(rainbow()))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != width || b.Dy() != height {
		t.Errorf("the picture is of %v, want %d x %d", b, width, height)
	}
	for _, tt := range []struct {
		x, y int
		want color.RGBA
	}{
		{0, 0, color.RGBA{255, 0, 0, 255}}, {width / 6, 0, color.RGBA{255, 255, 0, 255}},
		{width / 3, 0, color.RGBA{0, 255, 0, 255}}, {2 * width / 3, 0, color.RGBA{0, 0, 255, 255}},
		{0, height - 1, color.RGBA{131, 0, 0, 255}},
	} {
		if got := color.RGBAModel.Convert(picture.At(tt.x, tt.y)); got != tt.want {
			t.Errorf("the color at %d, %d is %v, want %v", tt.x, tt.y, got, tt.want)
		}
	}
}

func TestChord(t *testing.T) {
	file := chord()
	size := binary.LittleEndian.Uint32(file[4:])
	data := binary.LittleEndian.Uint32(file[40:])
	if len(file) != 44+2*samples || int(size) != len(file)-8 || int(data) != 2*samples {
		t.Errorf("the file has %d bytes and says %d and %d", len(file), size, data)
	}
	loudest := int16(0)
	for i := 44; i < len(file); i += 2 {
		loudest = max(loudest, int16(binary.LittleEndian.Uint16(file[i:])))
	}
	if loudest < 8000 || loudest > 17000 {
		t.Errorf("the loudest sample is %d", loudest)
	}
	if last := int16(binary.LittleEndian.Uint16(file[len(file)-2:])); last > 10 || last < -10 {
		t.Errorf("the sound ends with %d, want silence", last)
	}
}

func TestStored(t *testing.T) {
	for _, n := range []int{1, 1<<16 - 1, 1 << 16, 3 << 16} {
		if got, want := len(stored(make([]byte, n))), n+6+5*((n+1<<16-2)/(1<<16-1)); got != want {
			t.Errorf("stored(%d bytes) has %d bytes, want %d", n, got, want)
		}
	}
}
