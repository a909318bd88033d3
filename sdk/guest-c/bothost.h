/*
 * Write a bot for bothost in C, with wasi-libc or without any libc.
 *
 *	#include "bothost.h"
 *
 *	BOTHOST_EXPORT(on_message)
 *	{
 *		char text[1024];
 *		if (bothost_input(text, sizeof text) >= (int)sizeof text)
 *			return bothost_fail("that is too long for me");
 *		bothost_reply(text);
 *		return BOTHOST_DONE;
 *	}
 *
 * Texts that go to the host are UTF-8 and end in a zero byte. The host copies them during
 * the call. What puts texts together is in bothost_text.h, what needs a libc in
 * bothost_libc.h.
 *
 * Nothing here is kept between turns, and neither may a bot keep anything in memory
 * that a later turn needs: the host takes any of its instances for the next turn.
 */
#ifndef BOTHOST_H
#define BOTHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define BOTHOST_C_ extern "C"
#else
#define BOTHOST_C_ extern
#endif

/*
 * Results of handlers: what it did counts; nothing of the turn is kept, see bothost_fail;
 * the host goes on as if there were no handler.
 */
enum { BOTHOST_DONE, BOTHOST_FAILED, BOTHOST_NOT_HANDLED };

enum { BOTHOST_DEBUG, BOTHOST_INFO, BOTHOST_WARN, BOTHOST_ERROR };

/* Defines a handler: BOTHOST_EXPORT(on_message) { ...; return BOTHOST_DONE; } */
#define BOTHOST_EXPORT(name) \
	BOTHOST_C_ int name(void); \
	__attribute__((export_name(#name))) int name(void)

/* Makes a string of JSON that is written as it is: BOTHOST_JSON(["Yes", "No"]). */
#define BOTHOST_JSON(...) #__VA_ARGS__

/*
 * What the host offers, as it is imported; abi/README.md has the rules. A call that breaks
 * one does not return: the host ends the turn. Names that end in _ take texts with their
 * lengths, also texts that hold zero bytes; below they are without.
 */
#define BOTHOST_IMPORT(name) \
	BOTHOST_C_ __attribute__((import_module("bothost_v1"), import_name(#name)))
#define BOTHOST_IN_(text) const char *text, size_t text##_len

BOTHOST_IMPORT(input) int32_t bothost_input_(char *buf, size_t cap);
BOTHOST_IMPORT(output) void bothost_output_(BOTHOST_IN_(output));
BOTHOST_IMPORT(fail) void bothost_fail_(BOTHOST_IN_(words));
BOTHOST_IMPORT(log) void bothost_log_(uint32_t level, BOTHOST_IN_(line));
BOTHOST_IMPORT(event) int32_t bothost_event_(char *buf, size_t cap);
BOTHOST_IMPORT(event_get) int32_t bothost_event_get_(BOTHOST_IN_(path), char *buf, size_t cap);
BOTHOST_IMPORT(reply) void bothost_reply_(BOTHOST_IN_(text));
BOTHOST_IMPORT(reply_options) void bothost_reply_options_(BOTHOST_IN_(json));
BOTHOST_IMPORT(reply_as) void bothost_reply_as_(BOTHOST_IN_(kind), BOTHOST_IN_(body));
BOTHOST_IMPORT(reply_file)
void bothost_reply_file_(BOTHOST_IN_(name), BOTHOST_IN_(mime), const void *data, size_t len);
BOTHOST_IMPORT(reply_delta) void bothost_reply_delta_(BOTHOST_IN_(text));
/* Ends the reply in progress, if there is one. */
BOTHOST_IMPORT(reply_end) void bothost_reply_end(void);
BOTHOST_IMPORT(session_get) int32_t bothost_get_(BOTHOST_IN_(key), char *buf, size_t cap);
BOTHOST_IMPORT(session_set) void bothost_set_(BOTHOST_IN_(key), BOTHOST_IN_(value));
BOTHOST_IMPORT(session_delete) void bothost_delete_(BOTHOST_IN_(key));
BOTHOST_IMPORT(state) int32_t bothost_state_(char *buf, size_t cap);
BOTHOST_IMPORT(move) void bothost_move_(BOTHOST_IN_(state));
BOTHOST_IMPORT(history) int32_t bothost_history_(uint32_t n, char *buf, size_t cap);
/* Reads bytes of the event's files; returns how many, 0 at the end, -1: no such file. */
BOTHOST_IMPORT(file_read)
int32_t bothost_file_read(uint32_t index, int64_t offset, void *buf, size_t cap);
BOTHOST_IMPORT(timer_set)
void bothost_timer_set_(BOTHOST_IN_(name), int64_t delay_ms, BOTHOST_IN_(data));
BOTHOST_IMPORT(timer_cancel) void bothost_timer_cancel_(BOTHOST_IN_(name));
BOTHOST_IMPORT(http_start) void bothost_http_(BOTHOST_IN_(name), BOTHOST_IN_(request));
BOTHOST_IMPORT(config_get) int32_t bothost_config_(BOTHOST_IN_(key), char *buf, size_t cap);
/* Reads the custom section bothost.asset; returns its size, or -1 if there is none. */
BOTHOST_IMPORT(asset) int32_t bothost_asset(void *buf, size_t cap);
/* Returns the turn's time in milliseconds since 1970 UTC. */
BOTHOST_IMPORT(now) int64_t bothost_now(void);
/* Fills the buffer with random bytes, fit for secrets. */
BOTHOST_IMPORT(random) void bothost_random(void *buf, size_t len);

static inline size_t bothost_len(const char *text)
{
	size_t len = 0;
	while (text[len])
		len++;
	return len;
}

__attribute__((noinline)) static inline bool bothost_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* A text and its length, where BOTHOST_IN_ takes them. */
#define BOTHOST_TEXT_(text) text, bothost_len(text)

/* Talking to the operator. */

static inline void bothost_log(uint32_t level, const char *line)
{ bothost_log_(level, BOTHOST_TEXT_(line)); }

/* Gives the operator words for the failure: return bothost_fail("no tea is left"); */
static inline int bothost_fail(const char *words)
{ return bothost_fail_(BOTHOST_TEXT_(words)), BOTHOST_FAILED; }

/*
 * Ends the turn: the operator reads the words, the place, and which functions called
 * which. BOTHOST_CHECK does so unless its condition holds.
 */
#define BOTHOST_PANIC(words) bothost_panic(words, BOTHOST_PLACE_(__LINE__))
#define BOTHOST_CHECK(condition) \
	((condition) ? (void)0 : BOTHOST_PANIC("check failed: " #condition))
#define BOTHOST_PLACE_(line) " at " __FILE__ ":" BOTHOST_JSON(line)

/* One definition for all files of a bot. Words that are too long are cut at a character. */
BOTHOST_C_ __attribute__((weak, noinline, noreturn)) void
bothost_panic(const char *words, const char *place)
{
	char line[1024];
	size_t len = 0;
	while (*words && len < 512 && (len < 500 || (*words & 0xC0) == 0x80))
		line[len++] = *words++;
	while (*place && len < sizeof line)
		line[len++] = *place++;
	bothost_log_(BOTHOST_ERROR, line, len);
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
{ return bothost_ended_(bothost_input_(buf, cap), buf, cap); }

/* The event as JSON. */
static inline int32_t bothost_event(char *buf, size_t cap)
{ return bothost_ended_(bothost_event_(buf, cap), buf, cap); }

/* One value of the event, such as "intent.name", "files.0.name", "user.id". */
static inline int32_t bothost_event_get(const char *path, char *buf, size_t cap)
{ return bothost_ended_(bothost_event_get_(BOTHOST_TEXT_(path), buf, cap), buf, cap); }

/* A variable of the session. */
static inline int32_t bothost_get(const char *key, char *buf, size_t cap)
{ return bothost_ended_(bothost_get_(BOTHOST_TEXT_(key), buf, cap), buf, cap); }

/* Where the session stands, or will stand after bothost_move. */
static inline int32_t bothost_state(char *buf, size_t cap)
{ return bothost_ended_(bothost_state_(buf, cap), buf, cap); }

/* The newest n entries of the log as JSON, oldest first. */
static inline int32_t bothost_history(uint32_t n, char *buf, size_t cap)
{ return bothost_ended_(bothost_history_(n, buf, cap), buf, cap); }

/* The operator's configuration for this bot. */
static inline int32_t bothost_config(const char *key, char *buf, size_t cap)
{ return bothost_ended_(bothost_config_(BOTHOST_TEXT_(key), buf, cap), buf, cap); }

/* Replies. */

static inline void bothost_reply(const char *text) { bothost_reply_(BOTHOST_TEXT_(text)); }

/*
 * Adds text to the reply in progress, and begins one if there is none. Users see it while
 * it is made; the next other reply, or the handler's end, ends it.
 */
static inline void bothost_reply_delta(const char *text)
{ bothost_reply_delta_(BOTHOST_TEXT_(text)); }

/* Options to choose from: BOTHOST_JSON(["Yes", "No"]) or of {"label","value"}. */
static inline void bothost_reply_options(const char *json)
{ bothost_reply_options_(BOTHOST_TEXT_(json)); }

/* Any kind of the contract: "markdown", "html", "location", "dataframe" ... */
static inline void bothost_reply_as(const char *kind, const char *body)
{ bothost_reply_as_(BOTHOST_TEXT_(kind), BOTHOST_TEXT_(body)); }

/* A file; an image or audio if the MIME type is one of these. */
static inline void
bothost_reply_file(const char *name, const char *mime, const void *data, size_t len)
{ bothost_reply_file_(BOTHOST_TEXT_(name), BOTHOST_TEXT_(mime), data, len); }

/* State. */

static inline void bothost_set(const char *key, const char *value)
{ bothost_set_(BOTHOST_TEXT_(key), BOTHOST_TEXT_(value)); }

static inline void bothost_delete(const char *key) { bothost_delete_(BOTHOST_TEXT_(key)); }

/* Goes to a state when the handler has returned; "@previous" goes back. */
static inline void bothost_move(const char *state) { bothost_move_(BOTHOST_TEXT_(state)); }

/* Later. Timers and answers come as events, to on_event or to transitions. */

static inline void bothost_timer_set(const char *name, int64_t delay_ms, const char *data)
{ bothost_timer_set_(BOTHOST_TEXT_(name), delay_ms, BOTHOST_TEXT_(data)); }

static inline void bothost_timer_cancel(const char *name)
{ bothost_timer_cancel_(BOTHOST_TEXT_(name)); }

/* Makes a request after the turn: BOTHOST_JSON({"url": "https://..."}). */
static inline void bothost_http(const char *name, const char *request)
{ bothost_http_(BOTHOST_TEXT_(name), BOTHOST_TEXT_(request)); }

/* What a bot says of itself. */

/* The output of this call, of describe the definition. */
static inline void bothost_output(const char *json) { bothost_output_(BOTHOST_TEXT_(json)); }

/* Says what the bot is: BOTHOST_DEFINE({"name": "tea", "states": [...]}) */
#define BOTHOST_DEFINE(...) \
	BOTHOST_EXPORT(describe) { \
		static const char json[] = #__VA_ARGS__; \
		bothost_output_(json, sizeof json - 1); \
		return BOTHOST_DONE; \
	}

/* Says what runs when states are entered: BOTHOST_ENTER({"asked", ask}, {"good", say}) */
#define BOTHOST_ENTER(...) \
	BOTHOST_EXPORT(on_enter) { \
		BOTHOST_ROWS_(int, __VA_ARGS__); \
		return i < n ? rows_[i].call() : BOTHOST_NOT_HANDLED; \
	}

/* Says what answers guards: BOTHOST_GUARDS({"open", is_open}) */
#define BOTHOST_GUARDS(...) \
	BOTHOST_EXPORT(check) { \
		BOTHOST_ROWS_(bool, __VA_ARGS__); \
		if (i == n) \
			return bothost_fail("the bot has no such guard"); \
		bothost_output(rows_[i].call() ? "true" : "false"); \
		return BOTHOST_DONE; \
	}

/* Finds the row that the input names, in at most 128 bytes; i is n if there is none. */
#define BOTHOST_ROWS_(type, ...) \
	static const struct { const char *name; type (*call)(void); } rows_[] = {__VA_ARGS__}; \
	char name[129]; \
	size_t i = 0, n = sizeof rows_ / sizeof *rows_; \
	bothost_input(name, sizeof name); \
	while (i < n && !bothost_same(rows_[i].name, name)) \
		i++

#endif
