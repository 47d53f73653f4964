/* SPDX-License-Identifier: GPL-2.0 */
/*
 * transition.h - what becomes of a socket, as it happens
 *
 * The kernel tells of each state that a TCP socket comes to, at its tracepoint
 * sock:inet_sock_set_state, and the socket is locked there by whoever changes it. So
 * what an old kernel did at that moment can be done with the same numbers: ts_recent
 * after the segment, the RTO after it was measured, the route if there still is one. And
 * a close that no packet shows is seen like any other.
 */
#ifndef TWR_TRANSITION_H
#define TWR_TRANSITION_H

struct sock;

/**
 * twr_transition_register() - begin to be told
 *
 * twr_engine and the namespaces must be ready. Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case nothing is told: -ENOENT if the kernel
 * has no such tracepoint.
 */
int twr_transition_register(void);

/**
 * twr_transition_unregister() - be told no more
 *
 * When it returns, nobody is being told any more. Process context, may sleep.
 */
void twr_transition_unregister(void);

/**
 * twr_transition_probe() - a socket changes its state
 * @data: not used
 * @sk: the socket, which nobody else changes at this moment; of any family and protocol
 * @oldstate: the state it is in
 * @newstate: the state it comes to
 *
 * What the tracepoint calls. Softirq or process context, with preemption off or on, and
 * softirqs too.
 */
void twr_transition_probe(void *data, const struct sock *sk, const int oldstate,
			  const int newstate);

#endif /* TWR_TRANSITION_H */
