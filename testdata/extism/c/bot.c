// A bot of three calls a message: it reads what it remembers, remembers the text,
// and replies with it.
#include "extism.h"

static u8 text[4096], old[4096];

EXPORT(on_message) int on_message(void) {
  u64 n = load_input(text, sizeof text);
  u64 key = store((const u8 *)"last", 4);
  load(session_get(key), old, sizeof old);
  u64 value = store(text, n);
  session_set(key, value);
  reply(value);
  return 0;
}

// memset and memcpy are what the compiler may make of loops.
void *memset(void *p, int c, unsigned long n) {
  for (volatile u8 *q = p; n; n--) *q++ = (u8)c;
  return p;
}
