// All of the SDK for C is C++ too, also in a bot of several files.

#include "bothost_libc.h"
#include "bothost_text.h"

void log_levels() {
    for (uint32_t level = BOTHOST_DEBUG; level <= BOTHOST_ERROR; level++) {
        char room[16];
        struct bothost_text line = bothost_text(room, sizeof room);
        bothost_put(&line, "level ");
        bothost_put_int(&line, level);
        bothost_logf(level, "%s", line.ptr);
    }
}
