/* A bot with a small dialog: it asks how you are, and minds the answer. */

#include "bothost.h"

BOTHOST_DEFINE({
	"name": "greetings", "version": "1.1.0",
	"intents": [
		{"name": "hello", "examples": ["hello", "hi"]},
		{"name": "good", "examples": ["good", "fine", "I am good", "I am fine"]},
		{"name": "bad", "examples": ["bad", "not so good", "I am not well"]}
	],
	"states": [
		{"name": "initial", "initial": true, "transitions": [
			{"intent": "hello", "to": "asked"}]},
		{"name": "asked", "transitions": [
			{"intent": "good", "to": "good"},
			{"intent": "bad", "to": "bad"}]},
		{"name": "good", "transitions": [{"auto": true, "to": "initial"}]},
		{"name": "bad", "transitions": [{"auto": true, "to": "initial"}]}
	]
})

static int ask(void)
{
	bothost_reply("Hi! How are you?");
	bothost_reply_options(BOTHOST_JSON(["Good", "Bad"]));
	return BOTHOST_DONE;
}

static int be_glad(void)
{
	bothost_reply("I am glad to hear that!");
	return BOTHOST_DONE;
}

static int be_sorry(void)
{
	bothost_reply("I am sorry to hear that...");
	return BOTHOST_DONE;
}

BOTHOST_ENTER({"asked", ask}, {"good", be_glad}, {"bad", be_sorry})

BOTHOST_EXPORT(on_fallback)
{
	bothost_reply("Sorry, I didn't get it");
	return BOTHOST_DONE;
}
