// SPDX-License-Identifier: GPL-2.0
/* The answers of a real kernel: one column of a table NAME.expected. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expected.h"

#define SPACE	" \t\r\n"

/* Returns the index of @column by the first row, "# line 4.11 el7 ..." */
static int find_column(const char *file, char *header, const char *column)
{
	char *word = strtok(header, SPACE);

	if (!word || strcmp(word, "#"))
		errx(2, "%s:1: does not begin with '# line' and names of columns", file);
	word = strtok(NULL, SPACE);
	if (!word || strcmp(word, "line"))
		errx(2, "%s:1: does not begin with '# line' and names of columns", file);
	for (int i = 1; (word = strtok(NULL, SPACE)); i++)
		if (!strcmp(word, column))
			return i;
	errx(2, "%s: has no column '%s'", file, column);
}

static struct answer parse_row(const char *file, unsigned int number, char *row,
			       int column)
{
	char *word = strtok(row, SPACE);
	struct answer answer;
	int verdict = -1;
	char *end;

	answer.line = strtoul(word, &end, 10);
	if (*end || !answer.line)
		errx(2, "%s:%u: '%s' is not a line number", file, number, word);
	while (column-- && word)
		word = strtok(NULL, SPACE);
	if (word)
		verdict = verdict_parse(word);
	if (verdict < 0)
		errx(2, "%s:%u: unknown answer '%s'", file, number,
		     word ? word : "");
	answer.verdict = verdict;
	return answer;
}

void expected_read(const char *file, const char *column,
		   struct expected *expected)
{
	FILE *f = fopen(file, "r");
	unsigned int number = 1;
	char *row = NULL;
	size_t size = 0;
	int i;

	if (!f)
		err(2, "%s", file);
	*expected = (struct expected){ 0 };
	if (getline(&row, &size, f) < 0)
		errx(2, "%s: empty", file);
	i = find_column(file, row, column);
	while (number++, getline(&row, &size, f) >= 0) {
		if (row[strspn(row, SPACE)] == '\0')
			continue;
		expected->answers = reallocarray(expected->answers,
						 expected->nr + 1,
						 sizeof(*expected->answers));
		if (!expected->answers)
			err(2, NULL);
		expected->answers[expected->nr++] = parse_row(file, number, row, i);
	}
	free(row);
	fclose(f);
}

int expected_at(const struct expected *expected, unsigned int line)
{
	for (size_t i = 0; i < expected->nr; i++)
		if (expected->answers[i].line == line)
			return expected->answers[i].verdict;
	return -1;
}

void expected_free(struct expected *expected)
{
	free(expected->answers);
}
