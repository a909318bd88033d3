/*
 * Texts that are put together and numbers that are read, without a libc: a part of the SDK
 * that a bot may leave out.
 */
#ifndef BOTHOST_TEXT_H
#define BOTHOST_TEXT_H

#include "bothost.h"

/*
 * A buffer of the caller's, in which a text is put together. It always ends in a zero
 * byte. What does not fit is a fault of the bot, and traps.
 *
 *	char room[64];
 *	struct bothost_text t = bothost_text(room, sizeof room);
 *	bothost_put(&t, "You have "); bothost_put_int(&t, 3); bothost_put(&t, " teas.");
 *	bothost_reply(t.ptr);
 */
struct bothost_text {
	char *ptr;
	size_t cap, len;
};

static inline struct bothost_text bothost_text(char *buf, size_t cap)
{
	struct bothost_text t = {buf, cap, 0};
	BOTHOST_CHECK(cap > 0);
	*buf = 0;
	return t;
}

static inline void bothost_put_char(struct bothost_text *t, char c)
{
	BOTHOST_CHECK(t->len + 1 < t->cap);
	t->ptr[t->len++] = c;
	t->ptr[t->len] = 0;
}

static inline void bothost_put(struct bothost_text *t, const char *text)
{
	while (*text)
		bothost_put_char(t, *text++);
}

static inline void bothost_put_int(struct bothost_text *t, int64_t value)
{
	uint64_t v = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[20];
	int n = 0;
	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	if (value < 0)
		bothost_put_char(t, '-');
	while (n)
		bothost_put_char(t, digits[--n]);
}

/* Puts a text as a string of JSON. */
static inline void bothost_put_json(struct bothost_text *t, const char *text)
{
	bothost_put_char(t, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			bothost_put_char(t, '\\');
		if (c >= ' ') {
			bothost_put_char(t, *text);
			continue;
		}
		bothost_put(t, "\\u00");
		bothost_put_char(t, "0123456789abcdef"[c >> 4]);
		bothost_put_char(t, "0123456789abcdef"[c & 15]);
	}
	bothost_put_char(t, '"');
}

/* Reads a whole number; false if the text is none, or does not fit. */
static inline bool bothost_parse_int(const char *text, int64_t *value)
{
	bool negative = *text == '-';
	int64_t v = 0;
	if (negative)
		text++;
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = *text - '0';
		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	/* Counted below zero, where there is one number more. */
	if (!negative && v == INT64_MIN)
		return false;
	*value = negative ? v : -v;
	return true;
}

/* A variable that is a whole number; false if it is not set, or none. */
static inline bool bothost_get_int(const char *key, int64_t *value)
{
	char digits[24];
	int32_t n = bothost_get(key, digits, sizeof digits);
	return n >= 0 && n < (int32_t)sizeof digits && bothost_parse_int(digits, value);
}

static inline void bothost_set_int(const char *key, int64_t value)
{
	char digits[24];
	struct bothost_text t = bothost_text(digits, sizeof digits);
	bothost_put_int(&t, value);
	bothost_set(key, t.ptr);
}

#endif
