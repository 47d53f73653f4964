/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fixture.h - starts the module for the suites that need it running
 */
#ifndef TWR_FIXTURE_H
#define TWR_FIXTURE_H

struct kunit_suite;

/* For suite_init and suite_exit of a suite. */
int twr_test_start(struct kunit_suite *suite);
void twr_test_stop(struct kunit_suite *suite);

#endif /* TWR_FIXTURE_H */
