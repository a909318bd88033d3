/* Throws as people write them: 2d6+1 is two dice of six sides, and one more. */
#ifndef DICE_H
#define DICE_H

#include <stdbool.h>

enum { MAX_DICE = 50, MAX_SIDES = 1000, MAX_BONUS = 10000 };

struct throw {
	int count, sides, bonus;
};

/*
 * Finds a throw in a text: "2d6+1", "d20", "please roll 3 D 8 - 2". Returns NULL if it is
 * there, or else what is wrong, for the user.
 */
const char *find_throw(const char *text, struct throw *found);

#endif
