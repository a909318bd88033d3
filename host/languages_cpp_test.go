package host

import (
	"regexp"
	"testing"
)

// cppBlocks are the bots in the README of the SDK for C++.
var cppBlocks = regexp.MustCompile("(?s)```cpp\n(.*?)```")

// The bot of the README for C++ that leaves the dialog part out is the other one's like.
func TestLanguages_Plain(t *testing.T) {
	skipWithRace(t)
	page, _ := readme(t, "cpp")
	bots := cppBlocks.FindAllStringSubmatch(page, -1)
	if len(bots) != 2 {
		t.Fatalf("the page has %d bots, want 2", len(bots))
	}
	whole := buildText(t, "cpp", "bot.cpp", bots[0][1])
	plain := buildText(t, "cpp", "bot.cpp", bots[1][1])
	holdFiles(t, onStage(t, plain), tea)
	if len(plain) >= len(whole) {
		t.Errorf("without the dialog part a bot has %d bytes, with it %d", len(plain), len(whole))
	}
}
