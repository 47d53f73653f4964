/* SPDX-License-Identifier: GPL-2.0 */
/* TCP's options. */
#ifndef FUZZ_NET_TCP_H
#define FUZZ_NET_TCP_H

#include <linux/tcp.h>

#define MAX_TCP_OPTION_SPACE	40
#define TCPOPT_NOP		1
#define TCPOPT_EOL		0
#define TCPOPT_TIMESTAMP	8
#define TCPOLEN_TIMESTAMP	10

#endif
