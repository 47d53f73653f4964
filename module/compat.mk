# SPDX-License-Identifier: GPL-2.0
#
# compat.mk - finds out which older forms the kernel's headers have, for compat.h
#
# Distributions backport, so a release number tells little. This file searches the headers
# for patterns, and defines TWR_OLD_... where a newer form is missing. A pattern has no
# comma and no parenthesis, because make would take them as its own.
twr-has = $(shell grep -Eqs '$(2)' $(addprefix $(srctree)/include/,$(1)) && echo y)
twr-old = $(if $(call twr-has,$(1),$(2)),,-DTWR_OLD_$(3))

ccflags-y += $(if $(wildcard $(srctree)/include/linux/unaligned.h),,-DTWR_OLD_UNALIGNED)
ccflags-y += $(if $(call twr-has,net/netns/ipv4.h,inet_timewait_death_row *[*]tcp_death_row), \
	-DTWR_OLD_DEATH_ROW)
ccflags-y += $(call twr-old,linux/u64_stats_sync.h,u64_stats_t *;,U64_STATS)
ccflags-y += $(if $(call twr-has,linux/vmalloc.h,__vmalloc.unsigned long size. gfp_t gfp_mask. pgprot_t), \
	-DTWR_OLD_VMALLOC)
ccflags-y += $(call twr-old,net/netns/ipv4.h net/inet_timewait_sock.h,refcount_t.*tw_refcount,TIMEWAIT_COUNT)
# The prototype has this argument on its second line.
ccflags-y += $(if $(shell sed -n '/\*__inet_lookup_established./!d; N; p' \
	$(srctree)/include/net/inet_hashtables.h | grep 'inet_hashinfo \*hashinfo'),-DTWR_OLD_LOOKUP)
ccflags-y += $(call twr-old,linux/module.h,struct module_memory,MODULE_LAYOUT)
ccflags-y += $(call twr-old,linux/socket.h,struct sockaddr_unsized,SOCKADDR)
ccflags-y += $(call twr-old,linux/ns_common.h linux/ns/ns_common_types.h,__ns_ref;,NS_COUNT)

# compat.h has no replacement for these. Say so in one line, before the compiler does in
# hundreds.
twr-needs = $(if $(call twr-has,$(1),\b$(2)\b),,$(2))
twr-missing := $(strip $(call twr-needs,linux/seqlock.h,seqcount_raw_spinlock_init) \
	$(call twr-needs,linux/sysfs.h,sysfs_emit) \
	$(call twr-needs,linux/sysfs.h,sysfs_groups_change_owner))
ifneq ($(twr-missing),)
$(error tw_recycle_sim: the headers of this kernel lack $(twr-missing). Linux 5.10 is the oldest that has them)
endif
