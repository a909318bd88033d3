/*
 * Write a bot for bothost in C, with wasi-libc or without any libc.
 *
 *	#include "bothost.h"
 *
 *	BOTHOST_EXPORT(on_message) {
 *		char text[1024];
 *		if (bothost_input(text, sizeof text) >= (int)sizeof text)
 *			return bothost_fail("that is too long for me");
 *		bothost_reply(text);
 *		return BOTHOST_DONE;
 *	}
 *
 * Texts that go to the host are UTF-8 and end in a zero byte; where a length is named
 * they may also hold zero bytes. The host copies them during the call.
 *
 * Nothing here is kept between turns, and neither may a bot keep anything in memory
 * that a later turn needs: the host takes any of its instances for the next turn.
 */
#ifdef __cplusplus
#error "bothost.hpp is for C++"
#endif
#ifndef BOTHOST_H
#define BOTHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With __wasi__ there is wasi-libc, and with it the functions at the end. */
#if defined(__wasi__) && !defined(BOTHOST_NO_LIBC)
#define BOTHOST_LIBC 1
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#endif

/* Results of handlers. */
enum {
	BOTHOST_DONE = 0,        /* what the handler did counts */
	BOTHOST_FAILED = 1,      /* nothing of the turn is kept; see bothost_fail */
	BOTHOST_NOT_HANDLED = 2, /* the host goes on as if there were no handler */
};

enum { BOTHOST_DEBUG, BOTHOST_INFO, BOTHOST_WARN, BOTHOST_ERROR };

/* Defines a handler: BOTHOST_EXPORT(on_message) { ...; return BOTHOST_DONE; } */
#define BOTHOST_EXPORT(name) \
	int name(void); \
	__attribute__((export_name(#name))) int name(void)

/* Makes a string of JSON that is written as it is: BOTHOST_JSON(["Yes", "No"]). */
#define BOTHOST_JSON(...) #__VA_ARGS__

/* Says what the bot is: BOTHOST_DEFINE({"name": "tea", "states": [...]}) */
#define BOTHOST_DEFINE(...) \
	BOTHOST_EXPORT(describe) \
	{ \
		static const char json[] = #__VA_ARGS__; \
		bothost_output(json, sizeof json - 1); \
		return BOTHOST_DONE; \
	}

/* Says what runs when states are entered: BOTHOST_ENTER({"asked", ask}, {"good", say}) */
#define BOTHOST_ENTER(...) \
	BOTHOST_EXPORT(on_enter) \
	{ \
		static const struct bothost_state all[] = {__VA_ARGS__}; \
		return bothost_enter(all, sizeof all / sizeof *all); \
	}

/* Says what answers guards: BOTHOST_GUARDS({"open", is_open}) */
#define BOTHOST_GUARDS(...) \
	BOTHOST_EXPORT(check) \
	{ \
		static const struct bothost_guard all[] = {__VA_ARGS__}; \
		return bothost_check(all, sizeof all / sizeof *all); \
	}

struct bothost_state {
	const char *name;
	int (*enter)(void);
};

struct bothost_guard {
	const char *name;
	bool (*holds)(void);
};

/*
 * What the host offers, as it is imported. Pointers and lengths; abi/README.md has the
 * rules. A function that breaks one does not return: the host ends the turn.
 */
#define BOTHOST_IMPORT(name) \
	__attribute__((import_module("bothost_v1"), import_name(#name))) extern

BOTHOST_IMPORT(input) int32_t bothost_input_(char *buf, size_t cap);
BOTHOST_IMPORT(output) void bothost_output(const char *ptr, size_t len);
BOTHOST_IMPORT(fail) void bothost_fail_(const char *ptr, size_t len);
BOTHOST_IMPORT(log) void bothost_log_(uint32_t level, const char *ptr, size_t len);
BOTHOST_IMPORT(event) int32_t bothost_event_(char *buf, size_t cap);
BOTHOST_IMPORT(event_get)
int32_t bothost_event_get_(const char *path, size_t pathlen, char *buf, size_t cap);
BOTHOST_IMPORT(reply) void bothost_reply_(const char *ptr, size_t len);
BOTHOST_IMPORT(reply_options) void bothost_reply_options_(const char *ptr, size_t len);
BOTHOST_IMPORT(reply_as)
void bothost_reply_as_(const char *kind, size_t kindlen, const char *body, size_t bodylen);
BOTHOST_IMPORT(reply_file)
void bothost_reply_file_(const char *name, size_t namelen, const char *mime, size_t mimelen,
	const void *data, size_t datalen);
BOTHOST_IMPORT(reply_delta) void bothost_reply_delta_(const char *ptr, size_t len);
/* Ends the reply in progress, if there is one. */
BOTHOST_IMPORT(reply_end) void bothost_reply_end(void);
BOTHOST_IMPORT(session_get)
int32_t bothost_get_(const char *key, size_t keylen, char *buf, size_t cap);
BOTHOST_IMPORT(session_set)
void bothost_set_(const char *key, size_t keylen, const char *val, size_t vallen);
BOTHOST_IMPORT(session_delete) void bothost_delete_(const char *key, size_t keylen);
BOTHOST_IMPORT(state) int32_t bothost_state_(char *buf, size_t cap);
BOTHOST_IMPORT(move) void bothost_move_(const char *ptr, size_t len);
BOTHOST_IMPORT(history) int32_t bothost_history_(uint32_t n, char *buf, size_t cap);
/* Reads bytes of the event's files; returns how many, 0 at the end, -1: no such file. */
BOTHOST_IMPORT(file_read)
int32_t bothost_file_read(uint32_t index, int64_t offset, void *buf, size_t cap);
BOTHOST_IMPORT(timer_set)
void bothost_timer_set_(const char *name, size_t namelen, int64_t delay_ms,
	const char *data, size_t datalen);
BOTHOST_IMPORT(timer_cancel) void bothost_timer_cancel_(const char *name, size_t namelen);
BOTHOST_IMPORT(http_start)
void bothost_http_(const char *name, size_t namelen, const char *request, size_t requestlen);
BOTHOST_IMPORT(config_get)
int32_t bothost_config_(const char *key, size_t keylen, char *buf, size_t cap);
/* Reads the custom section bothost.asset; returns its size, or -1 if there is none. */
BOTHOST_IMPORT(asset) int32_t bothost_asset(void *buf, size_t cap);
/* Returns the turn's time in milliseconds since 1970 UTC. */
BOTHOST_IMPORT(now) int64_t bothost_now(void);
/* Fills the buffer with random bytes, fit for secrets. */
BOTHOST_IMPORT(random) void bothost_random(void *buf, size_t len);

/* Texts. They are here for bots without libc, and cost nothing where they are not used. */

static inline size_t bothost_len(const char *text)
{
	size_t len = 0;
	while (text[len])
		len++;
	return len;
}

static inline bool bothost_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
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

/* Talking to the operator. */

static inline void bothost_log(uint32_t level, const char *line)
{
	bothost_log_(level, line, bothost_len(line));
}

/* Gives the operator words for the failure: return bothost_fail("no tea is left"); */
static inline int bothost_fail(const char *words)
{
	bothost_fail_(words, bothost_len(words));
	return BOTHOST_FAILED;
}

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

/*
 * Ends the turn: the operator reads the words, the place, and which functions called
 * which. BOTHOST_CHECK does so unless its condition holds.
 */
#define BOTHOST_PANIC(words) bothost_panic(words, __FILE__, __LINE__)
#define BOTHOST_CHECK(condition) \
	((condition) ? (void)0 : BOTHOST_PANIC("check failed: " #condition))

_Noreturn void bothost_panic(const char *words, const char *file, int line);

static inline struct bothost_text bothost_text(char *buf, size_t cap)
{
	BOTHOST_CHECK(cap > 0);
	*buf = 0;
	return (struct bothost_text){buf, cap, 0};
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
		digits[n++] = '0' + v % 10;
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

/* One definition for all files of a bot. */
__attribute__((weak, noinline)) _Noreturn void
bothost_panic(const char *words, const char *file, int line)
{
	char room[512];
	struct bothost_text t = {room, sizeof room, 0};
	/* What is too long is cut: this must not panic again. */
	for (size_t i = 0; words[i] && t.len < 300; i++)
		bothost_put_char(&t, words[i]);
	bothost_put(&t, " at ");
	for (size_t i = 0; file[i] && t.len < 480; i++)
		bothost_put_char(&t, file[i]);
	bothost_put_char(&t, ':');
	bothost_put_int(&t, line);
	bothost_log_(BOTHOST_ERROR, t.ptr, t.len);
	__builtin_trap();
}

/*
 * Reading into a buffer of the caller's. All return the length of the value, or -1 if
 * there is none. If it is less than cap, the buffer has the value and a zero byte; else
 * the value did not fit, and the buffer has the empty text.
 */

static inline int32_t bothost_ended_(int32_t n, char *buf, size_t cap)
{
	if (cap > 0)
		buf[n >= 0 && (size_t)n < cap ? n : 0] = 0;
	return n;
}

/* The input of this call: of on_message the text. */
static inline int32_t bothost_input(char *buf, size_t cap)
{
	return bothost_ended_(bothost_input_(buf, cap), buf, cap);
}

/* The event as JSON. */
static inline int32_t bothost_event(char *buf, size_t cap)
{
	return bothost_ended_(bothost_event_(buf, cap), buf, cap);
}

/* One value of the event, such as "intent.name", "files.0.name", "user.id". */
static inline int32_t bothost_event_get(const char *path, char *buf, size_t cap)
{
	return bothost_ended_(bothost_event_get_(path, bothost_len(path), buf, cap), buf, cap);
}

/* A variable of the session. */
static inline int32_t bothost_get(const char *key, char *buf, size_t cap)
{
	return bothost_ended_(bothost_get_(key, bothost_len(key), buf, cap), buf, cap);
}

/* A variable that is a whole number; false if it is not set, or none. */
static inline bool bothost_get_int(const char *key, int64_t *value)
{
	char digits[24];
	int32_t n = bothost_get(key, digits, sizeof digits);
	return n >= 0 && n < (int32_t)sizeof digits && bothost_parse_int(digits, value);
}

/* Where the session stands, or will stand after bothost_move. */
static inline int32_t bothost_state(char *buf, size_t cap)
{
	return bothost_ended_(bothost_state_(buf, cap), buf, cap);
}

/* The newest n entries of the log as JSON, oldest first. */
static inline int32_t bothost_history(uint32_t n, char *buf, size_t cap)
{
	return bothost_ended_(bothost_history_(n, buf, cap), buf, cap);
}

/* The operator's configuration for this bot. */
static inline int32_t bothost_config(const char *key, char *buf, size_t cap)
{
	return bothost_ended_(bothost_config_(key, bothost_len(key), buf, cap), buf, cap);
}

/* Replies. */

static inline void bothost_reply(const char *text)
{
	bothost_reply_(text, bothost_len(text));
}

/*
 * Adds text to the reply in progress, and begins one if there is none. Users see it while
 * it is made; the next other reply, or the handler's end, ends it.
 */
static inline void bothost_reply_delta(const char *text)
{
	bothost_reply_delta_(text, bothost_len(text));
}

/* Options to choose from: BOTHOST_JSON(["Yes", "No"]) or of {"label","value"}. */
static inline void bothost_reply_options(const char *json)
{
	bothost_reply_options_(json, bothost_len(json));
}

/* Any kind of the contract: "markdown", "html", "location", "dataframe" ... */
static inline void bothost_reply_as(const char *kind, const char *body)
{
	bothost_reply_as_(kind, bothost_len(kind), body, bothost_len(body));
}

/* A file; an image or audio if the MIME type is one of these. */
static inline void
bothost_reply_file(const char *name, const char *mime, const void *data, size_t len)
{
	bothost_reply_file_(name, bothost_len(name), mime, bothost_len(mime), data, len);
}

/* State. */

static inline void bothost_set(const char *key, const char *value)
{
	bothost_set_(key, bothost_len(key), value, bothost_len(value));
}

static inline void bothost_set_int(const char *key, int64_t value)
{
	char digits[24];
	struct bothost_text t = bothost_text(digits, sizeof digits);
	bothost_put_int(&t, value);
	bothost_set_(key, bothost_len(key), t.ptr, t.len);
}

static inline void bothost_delete(const char *key)
{
	bothost_delete_(key, bothost_len(key));
}

/* Goes to a state when the handler has returned; "@previous" goes back. */
static inline void bothost_move(const char *state)
{
	bothost_move_(state, bothost_len(state));
}

/* Later. Timers and answers come as events, to on_event or to transitions. */

static inline void bothost_timer_set(const char *name, int64_t delay_ms, const char *data)
{
	bothost_timer_set_(name, bothost_len(name), delay_ms, data, bothost_len(data));
}

static inline void bothost_timer_cancel(const char *name)
{
	bothost_timer_cancel_(name, bothost_len(name));
}

/* Makes a request after the turn: BOTHOST_JSON({"url": "https://..."}). */
static inline void bothost_http(const char *name, const char *request)
{
	bothost_http_(name, bothost_len(name), request, bothost_len(request));
}

/* What BOTHOST_ENTER and BOTHOST_GUARDS call. A name is at most 128 bytes long. */

static inline int bothost_enter(const struct bothost_state *all, size_t count)
{
	char name[129];
	bothost_input(name, sizeof name);
	for (size_t i = 0; i < count; i++)
		if (bothost_same(all[i].name, name))
			return all[i].enter();
	return BOTHOST_NOT_HANDLED;
}

static inline int bothost_check(const struct bothost_guard *all, size_t count)
{
	char name[129];
	bothost_input(name, sizeof name);
	for (size_t i = 0; i < count; i++) {
		if (!bothost_same(all[i].name, name))
			continue;
		if (all[i].holds())
			bothost_output("true", 4);
		else
			bothost_output("false", 5);
		return BOTHOST_DONE;
	}
	return bothost_fail("the bot has no such guard");
}

#ifdef BOTHOST_LIBC

/*
 * Reading texts of any length. They return a text that the caller frees, or NULL if
 * there is none.
 */
#define BOTHOST_READ_NEW_(read) \
	char *buf = NULL; \
	size_t cap = 256; \
	for (;;) { \
		char *larger = realloc(buf, cap); \
		if (!larger) \
			BOTHOST_PANIC("no memory is left"); \
		buf = larger; \
		int32_t n = read; \
		if (n < 0) { \
			free(buf); \
			return NULL; \
		} \
		if ((size_t)n < cap) { \
			buf[n] = 0; \
			return buf; \
		} \
		cap = (size_t)n + 1; \
	}

static inline char *bothost_input_new(void)
{
	BOTHOST_READ_NEW_(bothost_input_(buf, cap))
}

static inline char *bothost_event_new(void)
{
	BOTHOST_READ_NEW_(bothost_event_(buf, cap))
}

static inline char *bothost_event_get_new(const char *path)
{
	BOTHOST_READ_NEW_(bothost_event_get_(path, bothost_len(path), buf, cap))
}

static inline char *bothost_get_new(const char *key)
{
	BOTHOST_READ_NEW_(bothost_get_(key, bothost_len(key), buf, cap))
}

static inline char *bothost_state_new(void)
{
	BOTHOST_READ_NEW_(bothost_state_(buf, cap))
}

static inline char *bothost_history_new(uint32_t n_entries)
{
	BOTHOST_READ_NEW_(bothost_history_(n_entries, buf, cap))
}

static inline char *bothost_config_new(const char *key)
{
	BOTHOST_READ_NEW_(bothost_config_(key, bothost_len(key), buf, cap))
}

/* Puts a text together as printf does; the caller frees it. */
static inline char *bothost_vprint_new(const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *text = n < 0 ? NULL : malloc((size_t)n + 1);
	if (!text)
		BOTHOST_PANIC("the text cannot be made");
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

/* Replies with a text as printf makes it. */
__attribute__((format(printf, 1, 2))) static inline void bothost_replyf(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = bothost_vprint_new(format, args);
	va_end(args);
	bothost_reply(text);
	free(text);
}

/* Logs a line as printf makes it. */
__attribute__((format(printf, 2, 3))) static inline void
bothost_logf(uint32_t level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *line = bothost_vprint_new(format, args);
	va_end(args);
	bothost_log(level, line);
	free(line);
}

#endif /* BOTHOST_LIBC */
#endif /* BOTHOST_H */
