/*
 * A bot that throws dice. It needs no libc: what it says is put together in buffers of
 * its own.
 */

#include "bothost_text.h"
#include "dice.h"

BOTHOST_DEFINE({"name": "dice", "version": "1.0.0"})

/* Returns a number of 1 to sides, all equally likely. */
static int throw_die(int sides)
{
	/* 2^32 is no multiple of most numbers: what is left over would be too likely. */
	uint32_t random, limit = UINT32_MAX - UINT32_MAX % sides;
	do
		bothost_random(&random, sizeof random);
	while (random >= limit);
	return (int)(random % sides) + 1;
}

static void put_bonus(struct bothost_text *t, int bonus)
{
	bothost_put(t, bonus < 0 ? " - " : " + ");
	bothost_put_int(t, bonus < 0 ? -bonus : bonus);
}

/* Throws, and says so: 2d6 + 1: 3 + 5 + 1 = 9 */
static void throw_dice(struct throw t)
{
	char room[512];
	struct bothost_text words = bothost_text(room, sizeof room);
	bothost_put_int(&words, t.count);
	bothost_put(&words, "d");
	bothost_put_int(&words, t.sides);
	if (t.bonus)
		put_bonus(&words, t.bonus);
	bothost_put(&words, ": ");

	int sum = t.bonus;
	for (int i = 0; i < t.count; i++) {
		int value = throw_die(t.sides);
		sum += value;
		if (i > 0)
			bothost_put(&words, " + ");
		bothost_put_int(&words, value);
	}
	if (t.bonus)
		put_bonus(&words, t.bonus);
	if (t.count > 1 || t.bonus) {
		bothost_put(&words, " = ");
		bothost_put_int(&words, sum);
	}
	bothost_reply(words.ptr);
}

BOTHOST_EXPORT(on_start)
{
	bothost_reply("Which dice shall I throw? Try: roll 2d6+1");
	return BOTHOST_DONE;
}

BOTHOST_EXPORT(on_message)
{
	char text[256];
	struct throw t;
	if (bothost_input(text, sizeof text) >= (int)sizeof text) {
		bothost_reply("That is long for a throw.");
		return BOTHOST_DONE;
	}
	/* What was thrown last is in the session: memory is not kept between turns. */
	if (bothost_same(text, "again")) {
		if (bothost_get("last", text, sizeof text) < 0) {
			bothost_reply("I have not thrown yet.");
			return BOTHOST_DONE;
		}
	}
	const char *wrong = find_throw(text, &t);
	if (wrong) {
		bothost_reply(wrong);
		return BOTHOST_DONE;
	}
	bothost_set("last", text);
	throw_dice(t);
	bothost_reply_options(BOTHOST_JSON(["again"]));
	return BOTHOST_DONE;
}
