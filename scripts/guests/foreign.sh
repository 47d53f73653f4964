# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/guests/setup, which sources this
#
# Kernels of other architectures, with what builds for them. Each has a folder in the
# cache. Its root/ is a small Debian of this machine's own architecture, with the cross
# compiler and with kbuild's programs, and the headers of the other one beside them. So
# compiler and headers are of one release of Debian, and nothing is installed here. Its
# foreign/ has the packages of the other architecture.

# What building a module and the trace player takes, beside the compiler.
pkgs_cross="make perl dash bash coreutils sed grep gawk findutils"
# On this machine, to unpack and boot them.
pkgs_foreign="mmdebstrap cpio kmod xz-utils"

# is_foreign NAME: whether scripts/guests/architectures has it
is_foreign()
{
	foreign_line "$1" >/dev/null
}

# foreign_line NAME: what is listed of it
foreign_line()
{
	awk -v "name=$1" '$1 == name { print; known = 1 } END { exit !known }' \
		"$twr_tree/scripts/guests/architectures"
}

# make_foreign LINE RELEASE VERSION FOLDER
make_foreign()
{
	local release=$2 version=$3 dir=$4 log=$4/build.log root=$4/root foreign=$4/foreign
	local name series flavour compiler package console command
	local options depends headers kbuild suites packages file
	read -r name series flavour compiler package console command <<<"$1"
	read -ra suites <<<"$(suites_of "$series")"

	readarray -t options < <(apt_options "$series-$flavour" "$name")
	depends=$(apt-cache "${options[@]}" show "linux-headers-$release=$version" |
		sed -n 's/^Depends: //p' | head -1)
	headers=$(grep -oE 'linux-headers-[^ ,]*-common' <<<"$depends") &&
		kbuild=$(grep -oE 'linux-kbuild-[^ ,]*' <<<"$depends") ||
		die "cannot tell what linux-headers-$release is built with: $depends"
	packages=("linux-headers-$release=$version" "$headers=$version")
	[ "$package" = - ] || packages+=("linux-image-$release" busybox-static)
	mkdir -p "$dir/debs"
	(cd "$dir/debs" && apt "fetching ${packages[*]} for $name (unpacked, not installed)" \
		"${options[@]}" download "${packages[@]}") ||
		cannot_have "$name" "its packages cannot be fetched (log: $twr_cache/apt.log)"
	for file in "$dir"/debs/*.deb; do
		dpkg -x "$file" "$foreign"
	done
	rm -r "$dir/debs"

	note "unpacking $compiler and $kbuild of Debian's ${suites[0]}"
	# shellcheck disable=SC2016 # for the hook's shell
	sources "${suites[@]}" | mmdebstrap --variant=extract --mode=root --verbose \
		--aptopt='APT::Sandbox::User "root"' \
		--include="$kbuild $compiler libc6-dev-$name-cross $pkgs_cross" \
		--extract-hook='ln -s gawk "$1/usr/bin/awk"' \
		"${suites[0]}" "$root" - >"$log" 2>&1 8>&- &
	follow $! "$log" '^(Get:|I:)' "steps done" || {
		grep '^E:' "$log" >&2 || :
		cannot_have "$name" "its compiler cannot be fetched (log: $log)"
	}
	mkdir -p "$root/proc" "$root/dev" "$root/mnt" "$root/usr/src"
	mv "$foreign"/usr/src/linux-headers-* "$root/usr/src"
	# Debian's headers ask these, to tell the compiler's name.
	printf '%s\n' "DEB_BUILD_ARCH=$(dpkg --print-architecture)" "DEB_HOST_ARCH=$name" \
		"DEB_HOST_GNU_TYPE=${compiler#gcc-}" >"$dir/cross"
	# Older ones were of a package that has a newer version since.
	find "$twr_cache" -maxdepth 1 -name "$name-[0-9]*" -mmin +1440 -exec rm -rf {} +
	[ "$package" != - ] || return 0

	for file in "$foreign/boot/vmlinuz-$release" "$foreign/usr/lib/modules/$release/vmlinuz"; do
		[ ! -e "$file" ] || ln "$file" "$dir/vmlinuz"
	done
	[ -e "$dir/vmlinuz" ] || die "no kernel in Debian's package of $release"
	# The newer ones have it in /usr.
	for file in lib bin; do
		[ -e "$foreign/$file" ] || ln -s "usr/$file" "$foreign/$file"
	done
	ln -s foreign/lib "$dir/lib"
	depmod -b "$foreign" "$release"
	foreign_init | make_initrd "$foreign" "$release" "$foreign/bin/busybox" "$dir" \
		virtio_pci 9pnet_virtio 9p
	echo "$console $command" >"$dir/qemu"
}

# foreign_init: the lines with which an initramfs goes on, where the programs of the host
# are of no use. The guest has those of busybox, and a folder that the host's root is
# mounted on.
foreign_init()
{
	cat <<-'END'
	/bin/busybox --install -s /bin
	busybox mkdir -p /host /lib/modules /proc /run /sys /tmp
	busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 root /host
	TWR_HOST=/host exec sh "/host$TWR_INIT"
	END
}

# make_i386_initrd FOLDER: the initramfs of the kernel i686, which has no modules
make_i386_initrd()
{
	local dir=$1 options

	readarray -t options < <(apt_options 6.1-686-pae i386)
	mkdir -p "$dir/deb" "$dir/foreign" "$dir/lib/modules"
	(cd "$dir/deb" && apt "fetching busybox-static for i386 (unpacked, not installed)" \
		"${options[@]}" download busybox-static) || exit
	dpkg -x "$dir"/deb/*.deb "$dir/foreign"
	foreign_init | make_initrd "" "" "$dir/foreign/bin/busybox" "$dir"
	echo "ttyS0 qemu-system-i386 -cpu max" >"$dir/qemu"
	rm -r "$dir/deb" "$dir/foreign"
}

foreign_dir()
{
	local line name series flavour package found release version suites key file=initrd
	line=$(foreign_line "$1") || die "$1 is not listed in scripts/guests/architectures"
	read -r name series flavour _ package _ <<<"$line"

	[ "$package" != - ] || { package='' file=cross; }
	# shellcheck disable=SC2086 # lists of words
	need $pkgs_foreign $package
	suites=$(suites_of "$series")
	# shellcheck disable=SC2086 # a list of words
	found=$(newest "$series-$flavour" "$series" "$name" "$flavour" $suites)
	read -r release version <<<"$found"
	# Made anew where what makes it has changed.
	key=$({ echo "$line $pkgs_cross"; declare -f make_foreign foreign_init make_initrd; } | hash)
	in_cache "$name-$release-$version-$key" "$file" \
		make_foreign "$line" "$release" "$version"
}

# make_replay COMPILER ROOT FOLDER
make_replay()
{
	local compiler=$1 root=$2 dir=$3 log=$3/build.log

	note "building replay with $compiler"
	cp "$twr_tree"/scripts/tests/replay/{Makefile,*.[ch]} "$dir"
	in_root "$root" "$dir" "${kmake[@]}" -C /mnt CC="$compiler" LDFLAGS=-static \
		"-j$(nproc)" replay </dev/null >"$log" 2>&1 8>&- || {
		cat "$log" >&2
		die "replay does not build"
	}
	find "$twr_cache" -maxdepth 1 -name 'replay-*' -mmin +1440 -exec rm -rf {} +
}

# foreign_replay NAME: the trace player for that architecture
foreign_replay()
{
	local folder compiler key dir

	folder=$(foreign_dir "$1")
	compiler=$(sed -n 's/^DEB_HOST_GNU_TYPE=//p' "$folder/cross")-gcc
	key=$({ cat "$twr_tree"/scripts/tests/replay/{Makefile,*.[ch]}; echo "$folder"; } | hash)
	dir=$(in_cache "replay-$1-$key" replay make_replay "$compiler" "$folder/root")
	echo "$dir/replay"
}
