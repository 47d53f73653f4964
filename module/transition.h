/* SPDX-License-Identifier: GPL-2.0 */
/*
 * transition.h - observe sockets, at the tracepoint sock:inet_sock_set_state
 *
 * The kernel fires this tracepoint at each change of state of a TCP socket, while the
 * socket is locked. So the module can do at that moment what an old kernel did, with the
 * same values: ts_recent after the segment, the RTO after the round-trip time was
 * measured, the route if the socket still has one. The module also sees a close that no
 * packet shows.
 */
#ifndef TWR_TRANSITION_H
#define TWR_TRANSITION_H

struct sock;

/**
 * twr_transition_register() - attach the probe to the tracepoint
 *
 * twr_engine and the state of all namespaces must be ready. Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case the probe is not attached: -ENOENT if the
 * kernel has no such tracepoint.
 */
int twr_transition_register(void);

/**
 * twr_transition_unregister() - detach the probe from the tracepoint
 *
 * When the function returns, the probe is not running any more. Process context, may sleep.
 */
void twr_transition_unregister(void);

/**
 * twr_transition_probe() - a socket changes its state
 * @data: not used
 * @sk: the socket, of any family and protocol; nobody else changes it now
 * @oldstate: the current state of the socket
 * @newstate: the next state of the socket
 *
 * The tracepoint calls this function. Softirq or process context; preemption and softirqs
 * can be on or off.
 */
void twr_transition_probe(void *data, const struct sock *sk, const int oldstate,
			  const int newstate);

#endif /* TWR_TRANSITION_H */
