#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# package.sh install|dkms|deb|rpm - installs the module on a small Debian of its own, in
# one of the four ways. A guest with the modules of that Debian loads the module. Then the
# module is removed, and nothing may be left. All that is written, by the builds too, is
# kept in memory and lost at the end.

set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../lib.sh"

# Mounts and processes end with the namespaces, however this script ends.
if [ -z "${TWR_PACKAGE:-}" ]; then
	TWR_PACKAGE=1 exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi

setup=$twr_tree/scripts/guests/setup
kernel=$("$setup" 6.1)
release=$(ls "$kernel/lib/modules")
version=$("$twr_tree/scripts/packaging/package" version)
name=tw-recycle-sim
updates=$name/$version
work=$(mktemp -d -p "${TWR_RUN:-/tmp}")
mount -t tmpfs tmpfs "$work"
# Remove the folder too: only the mount ends with the namespace.
trap 'umount -l "$work"; rmdir "$work"' EXIT

# over FOLDER LOWER...: mount an overlay on FOLDER. It shows the LOWER folders, one
# above the other, and keeps what is written in memory.
over()
{
	local folder=$1 dir lower
	shift

	dir=$(mktemp -d "$work/over.XXXXXX")
	mkdir "$dir/upper" "$dir/work"
	lower=$(IFS=:; echo "$*")
	mount -t overlay overlay \
		-o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$folder"
}

# debian NAME: set `root` to a small Debian of setup, with the source in /mnt
debian()
{
	local device

	root=$("$setup" small "$1")
	over "$root" "$root"
	over "$root/mnt" "$twr_tree"
	mount -t proc proc "$root/proc"
	mount -t tmpfs -o mode=755 tmpfs "$root/dev"
	for device in null zero full random urandom; do
		: >"$root/dev/$device"
		mount --bind "/dev/$device" "$root/dev/$device"
	done
	ln -s /proc/self/fd "$root/dev/fd"
}

# with_kernel: add the stock kernel to it, as scripts/guests/guest needs it
with_kernel()
{
	cp "$kernel/vmlinuz" "$kernel/initrd" "$root"
	over "$root/usr/lib/modules" "$kernel/lib/modules" "$root/usr/lib/modules"
}

# inside COMMAND...: run COMMAND in that Debian, in the folder of the source
inside()
{
	# shellcheck disable=SC2016 # for the inner shell
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive \
		chroot "$root" sh -c 'cd /mnt && exec "$@"' - "$@" </dev/null
}

# apt ARGUMENT...: run apt-get in that Debian; it has no network and needs none
apt()
{
	inside apt-get -qy -o Dpkg::Use-Pty=0 "$@"
}

headers=/lib/modules/$release/build

fail()
{
	echo "package.sh: $*" >&2
	exit 1
}

# is WHAT WANTED GOT
is()
{
	[ "$3" = "$2" ] || fail "$1 is '$3', not '$2'"
}

# fails TEXT COMMAND...: COMMAND fails and prints one line with TEXT, beside make's
# lines
fails()
{
	local text=$1 said
	shift

	! said=$("$@" 2>&1) || fail "'$*' did not fail"
	said=$(grep -v '^make: \*\*\*' <<<"$said") || :
	[[ $said == *"$text"* && $said != *$'\n'* ]] ||
		fail "'$*' did not print one line with '$text', but: $said"
}

# files: all files, but for those that any installation changes, and for dkms's own key
files()
{
	find "$root" \( -path "$root/dev" -o -path "$root/mnt" -o -path "$root/proc" \
		-o -path "$root/tmp" -o -path "$root/var/log" -o -path "$root/var/cache" \
		-o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg/*-old" \
		-o -path "$root/root/.rpmdb" -o -path "$root/var/lib/dkms/mok.*" \
		\) -prune -o -printf '%P\n' | sort
}

# nothing_left: the files are those of `before`
nothing_left()
{
	local left

	left=$(diff <(echo "$before") <(files)) || fail "the files are not what they were: $left"
	! left=$(grep -l "${name//-/[-_]}" "$root/lib/modules/$release"/modules.*) ||
		fail "it is still in $left"
}

# loads FILE: FILE is the only file of the module, and a guest can use it
loads()
{
	is "what is installed" "$1" \
		"$(cd "$root/lib/modules/$release" && find . -name 'tw_recycle_sim*' -printf '%P\n')"
	"$twr_tree/scripts/guests/guest" once --kernel "$root" --mem 512M --timeout 300 -- \
		"$twr_tree/scripts/tests/guest/installed.sh $version $1"
}

# runs PROGRAM: it runs in that Debian, and has a manual page
runs()
{
	local name=${1##*/}

	is "what $name says" "$name $version" "$(inside "$1" --version)"
	[ -n "$(find "$root${1%/sbin/*}/share/man/man8" -name "$name.8*")" ] ||
		fail "there is no manual page of $name"
}

# tells FOLDER: the programs in FOLDER run in that Debian. Their manual pages and the
# units that start twrstat are there too, and the units are not enabled.
tells()
{
	local units=${1%/sbin}/lib/systemd/system unit name

	# Debian's own units are in this folder too.
	[ "$1" != /usr/sbin ] || units=/lib/systemd/system
	for unit in service timer; do
		[ -s "$root$units/tw-recycle-sim-metrics.$unit" ] || fail "there is no $unit"
	done
	is "what is started" "ExecStart=$1/twrstat" \
		"$(grep -o '^ExecStart=[^ ]*' "$root$units/tw-recycle-sim-metrics.service")"
	is "what is enabled" "" \
		"$(find "$root/etc/systemd" -name 'tw-recycle-sim-*' 2>/dev/null)"
	for name in twrstat twr-report; do
		runs "$1/$name"
	done
	# The package only suggests Chart.js, so it is missing.
	fails "apt-get install libjs-chart.js" inside "$1/twr-report"
}

# signed NAME FILE: the key of that name has signed the file
signed()
{
	is "the signer" "$1" "$(modinfo -F signer "$root/lib/modules/$release/$2")"
}

# state WANTED: what dkms reports about the module, one line for each kernel
state()
{
	is "dkms status" "$1" "$(inside dkms status "$updates")"
}

dkms_key="DKMS module signing key"
installed="$updates, $release, $(uname -m): installed"

# Staging folders, as packagers and builders of images use them, then the system's own.
test_install()
{
	local stage

	debian dkms
	with_kernel
	inside make -s KDIR="$headers" clean
	fails "nothing is built yet" inside make KDIR="$headers" install
	fails "no kernel headers in /nowhere" inside make KDIR=/nowhere install
	inside make -s KDIR="$headers" >&2

	stage=lib/modules/$release
	inside make -s KDIR="$headers" install INSTALL_MOD_PATH=/tmp/a >&2
	inside make -s KDIR="$headers" install DESTDIR=../tmp/b INSTALL_MOD_DIR=extra/ours \
		PREFIX=/opt/twr >&2
	is "what is staged" "a/$stage/extra/module/tw_recycle_sim.ko
a/usr/local/lib/systemd/system/tw-recycle-sim-metrics.service
a/usr/local/lib/systemd/system/tw-recycle-sim-metrics.timer
a/usr/local/sbin/twr-report
a/usr/local/sbin/twrstat
a/usr/local/share/man/man8/twr-report.8
a/usr/local/share/man/man8/twrstat.8
b/$stage/extra/ours/module/tw_recycle_sim.ko
b/opt/twr/lib/systemd/system/tw-recycle-sim-metrics.service
b/opt/twr/lib/systemd/system/tw-recycle-sim-metrics.timer
b/opt/twr/sbin/twr-report
b/opt/twr/sbin/twrstat
b/opt/twr/share/man/man8/twr-report.8
b/opt/twr/share/man/man8/twrstat.8" \
		"$(cd "$root/tmp" && find . ! -type d -printf '%P\n' | sort)"
	inside make -s KDIR="$headers" uninstall INSTALL_MOD_PATH=/tmp/a
	inside make -s KDIR="$headers" uninstall DESTDIR=/tmp/b INSTALL_MOD_DIR=extra/ours \
		PREFIX=/opt/twr
	is "what is left of it" "" "$(find "$root/tmp" ! -type d)"

	mkdir -p "$root/tmp/other/include/generated"
	echo '#define UTS_RELEASE "1.2.3"' >"$root/tmp/other/include/generated/utsrelease.h"
	fails "what is built is for Linux $release, not 1.2.3" \
		inside make KDIR=/tmp/other install
	fails "cannot write to /lib/modules/$release" \
		inside setpriv --reuid 65534 --clear-groups make KDIR="$headers" install

	before=$(files)
	# As Documentation/start.rst describes.
	inside openssl req -new -x509 -nodes -newkey rsa:2048 -subj "/CN=our own/" \
		-keyout /tmp/key -outform DER -out /tmp/certificate 2>/dev/null
	inside /usr/lib/linux-kbuild-6.1/scripts/sign-file sha256 /tmp/key /tmp/certificate \
		module/tw_recycle_sim.ko
	inside make -s KDIR="$headers" install >&2
	signed "our own" extra/module/tw_recycle_sim.ko
	loads extra/module/tw_recycle_sim.ko
	tells /usr/local/sbin
	# The programs stay while the module of another kernel needs them.
	mkdir -p "$root/lib/modules/other/extra/module"
	touch "$root/lib/modules/other/extra/module/tw_recycle_sim.ko"
	inside make -s KDIR="$headers" uninstall 2>/dev/null
	tells /usr/local/sbin
	rm -r "$root/lib/modules/other"
	inside make -s KDIR="$headers" uninstall
	nothing_left
	inside make -s KDIR="$headers" uninstall
}

test_dkms()
{
	local older rc

	debian dkms
	with_kernel
	before=$(files)
	fails "dkms needs root" \
		inside setpriv --reuid 65534 --clear-groups make KDIR="$headers" dkms
	inside make -s KDIR="$headers" dkms
	state "$installed"
	signed "$dkms_key" updates/dkms/tw_recycle_sim.ko
	loads updates/dkms/tw_recycle_sim.ko
	tells /usr/local/sbin
	# Before 5.10: dkms skips the kernel, with the status for that.
	for older in 5.9.16-1-amd64 5.4.0-1-amd64 4.18.0-553.el8_10.x86_64; do
		rc=0
		inside dkms build "$updates" -k "$older" --kernelsourcedir "$headers" || rc=$?
		is "status for $older" 77 "$rc"
	done
	inside make -s KDIR="$headers" dkms-remove
	state ""
	nothing_left
}

# earlier DKMS TOOLS: make /tmp/earlier.deb of these packages, with the files that the one
# package of version 0.1 had
earlier()
{
	inside sh -ec '
		cd /tmp
		for file; do dpkg-deb -R "$file" "${file%%_*}"; done
		cp -a tw-recycle-sim-tools/usr tw-recycle-sim-tools/lib tw-recycle-sim-dkms
		rm tw-recycle-sim-dkms/usr/sbin/twr-pcap
		sed -i "s/^Version: .*/Version: 0.1/; /^Recommends:/d" tw-recycle-sim-dkms/DEBIAN/control
		rm tw-recycle-sim-dkms/DEBIAN/md5sums
		dpkg-deb -b tw-recycle-sim-dkms earlier.deb
		rm -r tw-recycle-sim-tools tw-recycle-sim-dkms' - "$@" >&2
}

# owner FILE...: print the packages that have these files
owner()
{
	inside dpkg-query -S "$@" | sed 's/:.*//' | sort -u | xargs
}

test_deb()
{
	local debs dkms tools said

	debian deb
	inside make -s deb
	inside sh -c "lintian --display-info --pedantic --tag-display-limit 0 \
		--fail-on error,warning,info,pedantic /${name}_*.changes"
	# The files of the source package must be enough to build each half of the packages.
	inside sh -ec "
		mkdir /tmp/again
		cd /tmp/again
		dpkg-source -x /${name}_*.dsc source
		cd source
		dpkg-buildpackage -A -us -uc
		dpkg-buildpackage -B -us -uc"
	debs=$(echo "$root"/tmp/again/"$name"-{dkms,tools}_*.deb)

	debian dkms
	with_kernel
	# shellcheck disable=SC2086 # a list of words
	cp $debs "$root/tmp"
	dkms=${debs%% *}
	dkms=/tmp/${dkms##*/}
	tools=/tmp/${debs##*/}

	before=$(files)
	apt install "$dkms" "$tools"
	state "$installed"
	signed "$dkms_key" updates/dkms/tw_recycle_sim.ko
	loads updates/dkms/tw_recycle_sim.ko
	tells /usr/sbin
	runs /usr/sbin/twr-pcap
	fails "the Debian package $name-dkms is installed" inside make KDIR="$headers" dkms
	# As an upgrade does it.
	apt install --reinstall "$dkms"
	state "$installed"
	apt purge "$name-dkms" "$name-tools"
	state ""
	nothing_left

	# The programs without the module.
	apt install "$tools"
	runs /usr/sbin/twr-pcap
	tells /usr/sbin
	apt purge "$name-tools"
	nothing_left

	# The upgrade from one package to two.
	earlier "$dkms" "$tools"
	apt install /tmp/earlier.deb
	state "$installed"
	is "the owner of twrstat" "$name-dkms" "$(owner /usr/sbin/twrstat)"
	! said=$(inside dpkg -i "$tools" 2>&1) || fail "it does not break the earlier one: $said"
	apt install "$dkms" "$tools"
	state "$installed"
	is "the owner of the files that moved" "$name-tools" "$(owner /usr/sbin/tw* \
		/usr/share/man/man8/twr* /lib/systemd/system/tw-recycle-sim-metrics.*)"
	is "what is half installed" "" "$(inside dpkg --audit)"
	tells /usr/sbin
	runs /usr/sbin/twr-pcap
	apt purge "$name-dkms"
	tells /usr/sbin
	apt purge "$name-tools"
	nothing_left

	# The headers come later. Their package runs the scripts of header_postinst.d.
	mv "$root$headers" "$root/tmp"
	said=$(apt install "$dkms" 2>&1)
	[[ $said == *"kernel headers for this kernel do not seem to be installed"* ]] ||
		fail "no message about the headers: $said"
	state "$updates: added"
	mv "$root/tmp/build" "$root$headers"
	inside run-parts --arg="$release" /etc/kernel/header_postinst.d
	state "$installed"
	apt purge "$name-dkms"
	nothing_left
}

# shellcheck source=scripts/tests/host/rpm.sh
. "$twr_tree/scripts/tests/host/rpm.sh"

case ${1:-} in
install|dkms|deb|rpm)	"test_$1"
			echo "built, loaded and removed again, $release" ;;
*)	fail "which one, install, dkms, deb or rpm?" ;;
esac
