/* A bot that asks for a name, and remembers it. */

#include "bothost_text.h"

BOTHOST_DEFINE({
	"name": "@NAME@", "version": "0.1.0",
	"states": [
		{"name": "ask", "initial": true, "transitions": [{"message": true, "to": "met"}]},
		{"name": "met", "transitions": [{"message": true, "to": "known"}]},
		{"name": "known", "transitions": [{"message": true, "to": "known"}]}
	]
})

static int ask(void)
{
	bothost_reply("Hello! What is your name?");
	return BOTHOST_DONE;
}

static int meet(void)
{
	char name[256], words[512];
	if (bothost_event_get("text", name, sizeof name) >= (int)sizeof name) {
		bothost_reply("That is a long name. What do your friends call you?");
		bothost_move("ask");
		return BOTHOST_DONE;
	}
	bothost_set("name", name);
	struct bothost_text t = bothost_text(words, sizeof words);
	bothost_put(&t, "Nice to meet you, ");
	bothost_put(&t, name);
	bothost_put(&t, "!");
	bothost_reply(words);
	return BOTHOST_DONE;
}

static int answer(void)
{
	char name[256], said[4096], words[8192];
	bothost_get("name", name, sizeof name);
	if (bothost_event_get("text", said, sizeof said) >= (int)sizeof said)
		return bothost_fail("a text of more than 4 kB");
	struct bothost_text t = bothost_text(words, sizeof words);
	bothost_put(&t, name);
	bothost_put(&t, ", you said: ");
	bothost_put(&t, said);
	bothost_reply(words);
	return BOTHOST_DONE;
}

BOTHOST_ENTER({"ask", ask}, {"met", meet}, {"known", answer})
