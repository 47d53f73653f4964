// SPDX-License-Identifier: GPL-2.0
/* A .tw script as a list of steps. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "script.h"
#include "words.h"

static void parse_wait(char *args, struct step *step)
{
	char *word = strtok(args, SPACE);

	if (!word || strtok(NULL, SPACE))
		bad("wait needs one number of seconds");
	step->wait_ns = parse_seconds("wait", word);
}

static void parse_set(char *args, struct step *step)
{
	char *file = strtok(args, SPACE);
	char *value = strtok(NULL, SPACE);

	if (!file || !value || strtok(NULL, SPACE))
		bad("set needs a file and a value");
	step->file = check_alloc(strdup(file));
	step->value = check_alloc(strdup(value));
}

/* The module sees only the client's first SYN. */
static void parse_client(char *args, struct step *step)
{
	step->client = true;
	step->rate = 1000;
	step->close = CLOSE_HALF;
	parse_connection(args, step);
}

static const struct {
	const char *word;
	enum step_kind kind;
	void (*parse)(char *args, struct step *step);
} kinds[] = {
	{ "conn", STEP_CONN, parse_connection },
	{ "client", STEP_CONN, parse_client },
	{ "dial", STEP_DIAL, parse_connection },
	{ "wait", STEP_WAIT, parse_wait },
	{ "set", STEP_SET, parse_set },
	{ "seg", STEP_SEG, parse_seg },
	{ "app", STEP_APP, parse_app },
	{ "listen", STEP_LISTEN, parse_listen },
	{ "unlisten", STEP_UNLISTEN, parse_unlisten },
	{ "accept", STEP_ACCEPT, parse_accept },
	{ "host", STEP_HOST, parse_host },
	{ "ask", STEP_ASK, parse_ask },
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

#define KIND_WORDS \
	"conn, client, dial, wait, set, seg, app, listen, unlisten, accept, host, ask"

static void parse_line(char *line, struct step *step)
{
	char *word = line;
	char *args = line + strcspn(line, SPACE);

	if (*args)
		*args++ = '\0';
	for (size_t i = 0; i < NR_KINDS; i++)
		if (!strcmp(word, kinds[i].word)) {
			step->kind = kinds[i].kind;
			kinds[i].parse(args, step);
			return;
		}
	bad("'%s' is unknown (%s)", word, KIND_WORDS);
}

/* Steps follow one another, but the requests of hosts overlap. */
static void check_kind(struct script *script)
{
	enum step_kind kind = script->steps[script->nr - 1].kind;
	bool loop = kind == STEP_HOST || kind == STEP_ASK;

	if (script->nr == 1)
		script->loop = loop;
	else if (script->loop != loop)
		bad("a script has either host and ask, or the other lines");
}

/* Removes the comment and the white space at both ends. */
static char *trim(char *line)
{
	char *end;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, SPACE);
	end = line + strlen(line);
	while (end > line && strchr(SPACE, end[-1]))
		*--end = '\0';
	return line;
}

void script_read(const char *file, struct script *script)
{
	FILE *f = fopen(file, "r");
	unsigned int number;
	char *line = NULL;
	size_t size = 0;

	if (!f)
		err(2, "%s", file);
	*script = (struct script){ 0 };
	parse_live_start();
	parse_loop_start();
	for (number = 1; getline(&line, &size, f) >= 0; number++) {
		char *text = trim(line);
		struct step *step;

		if (!*text)
			continue;
		words_at(file, number);
		script->steps = check_alloc(reallocarray(script->steps,
							 script->nr + 1,
							 sizeof(*step)));
		step = &script->steps[script->nr++];
		*step = (struct step){ .line = number };
		step->text = check_alloc(strdup(text));
		parse_line(text, step);
		check_kind(script);
	}
	if (ferror(f))
		err(2, "%s", file);
	if (!script->nr)
		errx(2, "%s: nothing to play", file);
	parse_live_end();
	free(line);
	fclose(f);
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->nr; i++) {
		free(script->steps[i].text);
		free(script->steps[i].file);
		free(script->steps[i].value);
		free(script->steps[i].id);
	}
	free(script->steps);
}
