/* SPDX-License-Identifier: GPL-2.0 */
/* A device and its network namespace, and the settings of both. */
#ifndef SHIM_LINUX_NETDEVICE_H
#define SHIM_LINUX_NETDEVICE_H

#include <linux/types.h>

/* The options that enable most of the rules. */
#define CONFIG_IPV6		1
#define CONFIG_IPV6_MIP6	1
#define CONFIG_IPV6_SEG6_HMAC	1

struct ipv6_devconf {
	s32 seg6_enabled;
	s32 seg6_require_hmac;
	s32 rpl_seg_enabled;
};

struct inet6_dev {
	struct ipv6_devconf cnf;
};

struct netns_sysctl_ipv6 {
	int max_dst_opts_cnt;
	int max_dst_opts_len;
};

struct net {
	struct {
		struct netns_sysctl_ipv6 sysctl;
		struct ipv6_devconf *devconf_all;
	} ipv6;
};

struct net_device {
	struct net *net;
	struct inet6_dev *ip6_ptr;
};

static inline struct net *dev_net(const struct net_device *dev)
{
	return dev->net;
}

#endif
