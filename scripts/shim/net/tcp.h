/* SPDX-License-Identifier: GPL-2.0 */
/* TCP's flags and options. */
#ifndef SHIM_NET_TCP_H
#define SHIM_NET_TCP_H

#include <linux/tcp.h>

#define tcp_flag_byte(th)	(((const unsigned char *)(th))[13])
#define TCPHDR_FIN		0x01
#define TCPHDR_SYN		0x02
#define TCPHDR_RST		0x04
#define TCPHDR_ACK		0x10

#define MAX_TCP_OPTION_SPACE	40
#define TCPOPT_NOP		1
#define TCPOPT_EOL		0
#define TCPOPT_TIMESTAMP	8
#define TCPOLEN_TIMESTAMP	10

#endif
