// SPDX-License-Identifier: GPL-2.0
/* Plays one step of a script against the machine's TCP. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "conn.h"
#include "delivery.h"
#include "flood.h"
#include "live.h"
#include "program.h"
#include "trace.h"
#include "tun.h"

/*
 * TCP takes a ts_recent with the date 0 for none, and a guest whose clock skips idle
 * time starts a play long before second 1.
 */
#define CLOCK_READY_NS	(2000 * MS)

/*
 * Stamps count whole seconds. 59.04 s after a stamp it is 59 s old, or 60 s if the turn
 * of a second comes in between. So a play always begins at the same phase of a second.
 */
#define SECOND_NS	(1000 * MS)
static int64_t phase_ns = 500 * MS;

static int tun;

void trouble(struct outcome *outcome, const char *fmt, ...)
{
	va_list args;

	if (*outcome->trouble)
		return;
	va_start(args, fmt);
	vsnprintf(outcome->trouble, sizeof(outcome->trouble), fmt, args);
	va_end(args);
}

void pause_for(int64_t ns)
{
	peer_wait(NULL, 0, -1, ns);
}

void play_at_phase(unsigned int ms)
{
	phase_ns = ms * MS;
}

void play_start(enum delivery how, bool serve, const char *capture)
{
	tun = tun_open();
	peer_start(tun);
	delivery_open(how, tun);
	program_start();
	flood_start();
	live_start();
	pause_for(CLOCK_READY_NS - peer_clock());
	pause_for(SECOND_NS - (peer_clock() - phase_ns) % SECOND_NS);
	if (capture) {
		capture_await();
		/* what a new device sends by itself is not part of the play */
		peer_drain(NULL);
		capture_start(capture);
	}
	conn_start(serve);
}

void play_end(void)
{
	live_end();
	program_end();
	capture_end();
	delivery_close();
	close(tun);
}

/* Not every kernel allows every setting, so the play goes on after an error. */
static void play_set(const struct step *step, struct outcome *outcome)
{
	FILE *f = fopen(step->file, "w");
	bool failed = !f || fprintf(f, "%s\n", step->value) < 0;

	if (f && fclose(f))
		failed = true;
	if (failed)
		trouble(outcome, "cannot set %s: %s", step->file, strerror(errno));
}

void play_step(const struct step *step, struct outcome *outcome)
{
	*outcome = (struct outcome){ 0 };
	trace_note("# %u: %s", step->line, step->text);
	switch (step->kind) {
	case STEP_WAIT:
		pause_for(step->wait_ns);
		break;
	case STEP_SET:
		play_set(step, outcome);
		break;
	case STEP_CONN:
		conn_play(step, outcome);
		break;
	case STEP_DIAL:
		dial_play(step, outcome);
		break;
	case STEP_SEG:
		live_seg(step);
		break;
	case STEP_APP:
		live_app(step);
		break;
	case STEP_LISTEN:
		program_listen(step->local_port, step->number, step->dual);
		break;
	case STEP_UNLISTEN:
		program_unlisten(step->local_port);
		break;
	case STEP_ACCEPT:
		live_accept(step, outcome);
		break;
	case STEP_HOST:
	case STEP_ASK:
		break;		/* of a script that loop_play() plays */
	}
}
