/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hook.h - the netfilter hooks in LOCAL_IN, behind all other hooks
 *
 * The hooks accept every packet and change none. A packet comes to them once. A packet that
 * a program had in an NFQUEUE comes after the program's verdict, with what the program made
 * of it, and in process context. A hook that queues at the same priority and was
 * registered before the module comes after these hooks.
 */
#ifndef TWR_HOOK_H
#define TWR_HOOK_H

#include <linux/types.h>

struct net;
struct twr_pending_syn;

/**
 * twr_hook_register() - register the hooks of a network namespace
 * @net: the namespace; twr_net() must be ready
 *
 * Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case no hook is registered and none is running
 * any more.
 */
int twr_hook_register(struct net *net);

/**
 * twr_hook_unregister() - unregister the hooks of a network namespace
 * @net: the namespace
 *
 * A hook may still be running until the end of an RCU grace period. Process context, may
 * sleep.
 */
void twr_hook_unregister(struct net *net);

/**
 * twr_hook_settled() - tell the tracepoint syn_settled that the delay of a SYN is known
 * @syn: the SYN
 * @delay: seconds, TWR_DELAY_NEVER or TWR_DELAY_UNKNOWN
 *
 * Any context.
 */
void twr_hook_settled(const struct twr_pending_syn *syn, s32 delay);

#endif /* TWR_HOOK_H */
