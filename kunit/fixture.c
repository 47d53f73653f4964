// SPDX-License-Identifier: GPL-2.0
/*
 * fixture.c - starts the module for the suites that need it running
 */
#include <kunit/test.h>

#include "era.h"
#include "fixture.h"
#include "main.h"
#include "netns.h"
#include "schedule.h"

/*
 * Up to Linux 6.1 the suites of a module run before its init function. Since 6.2 they
 * run after it.
 */
static bool started_here;

int twr_test_start(struct kunit_suite *suite)
{
	static const struct twr_config config = {
		.era = TWR_ERA_LAST,
		.rows = 64,
		.rows6 = 64,
		.records = 24576,
		.schedule = TWR_SCHEDULE_DEFAULT,
		.mode = 0400,
	};
	int err;

	if (twr_engine.cache)
		return 0;
	err = twr_start(&config);
	started_here = !err;
	return err;
}

void twr_test_stop(struct kunit_suite *suite)
{
	if (started_here)
		twr_stop();
	started_here = false;
}
