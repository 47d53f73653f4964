/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tree.h - reads JSON that json.c has written
 */
#ifndef PCAP_TREE_H
#define PCAP_TREE_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct tree - a value
 * @name: its name in the object around it, with the quotes; NULL if it has none
 * @name_len: length of @name
 * @text: the value as it was written
 * @len: length of @text
 * @child: first value in an object or array
 * @next: next value in the same object or array
 */
struct tree {
	const char *name;
	size_t name_len;
	const char *text;
	size_t len;
	struct tree *child;
	struct tree *next;
};

/**
 * tree_read() - read a value
 * @text: the text; it must stay, since the tree points into it
 *
 * Return: the value; NULL if @text is not one JSON value, or one that is nested too deeply.
 */
struct tree *tree_read(const char *text);

/**
 * tree_free() - free a tree
 * @tree: the tree, or NULL
 */
void tree_free(struct tree *tree);

/**
 * tree_get() - get a value of an object
 * @tree: the object, or NULL
 * @name: name of the value
 *
 * Return: the value, or NULL.
 */
const struct tree *tree_get(const struct tree *tree, const char *name);

/**
 * tree_named_as() - get a value of an object by the name of another value
 * @tree: the object, or NULL
 * @other: a value of another object
 *
 * Return: the value with the same name, or NULL.
 */
const struct tree *tree_named_as(const struct tree *tree, const struct tree *other);

/**
 * tree_number() - get a number that is not negative and has no fraction
 * @tree: the value, or NULL
 * @number: set to it
 *
 * Return: false if it is no such number.
 */
bool tree_number(const struct tree *tree, u64 *number);

/**
 * tree_is_text() - compare with a string
 * @tree: the value, or NULL
 * @text: a string without characters that JSON would escape
 *
 * Return: true if the value is this string.
 */
bool tree_is_text(const struct tree *tree, const char *text);

/**
 * tree_text() - copy a string without escapes
 * @tree: the value, or NULL
 *
 * Return: the string, which the caller frees; NULL if it is none.
 */
char *tree_text(const struct tree *tree);

#endif
