#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms-kernels.sh - checks the expression in dkms.conf that says for which kernels dkms
# builds the module. package.sh checks some of the older kernels with dkms itself.

set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../lib.sh"

# shellcheck source=scripts/packaging/dkms.conf
. "$twr_tree/scripts/packaging/dkms.conf"

# Releases of kernels in the form of upstream, Debian, Ubuntu, RHEL and its clones, Fedora,
# SUSE and Arch. Some of them do not exist yet.
built="
5.10.0 5.10.0-46-amd64 5.11.0 5.14.0-427.13.1.el9_4.x86_64 5.14.0-570.el9.aarch64
5.14.21-150500.55.7-default 5.15.0 5.15.0-105-generic 5.15.0-205.149.5.1.el8uek.x86_64
5.19.17 5.99.0
6.0.0 6.1.0-56-amd64 6.4.0-150600.21-default 6.8.0-31-generic 6.8.5-301.fc40.x86_64
6.12.0-55.el10.x86_64 6.12.118+deb13-amd64 6.17-rc5-amd64 6.19.0-rc1+ 6.6.30-1-lts
7.0.0 7.2.12+deb13-amd64 7.3-rc7-amd64 9.9.9 10.0.0 10.1-rc1 12.34.5-678-default 61.0.1"
skipped="
2.6.32-754.el6.x86_64 3.10.0-1160.el7.x86_64 3.16.0 4.9.0 4.12.14-122.37-default
4.18.0-553.el8_10.x86_64 4.19.0-27-amd64 4.99.0
5.0.0 5.1.0 5.1.10 5.3.18-150300.59.161-default 5.4.0 5.4.0-182-generic
5.4.17-2136.331.7.el8uek.x86_64 5.8.0-63-generic 5.9.0 5.9.16-arch1-1
0.10.0 1.5.10 15 5 next 4.5.10.1"
rc=0

# builds RELEASE: dkms compares in the same way
builds()
{
	[[ $1 =~ $BUILD_EXCLUSIVE_KERNEL ]]
}

for kernel in $built; do
	builds "$kernel" || { echo "dkms would skip $kernel"; rc=1; }
done
for kernel in $skipped; do
	! builds "$kernel" || { echo "dkms would build for $kernel"; rc=1; }
done
exit $rc
