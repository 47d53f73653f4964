// SPDX-License-Identifier: GPL-2.0
/*
 * tree.c - reads JSON that json.c has written
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "tree.h"

/* The closed loop nests seven deep, all else five. */
#define TREE_DEPTH	16

static struct tree *tree_value(const char **at, int depth);

static void tree_skip_blanks(const char **at)
{
	*at += strspn(*at, " \t\r\n");
}

/* Return: false if there is another character. */
static bool tree_take(const char **at, char wanted)
{
	tree_skip_blanks(at);
	if (**at != wanted)
		return false;
	++*at;
	return true;
}

static bool tree_skip_text(const char **at)
{
	if (!tree_take(at, '"'))
		return false;
	while (**at && **at != '"')
		*at += 1 + (**at == '\\' && (*at)[1]);
	return tree_take(at, '"');
}

/* Reads the values of an object or an array. Return: false if they are broken. */
static bool tree_children(struct tree *tree, const char **at, char end, int depth)
{
	struct tree **link = &tree->child;
	const char *name;

	++*at;
	if (tree_take(at, end))
		return true;
	do {
		tree_skip_blanks(at);
		name = *at;
		if (end == '}' && !tree_skip_text(at))
			return false;
		if (end == '}') {
			size_t len = *at - name;

			if (!tree_take(at, ':'))
				return false;
			*link = tree_value(at, depth + 1);
			if (*link) {
				(*link)->name = name;
				(*link)->name_len = len;
			}
		} else {
			*link = tree_value(at, depth + 1);
		}
		if (!*link)
			return false;
		link = &(*link)->next;
	} while (tree_take(at, ','));
	return tree_take(at, end);
}

static struct tree *tree_value(const char **at, int depth)
{
	struct tree *tree;
	bool good;

	if (depth > TREE_DEPTH)
		return NULL;
	tree_skip_blanks(at);
	tree = fail_calloc(1, sizeof(*tree));
	tree->text = *at;
	if (**at == '{' || **at == '[') {
		good = tree_children(tree, at, **at == '{' ? '}' : ']', depth);
	} else if (**at == '"') {
		good = tree_skip_text(at);
	} else {
		/* A number, or a word. */
		*at += strspn(*at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
		good = *at != tree->text;
	}
	tree->len = *at - tree->text;
	if (good)
		return tree;
	tree_free(tree);
	return NULL;
}

struct tree *tree_read(const char *text)
{
	struct tree *tree = tree_value(&text, 0);

	tree_skip_blanks(&text);
	if (!*text)
		return tree;
	tree_free(tree);
	return NULL;
}

void tree_free(struct tree *tree)
{
	while (tree) {
		struct tree *next = tree->next;

		tree_free(tree->child);
		free(tree);
		tree = next;
	}
}

static bool tree_quotes(const char *quoted, size_t len, const char *text)
{
	return len == strlen(text) + 2 && !memcmp(quoted + 1, text, len - 2);
}

const struct tree *tree_get(const struct tree *tree, const char *name)
{
	const struct tree *child;

	for (child = tree ? tree->child : NULL; child; child = child->next)
		if (child->name && tree_quotes(child->name, child->name_len, name))
			return child;
	return NULL;
}

const struct tree *tree_named_as(const struct tree *tree, const struct tree *other)
{
	const struct tree *child;

	for (child = tree ? tree->child : NULL; child; child = child->next)
		if (child->name_len == other->name_len &&
		    !memcmp(child->name, other->name, other->name_len))
			return child;
	return NULL;
}

bool tree_number(const struct tree *tree, u64 *number)
{
	char *end;

	if (!tree || !isdigit((unsigned char)tree->text[0]))
		return false;
	errno = 0;
	*number = strtoull(tree->text, &end, 10);
	return !errno && end == tree->text + tree->len;
}

bool tree_is_text(const struct tree *tree, const char *text)
{
	return tree && tree->text[0] == '"' && tree_quotes(tree->text, tree->len, text);
}

char *tree_text(const struct tree *tree)
{
	char *text;

	if (!tree || tree->text[0] != '"')
		return NULL;
	text = fail_calloc(1, tree->len);
	memcpy(text, tree->text + 1, tree->len - 2);
	return text;
}
