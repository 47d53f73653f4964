// SPDX-License-Identifier: GPL-2.0
/*
 * loop_add.c - adds up what becomes of the clients of all parts
 *
 * The parts have the same keys, so the sum is written while one walks through all of them.
 * A peer is in one part alone.
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "fail.h"
#include "loop.h"
#include "tree.h"

struct loop_added_peer {
	struct twr_key key;
	const struct tree *tree;
};

static int loop_added_order(const void *a, const void *b)
{
	const struct loop_added_peer *first = a, *second = b;

	return loop_key_order(&first->key, &second->key);
}

static bool loop_add_peers(const struct tree *const *parts, u32 count, FILE *out)
{
	struct loop_added_peer *peers = NULL;
	const struct tree *at;
	u32 sum = 0, i;
	bool good = true;

	for (i = 0; i < count; i++) {
		for (at = parts[i]->child; at; at = at->next) {
			peers = fail_realloc(peers, (sum + 1) * sizeof(*peers));
			peers[sum] = (struct loop_added_peer) { .tree = at };
			good &= add_address(at, "peer", &peers[sum].key.peer) &&
				add_address(at, "local", &peers[sum].key.local);
			sum++;
		}
	}
	if (sum)
		qsort(peers, sum, sizeof(*peers), loop_added_order);
	fputc('[', out);
	for (i = 0; i < sum; i++)
		fprintf(out, "%s%.*s", i ? ", " : "", (int)peers[i].tree->len,
			peers[i].tree->text);
	fputc(']', out);
	free(peers);
	return good;
}

static bool loop_add_numbers(const struct tree *const *parts, u32 count, FILE *out)
{
	u64 sum = 0, number;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!tree_number(parts[i], &number))
			return false;
		sum += number;
	}
	fprintf(out, "%llu", sum);
	return true;
}

/* The values of each name are added. */
static bool loop_add_objects(const struct tree *const *parts, u32 count, FILE *out)
{
	const struct tree **values = fail_calloc(count, sizeof(*values));
	const struct tree *at;
	bool good = true;
	u32 i;

	fputc('{', out);
	for (at = parts[0]->child; at && good; at = at->next) {
		fprintf(out, "%s%.*s: ", at == parts[0]->child ? "" : ", ", (int)at->name_len,
			at->name);
		for (i = 0; i < count; i++)
			values[i] = tree_named_as(parts[i], at);
		good = loop_add_parts(values, count, out);
	}
	fputc('}', out);
	free(values);
	return good;
}

bool loop_add_parts(const struct tree *const *parts, u32 count, FILE *out)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!parts[i] || (parts[i]->text[0] != parts[0]->text[0] &&
				  strchr("{[\"", parts[0]->text[0])))
			return false;
	switch (parts[0]->text[0]) {
	case '{':
		return loop_add_objects(parts, count, out);
	case '[':
		return loop_add_peers(parts, count, out);
	case '"':
		fprintf(out, "%.*s", (int)parts[0]->len, parts[0]->text);
		return true;
	default:
		return loop_add_numbers(parts, count, out);
	}
}
