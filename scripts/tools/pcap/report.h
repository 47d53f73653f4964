/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - what came of it, for people and for programs
 */
#ifndef PCAP_REPORT_H
#define PCAP_REPORT_H

#include <stdio.h>

#include "run.h"

/**
 * report() - tell it all, in the form that the user asked for
 * @run: the run, at its end
 */
void report(const struct run *run);

/**
 * report_info() - print, where the line of source would be too long for a split string
 * @out: where it goes
 * @format: as in fprintf()
 */
void report_info(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * report_verdict() - the sentence on top, and its reasons
 * @run: the run
 * @out: where it goes
 */
void report_verdict(const struct run *run, FILE *out);

/**
 * report_json() - one object
 * @run: the run
 * @out: where it goes
 */
void report_json(const struct run *run, FILE *out);

/**
 * report_top() - the peers most often turned away
 * @run: the run
 * @out: where it goes
 */
void report_top(const struct run *run, FILE *out);

/**
 * report_notes() - what may be missing in all that
 * @run: the run
 * @out: where it goes
 */
void report_notes(const struct run *run, FILE *out);

/**
 * report_eras() - eras of one outcome, for people: "3.17 to 4.11 and CentOS 7"
 * @run: the run
 * @like: one of them
 * @text: where it goes
 * @size: room there
 */
void report_eras(const struct run *run, const struct judged_era *like, char *text,
		 size_t size);

#endif
