/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook.h - where packets are seen
 */
#ifndef TWR_HOOK_H
#define TWR_HOOK_H

struct net;

/**
 * twr_hook_register() - begin to see the packets of a network namespace
 * @net: the namespace; twr_net() must be ready
 *
 * Process context, may sleep.
 *
 * Return: 0; or a negative error, in which case nothing is registered and no packet
 * is being looked at any more.
 */
int twr_hook_register(struct net *net);

/**
 * twr_hook_unregister() - see no more packets of a network namespace
 * @net: the namespace
 *
 * Packets that are being looked at may be until the end of an RCU grace
 * period. Process context, may sleep.
 */
void twr_hook_unregister(struct net *net);

#endif /* TWR_HOOK_H */
