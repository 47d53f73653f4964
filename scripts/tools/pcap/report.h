/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - prints the results, for users and for programs
 */
#ifndef PCAP_REPORT_H
#define PCAP_REPORT_H

#include <stdio.h>

#include "run.h"

/**
 * report() - print the results in the form that the user asked for
 * @run: the run, at its end; its numbers of the capture are set
 */
void report(struct run *run);

/**
 * report_info() - print a string that must not be split but is too long for a line
 * @out: the output
 * @format: as in fprintf()
 */
void report_info(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * report_verdict() - print the first sentence, and its reasons
 * @run: the run
 * @out: the output
 */
void report_verdict(const struct run *run, FILE *out);

/**
 * report_json() - print one JSON object
 * @run: the run
 * @out: the output
 */
void report_json(const struct run *run, FILE *out);

/**
 * report_top() - print the peers with the most rejected SYNs
 * @run: the run
 * @out: the output
 */
void report_top(const struct run *run, FILE *out);

/**
 * report_notes() - print what the results may lack
 * @run: the run
 * @out: the output
 */
void report_notes(const struct run *run, FILE *out);

/**
 * report_eras() - name the eras with the same result, as in "3.17 to 4.11 and CentOS 7"
 * @run: the run
 * @like: one of these eras
 * @text: buffer for the names
 * @size: size of the buffer
 */
void report_eras(const struct run *run, const struct judged_era *like, char *text,
		 size_t size);

#endif
