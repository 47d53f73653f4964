#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compat.sh - the module builds on headers that lack a name, or says that it cannot
#
# Distributions backport, so compat.h and module/Kbuild go by what the headers have and
# not by the release. This test takes copies of Debian's headers, changes in each copy what
# another kernel may have otherwise, and compiles. A name that the module cannot do without
# must be told in one line before anything is compiled.

set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../lib.sh"

headers=$(printf '%s\n' /usr/src/linux-headers-*-amd64 | grep -v -- -cloud- | sort -V | tail -1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The module's sources, to be built in.
mkdir "$work/tree"
module_sources | tar -C "$twr_tree" -cT - | tar -C "$work/tree" -x

# new_copy: a copy of the headers in $work/headers and $work/common, made of links
new_copy()
{
	rm -rf "$work/headers" "$work/common"
	cp -as "$headers" "$work/headers"
	cp -as "${headers%-amd64}-common" "$work/common"
	rm "$work/headers/Makefile"
	echo "include $work/common/Makefile" >"$work/headers/Makefile"
}

# edit SED FILE...: changes headers, which must come out different
edit()
{
	local sed=$1 file
	shift

	for file; do
		sed -E "$sed" "$work/common/include/$file" >"$work/edited"
		! cmp -s "$work/edited" "$work/common/include/$file" ||
			die "$file does not have what this test takes away: $sed"
		rm "$work/common/include/$file"
		cp "$work/edited" "$work/common/include/$file"
	done
}

# rename NAME NEW: in all headers, as if there had never been a NAME
rename()
{
	local files

	mapfile -t files < <(cd "$work/common/include" && grep -RlwE "$1" .)
	edit "s/\\b$1\\b/$2/g" "${files[@]}"
}

# build TARGET...: without a warning
build()
{
	"${kmake[@]}" -s -C "$work/headers" M="$work/tree" W=1 KCFLAGS=-Werror "$@" >"$work/log" 2>&1
}

# What the other form of each looks like.
without_uninitialized()
{
	edit '/^#if __has_attribute\(__uninitialized__\)/,/^#endif/d' linux/compiler_attributes.h
}

without_data_race()
{
	rename data_race hidden_data_race
}

without_seq_attribute()
{
	rename DEFINE_SEQ_ATTRIBUTE HIDDEN_SEQ_ATTRIBUTE
}

# Linux before 5.5.
without_u64_stats_t()
{
	rename u64_stats_t hidden_stats_t
	rename 'u64_stats_(inc|read)' 'hidden_stats_\1'
}

# Linux before 5.8.
vmalloc_with_protection()
{
	edit 's/(\*__vmalloc\(unsigned long size, gfp_t gfp_mask)/\1, pgprot_t prot/' \
		linux/vmalloc.h
}

# Linux before 5.18.
timewait_count()
{
	edit 's/refcount_t([[:space:]]+)tw_refcount/atomic_t\1tw_count/' net/netns/ipv4.h
}

# Linux 5.18 to 6.0.
timewait_pointer()
{
	edit 's/(struct inet_timewait_death_row )(tcp_death_row)/\1*\2/' net/netns/ipv4.h
	edit 's/tcp_death_row\.hashinfo/tcp_death_row->hashinfo/' net/inet_hashtables.h
}

# Linux since 6.12.
new_unaligned()
{
	cp "$work/common/include/asm-generic/unaligned.h" "$work/common/include/linux/unaligned.h"
	rm "$work/common/include/asm-generic/unaligned.h"
	echo '#error asm/unaligned.h is gone' >"$work/common/include/asm-generic/unaligned.h"
	# Other headers of this release still include the file of old.
	mapfile -t files < <(cd "$work/common/include" && grep -RlF 'asm/unaligned.h' .)
	edit 's,asm/unaligned\.h,linux/unaligned.h,' "${files[@]}"
}

# Linux since 6.18.
lookup_without_table()
{
	edit 's/\b(__inet_lookup_established|__inet_lookup_listener)\b/hidden\1/' \
		net/inet_hashtables.h
	edit 's/\b(__inet6_lookup_established|inet6_lookup_listener)\b/hidden\1/' \
		net/inet6_hashtables.h
	cat >>"$work/common/include/net/inet_hashtables.h" <<-'END'
		struct sock *__inet_lookup_established(const struct net *net,
						       const __be32 saddr, const __be16 sport,
						       const __be32 daddr, const u16 hnum,
						       const int dif, const int sdif);
		struct sock *__inet_lookup_listener(const struct net *net, struct sk_buff *skb,
						    int doff, const __be32 saddr,
						    const __be16 sport, const __be32 daddr,
						    const unsigned short hnum, const int dif,
						    const int sdif);
	END
	cat >>"$work/common/include/net/inet6_hashtables.h" <<-'END'
		struct sock *__inet6_lookup_established(const struct net *net,
							const struct in6_addr *saddr,
							const __be16 sport,
							const struct in6_addr *daddr,
							const u16 hnum, const int dif,
							const int sdif);
		struct sock *inet6_lookup_listener(const struct net *net, struct sk_buff *skb,
						   int doff, const struct in6_addr *saddr,
						   const __be16 sport,
						   const struct in6_addr *daddr,
						   const unsigned short hnum, const int dif,
						   const int sdif);
	END
}

# Each alone, with the files that it concerns.
while read -r change objects; do
	new_copy
	$change
	rm -f "$work"/tree/module/*.o
	# shellcheck disable=SC2086 # a list of words
	build $objects || { cat "$work/log"; die "$change: the module does not compile"; }
done <<-'END'
	without_uninitialized module/hook.o module/segment.o
	without_data_race module/records.o module/cache.o
	without_seq_attribute module/debugfs.o
	without_u64_stats_t module/stats.o
	vmalloc_with_protection module/rows.o module/records.o
	timewait_count module/transition.o
	timewait_pointer module/transition.o module/observe.o
	new_unaligned module/segment.o
	lookup_without_table module/transition.o module/observe.o
END

# What an old distribution's kernel lacks, and what one with much of a new kernel's network
# has, together and linked.
new_copy
without_uninitialized
without_data_race
without_seq_attribute
without_u64_stats_t
vmalloc_with_protection
timewait_count
build modules || { cat "$work/log"; die "the module does not build on what is old"; }
new_copy
timewait_pointer
new_unaligned
lookup_without_table
build modules || { cat "$work/log"; die "the module does not build on what is mixed"; }

# What it cannot do without.
for name in seqcount_raw_spinlock_init sysfs_emit sysfs_groups_change_owner; do
	new_copy
	rename "$name" "hidden_$name"
	rm -f "$work"/tree/module/*.o
	! build modules || die "without $name the module builds"
	grep -q "the headers of this kernel lack $name\. " "$work/log" ||
		{ cat "$work/log"; die "it is not told that $name is missing"; }
	[ -z "$(find "$work/tree/module" -name '*.o')" ] || die "something was compiled first"
done
echo "9 names in their other form, 3 that are missing and told, on ${headers##*/linux-headers-}"
