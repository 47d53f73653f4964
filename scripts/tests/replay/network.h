/* SPDX-License-Identifier: GPL-2.0 */
/* Links, addresses and routes of the network namespace that a script is played in. */
#ifndef REPLAY_NETWORK_H
#define REPLAY_NETWORK_H

/* Takes lo and @device up; @device gets the addresses of the machine under test and the
 * default route, of both families.
 */
void network_set_up(const char *device);

#endif
