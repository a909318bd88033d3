/*
 * What a libc makes easier: values of any length, and texts as printf makes them. A part of
 * the SDK that a bot may leave out.
 */
#ifndef BOTHOST_LIBC_H
#define BOTHOST_LIBC_H

#include "bothost.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Reading texts of any length. They return a text that the caller frees, or NULL if
 * there is none.
 */
#define BOTHOST_READ_NEW_(read) \
	char *buf = NULL; \
	size_t cap = 256; \
	for (;;) { \
		char *larger = (char *)realloc(buf, cap); \
		if (!larger) \
			BOTHOST_PANIC("no memory is left"); \
		buf = larger; \
		int32_t n_read = read; \
		if (n_read < 0) { \
			free(buf); \
			return NULL; \
		} \
		if ((size_t)n_read < cap) { \
			buf[n_read] = 0; \
			return buf; \
		} \
		cap = (size_t)n_read + 1; \
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
	BOTHOST_READ_NEW_(bothost_event_get_(BOTHOST_TEXT_(path), buf, cap))
}

static inline char *bothost_get_new(const char *key)
{
	BOTHOST_READ_NEW_(bothost_get_(BOTHOST_TEXT_(key), buf, cap))
}

static inline char *bothost_state_new(void)
{
	BOTHOST_READ_NEW_(bothost_state_(buf, cap))
}

static inline char *bothost_history_new(uint32_t n)
{
	BOTHOST_READ_NEW_(bothost_history_(n, buf, cap))
}

static inline char *bothost_config_new(const char *key)
{
	BOTHOST_READ_NEW_(bothost_config_(BOTHOST_TEXT_(key), buf, cap))
}

/* Puts a text together as printf does; the caller frees it. */
static inline char *bothost_vprint_new(const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *text = n < 0 ? NULL : (char *)malloc((size_t)n + 1);
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

#endif
