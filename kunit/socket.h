/* SPDX-License-Identifier: GPL-2.0 */
/*
 * socket.h - makes sockets for the suites, each in the state that a case tests
 *
 * The sockets are in no table. Their memory is freed with the test.
 */
#ifndef TWR_SOCKET_H
#define TWR_SOCKET_H

#include <linux/types.h>

struct kunit;
struct sock;
struct twr_conn;

/*
 * The sequence numbers of the sockets: this side has sent its FIN, and the peer has
 * not.
 */
#define TWR_TEST_SND_UNA	1000U
#define TWR_TEST_FIN_ACKED	1001U
#define TWR_TEST_RCV_NXT	5000U
#define TWR_TEST_RCV_WND	10000U
#define TWR_TEST_TS_RECENT	700000U
#define TWR_TEST_RTO		(HZ / 5)

/* A full socket that its program has closed, with timestamps. */
struct sock *twr_test_sock(struct kunit *test, int state);

/*
 * Gives the socket the addresses and ports of the suites' packets, and a route. The
 * socket is one of IPv4, one of IPv6, or one of IPv6 with IPv4 addresses. @conn becomes
 * the connection, without its namespace.
 */
void twr_test_address(struct sock *sk, struct twr_conn *conn, bool v6, bool mapped);

/* What remains of such a socket in FIN-WAIT-2, and in TIME-WAIT. */
struct sock *twr_test_mini_socket(struct kunit *test);
struct sock *twr_test_bucket(struct kunit *test);

/* A request that waits for the last ACK of its handshake. */
struct sock *twr_test_request(struct kunit *test);

#endif /* TWR_SOCKET_H */
