// SPDX-License-Identifier: GPL-2.0
/*
 * options.c - reads the command line
 */
#include <errno.h>
#include <getopt.h>
#include <linux/log2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "machine.h"
#include "options.h"

#define VERSION		"0.1"	/* as in module/main.c */

/* With fewer than this, connections would push each other out of the table at once. */
#define CONNECTIONS_LEAST	16
#define CONNECTIONS_MOST	0x10000000

static void options_usage(FILE *out)
{
	fputs("usage: twr-pcap [OPTION]... FILE...\n"
	      "       twr-pcap [OPTION]... -i DEVICE\n"
	      "       twr-pcap --add PART...\n"
	      "Shows which SYNs of a capture tcp_tw_recycle would drop, and whether that explains\n"
	      "the SYNs without an answer.\n"
	      "FILE: pcap, pcapng, or text of tcpdump or tshark; - for standard input\n"
	      "\n"
	      "  --era ERA[,ERA]...  rules of a release from 2.6.9 to 4.11, of el5, el6 or el7, of what\n"
	      "                      uname -r prints there, or all eras from 2.6.32 on (default)\n"
	      "  --local ADDR[/BITS] these addresses are one machine, and no others are observed;\n"
	      "                      may be given several times\n"
	      "  --top [N]           the N peers with the most rejected SYNs (10; 0 for all)\n"
	      "  --json              one object\n"
	      "  --syns              a line for each SYN: each era's verdict, and the answer\n"
	      "  --closed-loop       what becomes of each client if its SYN is sent again until it\n"
	      "                      is answered; --syns has a line for each client then\n"
	      "  --retries NAME      when clients send a SYN again: linux (3.7 to 6.4, the default),\n"
	      "                      linux-6.5 or bsd\n"
	      "  --clocks FILE       rates of clients' clocks: lines of address, ports and ticks a\n"
	      "                      second, like 192.0.2.7 20001-20300 250; the ports may be left out\n"
	      "  --events            the lines of the module's tracepoints, for twr-report\n"
	      "  -i DEVICE           capture from a device, or from any\n"
	      "  -I SECONDS          with -i: print a line of rates each time\n"
	      "  --shard K/N         with --json: judge the part K of N parts of the work\n"
	      "  --add               the FILEs are the output of all parts; print that of the whole\n"
	      "  --connections N     follow no more than N connections (1000000)\n"
	      "  --rows N            rows of the cache, a power of two (16384)\n"
	      "  --hz N              ticks a second of all clients' clocks (measured for each)\n"
	      "  -h, --help          print this help\n"
	      "  -V, --version       print the version\n"
	      "\n"
	      "Exit status: 0; 1 if a file could not be read to its end; 2 for a wrong option\n",
	      out);
}

static u32 options_number(const char *option, const char *text, u32 least, u32 most)
{
	unsigned long long number;
	char *rest;

	number = strtoull(text, &rest, 10);
	if (text[0] < '0' || text[0] > '9' || *rest || number < least || number > most)
		fail_exit(2, "%s: '%s' is not a number from %u to %u", option, text, least, most);
	return number;
}

enum {
	OPTION_ERA = 256,
	OPTION_LOCAL,
	OPTION_TOP,
	OPTION_JSON,
	OPTION_EVENTS,
	OPTION_SYNS,
	OPTION_SHARD,
	OPTION_ADD,
	OPTION_CONNECTIONS,
	OPTION_ROWS,
	OPTION_HZ,
	OPTION_CLOSED_LOOP,
	OPTION_RETRIES,
	OPTION_CLOCKS,
};

static const struct option options_long[] = {
	{ "era", required_argument, NULL, OPTION_ERA },
	{ "local", required_argument, NULL, OPTION_LOCAL },
	{ "top", optional_argument, NULL, OPTION_TOP },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "events", no_argument, NULL, OPTION_EVENTS },
	{ "syns", no_argument, NULL, OPTION_SYNS },
	{ "shard", required_argument, NULL, OPTION_SHARD },
	{ "add", no_argument, NULL, OPTION_ADD },
	{ "connections", required_argument, NULL, OPTION_CONNECTIONS },
	{ "rows", required_argument, NULL, OPTION_ROWS },
	{ "hz", required_argument, NULL, OPTION_HZ },
	{ "closed-loop", no_argument, NULL, OPTION_CLOSED_LOOP },
	{ "retries", required_argument, NULL, OPTION_RETRIES },
	{ "clocks", required_argument, NULL, OPTION_CLOCKS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ }
};

/* As in twrstat, the number may be a word of its own: only digits, and not a file. */
static const char *options_top(char **argv, int argc)
{
	if (optarg)
		return optarg;
	if (optind < argc && argv[optind][0] &&
	    !argv[optind][strspn(argv[optind], "0123456789")])
		return argv[optind++];
	return "10";
}

static struct shard options_shard(const char *text)
{
	struct shard shard;
	int end = 0;

	/* sscanf() also accepts blanks and signs. */
	if (text[strspn(text, "0123456789/")] ||
	    sscanf(text, "%3u/%3u%n", &shard.part, &shard.of, &end) != 2 || text[end] ||
	    !shard.part || shard.part > shard.of || shard.of > SHARD_MOST)
		fail_exit(2, "--shard: '%s' is not K/N, with N up to %d and K from 1 to N", text,
			  SHARD_MOST);
	return shard;
}

/* The parts of a run must have the same, so their order counts. */
static void options_local(struct options *options, const char *text)
{
	char *before = options->locals;

	machines_local(text);
	if (asprintf(&options->locals, "%s%s%s", before ?: "", before ? "," : "", text) < 0)
		fail_exit(1, "not enough memory");
	free(before);
}

static void options_take(struct options *options, int option, int argc, char **argv)
{
	switch (option) {
	case 'i':
		options->device = optarg;
		break;
	case 'I':
		options->interval = options_number("-I", optarg, 1, 86400);
		break;
	case OPTION_ERA:
		options->eras = optarg;
		break;
	case OPTION_LOCAL:
		options_local(options, optarg);
		break;
	case OPTION_TOP:
		options->top = options_number("--top", options_top(argv, argc), 0, 1000000);
		break;
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_EVENTS:
		options->events = true;
		break;
	case OPTION_SYNS:
		options->syns = true;
		break;
	case OPTION_SHARD:
		options->shard = options_shard(optarg);
		break;
	case OPTION_ADD:
		options->add = true;
		break;
	case OPTION_CONNECTIONS:
		options->connections = options_number("--connections", optarg,
						      CONNECTIONS_LEAST, CONNECTIONS_MOST);
		break;
	case OPTION_ROWS:
		options->rows = options_number("--rows", optarg, 1, 1U << 24);
		if (!is_power_of_2(options->rows))
			fail_exit(2, "--rows: %u is not a power of two", options->rows);
		break;
	case OPTION_HZ:
		options->hz = options_number("--hz", optarg, 1, 1000000);
		break;
	case OPTION_CLOSED_LOOP:
		options->closed_loop = true;
		break;
	case OPTION_RETRIES:
		options->retries = optarg;
		break;
	case OPTION_CLOCKS:
		options->clocks = optarg;
		break;
	case 'h':
		options_usage(stdout);
		exit(0);
	case 'V':
		puts("twr-pcap " VERSION);
		exit(0);
	default:
		/* getopt_long() has printed the error. */
		fputs("try twr-pcap --help\n", stderr);
		exit(2);
	}
}

void options_read(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options) { .top = -1, .connections = 1000000 };
	/* getopt_long() begins its errors with this name. */
	argv[0] = program_invocation_short_name;
	while ((option = getopt_long(argc, argv, "i:I:hV", options_long, NULL)) >= 0)
		options_take(options, option, argc, argv);
	options->files = argv + optind;
	options->count = argc - optind;

	if (options->device && options->count)
		fail_exit(2, "either a device or files, not both");
	if (!options->device && !options->count)
		fail_exit(2, "no FILE, and no -i DEVICE; try twr-pcap --help");
	if (options->add && (options->device || options->shard.of || options->closed_loop))
		fail_exit(2, "--add goes with the output of parts alone");
	if (options->shard.of && (!options->json || options->device))
		fail_exit(2, "--shard goes with --json and files");
	if (options->interval && !options->device)
		fail_exit(2, "-I goes with -i DEVICE");
	if (options->closed_loop && options->device)
		fail_exit(2, "--closed-loop goes with files");
	if (options->clocks && !options->closed_loop)
		fail_exit(2, "--clocks goes with --closed-loop");
	if (options->json + options->events + options->syns + !!options->interval +
	    (options->top < 0 ? 0 : 1) > 1)
		fail_exit(2, "one of --json, --events, --syns, --top and -I");
}
