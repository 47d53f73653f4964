/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fixture.h - the module running, for the suites of rooms that need it so
 */
#ifndef TWR_FIXTURE_H
#define TWR_FIXTURE_H

struct kunit_suite;

/* For a suite's suite_init and suite_exit. */
int twr_test_start(struct kunit_suite *suite);
void twr_test_stop(struct kunit_suite *suite);

#endif /* TWR_FIXTURE_H */
