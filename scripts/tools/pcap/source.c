// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - the sources of segments: the first bytes of a file show what it has
 */
#include <errno.h>
#include <linux/kernel.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "source.h"

#define SOURCE_BUFFER	0x40000

/* A pipe whose first bytes have been read already, and come again before the rest. */
struct refilled {
	FILE *file;
	u8 bytes[4];
	size_t have;
	size_t given;
};

static ssize_t refilled_read(void *cookie, char *buffer, size_t size)
{
	struct refilled *refilled = cookie;
	size_t left = refilled->have - refilled->given, n;

	if (!left) {
		n = fread(buffer, 1, size, refilled->file);
		return n || !ferror(refilled->file) ? (ssize_t)n : -1;
	}
	if (size > left)
		size = left;
	memcpy(buffer, refilled->bytes + refilled->given, size);
	refilled->given += size;
	return size;
}

static int refilled_close(void *cookie)
{
	struct refilled *refilled = cookie;
	int err = fclose(refilled->file);

	free(refilled);
	return err;
}

static FILE *refilled_open(FILE *file, const u8 *bytes, size_t have)
{
	static const cookie_io_functions_t functions = {
		.read = refilled_read,
		.close = refilled_close,
	};
	struct refilled *refilled = fail_calloc(1, sizeof(*refilled));
	FILE *opened;

	refilled->file = file;
	memcpy(refilled->bytes, bytes, have);
	refilled->have = have;
	opened = fopencookie(refilled, "r", functions);
	if (!opened)
		fail_exit(1, "not enough memory");
	return opened;
}

static bool is_packets(const u8 *bytes)
{
	static const u8 magic[][4] = {
		{ 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 },
		{ 0x0a, 0x0d, 0x0d, 0x0a },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(magic); i++)
		if (!memcmp(bytes, magic[i], 4))
			return true;
	return false;
}

/* Return: the program that unpacks a file, NULL if it is not packed. */
static const char *is_packed(const u8 *bytes)
{
	if (bytes[0] == 0x1f && bytes[1] == 0x8b)
		return "zcat";
	if (!memcmp(bytes, "\3757zX", 4))
		return "xzcat";
	if (!memcmp(bytes, "BZh", 3))
		return "bzcat";
	if (!memcmp(bytes, "\x28\xb5\x2f\xfd", 4))
		return "zstdcat";
	return NULL;
}

bool source_open(struct source *source, const char *name)
{
	bool input = !strcmp(name, "-");
	FILE *file = input ? stdin : fopen(name, "r");
	u8 bytes[4] = { };
	size_t have;

	memset(source, 0, sizeof(*source));
	source->name = input ? "standard input" : name;
	if (!file) {
		fail_note("%s: %s", name, strerror(errno));
		return false;
	}
	/*
	 * This makes one sixty-fourth of the calls that 4 KiB would need. A lock for each
	 * packet would only cost time: there is one thread.
	 */
	setvbuf(file, NULL, _IOFBF, SOURCE_BUFFER);
	__fsetlocking(file, FSETLOCKING_BYCALLER);
	have = fread(bytes, 1, sizeof(bytes), file);
	if (ferror(file)) {
		fail_note("%s: %s", name, strerror(errno));
		fclose(file);
		return false;
	}
	if (have == sizeof(bytes) && is_packed(bytes)) {
		fail_note("%s: it is compressed; %s %s | twr-pcap -", source->name,
			  is_packed(bytes), input ? "FILE" : name);
		fclose(file);
		return false;
	}
	if (fseek(file, 0, SEEK_SET))
		file = refilled_open(file, bytes, have);
	if (have == sizeof(bytes) && is_packets(bytes))
		return packets_open(source, file);
	return text_open(source, file);
}

void source_close(struct source *source)
{
	if (source->kind)
		source->kind->close(source);
	source->kind = NULL;
}
