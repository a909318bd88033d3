/* A bot that breaks, as a test tells it. */

#include "bothost_libc.h"
#include "bothost_text.h"
#include <assert.h>

static int sink(int depth);

__attribute__((noinline)) static int pour(const char *how)
{
	volatile int cups = bothost_same(how, "divide") ? 0 : 1;
	if (bothost_same(how, "panic"))
		BOTHOST_PANIC("no tea is left");
	if (bothost_same(how, "check"))
		BOTHOST_CHECK(cups > 1);
	assert(!bothost_same(how, "assert"));
	if (bothost_same(how, "abort")) {
		fputs("no tea is left\n", stderr);
		abort();
	}
	if (bothost_same(how, "long")) {
		char words[802] = "x";
		struct bothost_text t = {words, sizeof words, 1};
		while (t.len + 2 < t.cap)
			bothost_put(&t, "é");
		BOTHOST_PANIC(words);
	}
	if (bothost_same(how, "recurse"))
		return sink(1);
	return 12 / cups;
}

/* Takes stack until there is none. Data must not be written over: that would be found
 * out much later, or never. */
static int sink(int depth)
{
	volatile char room[1024];
	room[depth % 1024] = (char)depth;
	return sink(depth + 1) + room[0];
}

BOTHOST_EXPORT(on_message)
{
	char how[16];
	bothost_input(how, sizeof how);
	bothost_set_int("poured", pour(how));
	return BOTHOST_DONE;
}
