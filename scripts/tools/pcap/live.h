/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live.h - captures from a device
 */
#ifndef PCAP_LIVE_H
#define PCAP_LIVE_H

#include "run.h"

/**
 * live() - capture from a device until Ctrl-C, and report
 * @run: the run
 *
 * Ends the program if there is no such device, or if the user may not capture from it.
 *
 * Return: false if the device failed.
 */
bool live(struct run *run);

#endif
