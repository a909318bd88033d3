/* A bot that calls all that the SDK offers. */

#include "bothost_libc.h"
#include "bothost_text.h"

BOTHOST_DEFINE({
	"name": "surface", "version": "1.0.0", "language": "en",
	"intents": [
		{"name": "tea", "examples": ["{tea} tea"]},
		{"name": "help", "examples": ["help"]}],
	"entities": [{"name": "tea", "values": [
		{"value": "green", "synonyms": []}, {"value": "black", "synonyms": ["English"]}]}],
	"states": [
		{"name": "hall", "initial": true, "was": ["lobby"], "transitions": [
			{"option": "Go there", "to": "room"}]},
		{"name": "room", "transitions": [
			{"event": "out", "when": [{"var": "n", "op": ">=", "value": 1}],
				"guard": ["open"], "to": "hall"}]},
		{"name": "help", "global": {"intent": "help"}, "transitions": [
			{"auto": true, "to": "@previous"}]},
		{"name": "shelf", "recheck_ms": 1000, "transitions": [
			{"intent": "tea", "to": "hall"},
			{"no_intent": true, "when": [{"var": "a", "op": "==", "value": "b"},
				{"var": "a", "op": "!=", "value": "c"}], "to": "hall"},
			{"message": true, "when": [{"var": "a", "op": ">", "value": 1},
				{"var": "a", "op": "<", "value": 2.5}], "to": "hall"},
			{"file": true, "file_types": ["image/*"],
				"when": [{"var": "a", "op": "<=", "value": 3}], "to": "hall"},
			{"voice": true, "when": [{"var": "a", "op": "contains", "value": "x"},
				{"var": "a", "op": "matches", "value": "^x"}], "to": "@previous"},
			{"event": "json", "when": [{"var": "a", "op": "in", "value": ["x", "y"]}],
				"to": "hall"},
			{"after_ms": 1000, "when": [{"var": "a", "op": "!=", "value": null}], "to": "hall"},
			{"any": true, "when": [{"var": "a", "op": "==", "value": null}], "to": "hall"},
			{"when": [{"var": "a", "op": "==", "value": true}], "to": "hall"},
			{"auto": true, "to": "hall"}]}
	]
})

static int enter_room(void)
{
	bothost_reply("in the room");
	return BOTHOST_DONE;
}

static int help(void)
{
	bothost_reply("help is near");
	return BOTHOST_DONE;
}

BOTHOST_ENTER({"room", enter_room}, {"help", help})

static bool is_open(void)
{
	int64_t n;
	return bothost_get_int("n", &n) && n == 42;
}

BOTHOST_GUARDS({"open", is_open})

BOTHOST_EXPORT(on_start)
{
	bothost_reply("started");
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_fallback)
{
	bothost_reply("passed over");
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_file)
{
	char bytes[64], none[8];
	int32_t n = bothost_file_read(0, 0, bytes, sizeof bytes - 1);
	BOTHOST_CHECK(n >= 0);
	bytes[n] = 0;
	bothost_reply(bytes);
	bothost_reply(bothost_file_read(1, 0, none, sizeof none) < 0 ? "none" : "some");
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_voice)
{
	char *name = bothost_event_get_new("files.0.name");
	bothost_replyf("voice %s", name);
	free(name);
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_event)
{
	char kind[16];
	bothost_event_get("kind", kind, sizeof kind);
	if (bothost_same(kind, "feedback"))
		return BOTHOST_NOT_HANDLED;
	if (bothost_same(kind, "json")) {
		bothost_reply(kind);
		return BOTHOST_DONE;
	}
	char *data = bothost_event_get_new("data");
	if (!data)
		data = bothost_event_get_new("response.body");
	char *name = bothost_event_get_new("name");
	bothost_replyf("%s %s: %s", kind, name, data);
	free(name);
	free(data);
	return BOTHOST_DONE;
}

static void say(bool holds)
{
	bothost_reply(holds ? "true" : "false");
}

static bool begins(const char *text, const char *with)
{
	while (*with)
		if (*text++ != *with++)
			return false;
	return true;
}

/* Replies with a value that readers with _new gave. */
static void give(char *value)
{
	bothost_reply(value ? value : "none");
	free(value);
}

static int reply_kinds(const char *text)
{
	if (bothost_same(text, "options"))
		bothost_reply_options(BOTHOST_JSON(["Yes", "No"]));
	else if (bothost_same(text, "choices"))
		bothost_reply_options(
			BOTHOST_JSON([{"label": "Yes", "value": "y"}, {"label": "No", "value": "n"}]));
	else if (bothost_same(text, "delta")) {
		bothost_reply_delta("he");
		bothost_reply_delta("llo");
		bothost_reply_end();
		bothost_reply("!");
	} else if (bothost_same(text, "markdown"))
		bothost_reply_as("markdown", "**hi**");
	else if (bothost_same(text, "html"))
		bothost_reply_as("html", "<b>hi</b>");
	else if (bothost_same(text, "location"))
		bothost_reply_as("location", BOTHOST_JSON({"latitude": 49.5, "longitude": 5.9}));
	else if (bothost_same(text, "file"))
		bothost_reply_file("a.txt", "text/plain", "hello", 5);
	else
		return BOTHOST_NOT_HANDLED;
	return BOTHOST_DONE;
}

static void read_host(const char *text)
{
	char room[64];
	struct bothost_text t = bothost_text(room, sizeof room);
	if (bothost_same(text, "config")) {
		bothost_reply(bothost_config("tea", room, sizeof room) < 0 ? "none" : room);
	} else if (bothost_same(text, "asset")) {
		bothost_reply(bothost_asset(room, sizeof room) < 0 ? "none" : "some");
	} else if (bothost_same(text, "now")) {
		bothost_put_int(&t, bothost_now());
		bothost_reply(t.ptr);
	} else if (bothost_same(text, "random")) {
		uint64_t a, b;
		bothost_random(&a, sizeof a);
		bothost_random(&b, sizeof b);
		say(a != b);
	} else if (bothost_same(text, "quote")) {
		bothost_put_json(&t, "a\"b\\c\1é");
		bothost_reply(t.ptr);
	} else {
		for (uint32_t level = BOTHOST_DEBUG; level <= BOTHOST_ERROR; level++)
			bothost_logf(level, "level %u", (unsigned)level);
		bothost_reply("logged");
	}
}

static int change(const char *text)
{
	int64_t n;
	if (bothost_same(text, "set")) {
		bothost_set("n", "41");
		BOTHOST_CHECK(bothost_get_int("n", &n));
		bothost_set_int("n", n + 1);
		give(bothost_get_new("n"));
	} else if (bothost_same(text, "delete")) {
		bothost_set("n", "1");
		bothost_delete("n");
		give(bothost_get_new("n"));
	} else if (bothost_same(text, "large")) {
		char large[5001], small[16];
		for (int i = 0; i < 5000; i++)
			large[i] = 'x';
		large[5000] = 0;
		bothost_set("large", large);
		BOTHOST_CHECK(bothost_get("large", small, sizeof small) == 5000 && !*small);
		char *whole = bothost_get_new("large");
		bothost_replyf("%zu", bothost_len(whole));
		free(whole);
	} else if (bothost_same(text, "leave")) {
		bothost_move("room");
		bothost_move("@previous");
		bothost_move("hall");
		give(bothost_state_new());
	} else if (bothost_same(text, "go")) {
		bothost_move("room");
		give(bothost_state_new());
	} else {
		return BOTHOST_NOT_HANDLED;
	}
	return BOTHOST_DONE;
}

static int later(const char *text)
{
	if (bothost_same(text, "timer")) {
		bothost_timer_set("tea", 60000, "green");
		bothost_reply("set");
	} else if (bothost_same(text, "cancel")) {
		bothost_timer_cancel("tea");
		bothost_reply("cancelled");
	} else if (bothost_same(text, "http")) {
		bothost_http("tea", BOTHOST_JSON({"url": "https://example.org/tea"}));
		bothost_reply("asked");
	} else {
		return BOTHOST_NOT_HANDLED;
	}
	return BOTHOST_DONE;
}

/* Whether a text is one of those that stand in a row, with a space before and behind. */
static bool is_one_of(const char *text, const char *all)
{
	size_t len = bothost_len(text);
	for (; *all; all++)
		if (*all == ' ' && begins(all + 1, text) && all[len + 1] == ' ')
			return true;
	return false;
}

static int answer(const char *text)
{
	if (bothost_same(text, "kind")) {
		give(bothost_event_get_new("kind"));
	} else if (bothost_same(text, "event")) {
		char *event = bothost_event_new(), some[1024];
		say(begins(event, "{\"kind\":\"message\"") && bothost_event(some, sizeof some) > 0);
		free(event);
	} else if (bothost_same(text, "nothing there")) {
		give(bothost_event_get_new("intent.params.nothing"));
	} else if (bothost_same(text, "history")) {
		char *history = bothost_history_new(100), some[16];
		say(begins(history, "[{\"seq\":1,") && bothost_history(100, some, sizeof some) > 16);
		free(history);
	} else if (bothost_same(text, "state")) {
		char state[129];
		bothost_state(state, sizeof state);
		bothost_reply(state);
	} else if (bothost_same(text, "fail")) {
		return bothost_fail("no tea is left");
	} else if (is_one_of(text, " config asset now random quote log ")) {
		read_host(text);
	} else {
		int result = reply_kinds(text);
		if (result == BOTHOST_NOT_HANDLED)
			result = change(text);
		return result == BOTHOST_NOT_HANDLED ? later(text) : result;
	}
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_message)
{
	char *text = bothost_input_new(), *none = bothost_config_new("tea");
	BOTHOST_CHECK(!none);
	int result = answer(text);
	free(text);
	return result;
}
