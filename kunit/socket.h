/* SPDX-License-Identifier: GPL-2.0 */
/*
 * socket.h - sockets for the suites, made by hand, in the one state that a case
 * is about
 *
 * They are in no table. Their memory goes with the test.
 */
#ifndef TWR_SOCKET_H
#define TWR_SOCKET_H

#include <linux/types.h>

struct kunit;
struct sock;
struct twr_conn;

/* Where they stand: our FIN is sent, the peer's is not yet there. */
#define TWR_TEST_SND_UNA	1000U
#define TWR_TEST_FIN_ACKED	1001U
#define TWR_TEST_RCV_NXT	5000U
#define TWR_TEST_RCV_WND	10000U
#define TWR_TEST_TS_RECENT	700000U
#define TWR_TEST_RTO		(HZ / 5)

/* A full socket that its program has closed, with timestamps. */
struct sock *twr_test_sock(struct kunit *test, int state);

/*
 * Give it addresses, ports and a route, those of the suites' packets: of IPv4, IPv6 or
 * IPv4 in a socket of IPv6. @conn becomes the connection, but for its namespace.
 */
void twr_test_address(struct sock *sk, struct twr_conn *conn, bool v6, bool mapped);

/* What is left of it in FIN-WAIT-2, and in TIME-WAIT. */
struct sock *twr_test_mini_socket(struct kunit *test);
struct sock *twr_test_bucket(struct kunit *test);

/* A request that waits for the last ACK of its handshake. */
struct sock *twr_test_request(struct kunit *test);

#endif /* TWR_SOCKET_H */
