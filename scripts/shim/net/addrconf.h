/* SPDX-License-Identifier: GPL-2.0 */
/* The IPv6 settings of a device. */
#ifndef SHIM_NET_ADDRCONF_H
#define SHIM_NET_ADDRCONF_H

#include <linux/netdevice.h>

static inline struct inet6_dev *__in6_dev_get(const struct net_device *dev)
{
	return dev->ip6_ptr;
}

#endif
