#include "dice.h"

#include <stddef.h>

static const char *skip_space(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

static bool is_digit(char c)
{
	return '0' <= c && c <= '9';
}

static bool is_letter(char c)
{
	return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}

/* Reads digits, if there are any. What is above all limits stays so. */
static bool read_number(const char **text, int *value)
{
	if (!is_digit(**text))
		return false;
	for (*value = 0; is_digit(**text); ++*text)
		if (*value <= MAX_BONUS)
			*value = *value * 10 + (**text - '0');
	return true;
}

/* Reads what stands behind the number of dice: d6, or D 6 + 1. */
static bool read_rest(const char *text, struct throw *t)
{
	text = skip_space(text);
	if (*text != 'd' && *text != 'D')
		return false;
	text = skip_space(text + 1);
	if (!read_number(&text, &t->sides))
		return false;
	text = skip_space(text);
	char sign = *text;
	t->bonus = 0;
	if (sign != '+' && sign != '-')
		return true;
	text = skip_space(text + 1);
	if (read_number(&text, &t->bonus) && sign == '-')
		t->bonus = -t->bonus;
	return true;
}

const char *find_throw(const char *text, struct throw *found)
{
	char before = ' ';
	while (*text) {
		const char *at = text;
		found->count = 1;
		bool counted = read_number(&at, &found->count);
		/* The d of "dad 6" is no die. */
		if ((counted || !is_letter(before)) && read_rest(at, found))
			break;
		text = counted ? at : text + 1;
		before = text[-1];
	}
	if (!*text)
		return "I throw dice. Try: roll 2d6+1";
	if (found->count < 1 || found->count > MAX_DICE)
		return "I have 50 dice.";
	if (found->sides < 2 || found->sides > MAX_SIDES)
		return "My dice have 2 to 1000 sides.";
	if (found->bonus < -MAX_BONUS || found->bonus > MAX_BONUS)
		return "I add or take away 10000 at most.";
	return NULL;
}
