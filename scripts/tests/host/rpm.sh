# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # package.sh sources this: it sets and uses the same
#
# The test of `package.sh rpm`: builds the RPM packages in a small Debian and checks what
# is in them, also with Debian's rpmlint. Then Debian's rpm installs, upgrades and removes
# the packages there, so that their scripts run in the order of rpm. The dependencies of
# the packages are compared but not used: rpm in Debian has no list of what is installed.

# rpm_files PACKAGE: list its files, without the documentation
rpm_files()
{
	case $1 in
	dkms)	printf "/usr/src/$name-$version%s\n" '' /dkms.conf /module
		(cd "$twr_tree" && find Kbuild module/Kbuild module/*.mk module/*.[ch] ! -name '*.mod.c') |
			sed "s|^|/usr/src/$name-$version/|" ;;
	common)	cat <<-END
			/usr/lib/systemd/system/tw-recycle-sim-metrics.service
			/usr/lib/systemd/system/tw-recycle-sim-metrics.timer
			/usr/sbin/twr-report
			/usr/sbin/twrstat
			/usr/share/man/man8/twr-report.8
			/usr/share/man/man8/twrstat.8
		END
		;;
	tools)	cat <<-END
			/usr/sbin/twr-pcap
			/usr/share/man/man8/twr-pcap.8
		END
		;;
	esac | LC_ALL=C sort
}

# rpm_docs PACKAGE: list its documentation, relative to its folder
rpm_docs()
{
	case $1 in
	dkms)	echo ABI
		echo ABI/testing
		(cd "$twr_tree/Documentation" && find ABI/testing/* *.rst)
		echo README.md ;;
	common)	cat <<-END
			README.md
			capture.rst
			examples
			examples/daemonset.yaml
			examples/dashboard.json
			examples/rules.yml
			examples/rules_test.yml
			fleet.rst
			report.rst
		END
		;;
	esac | LC_ALL=C sort
}

# rpm_scripts FILE NAMES: the package has these scripts, and the shell can parse them
rpm_scripts()
{
	local tag names=''

	rm -f "$root"/tmp/script.*
	for tag in PRETRANS PREIN POSTIN PREUN POSTUN POSTTRANS; do
		inside rpm -qp --qf "%{$tag}\n" "$1" >"$root/tmp/script.$tag"
		if [ "$(cat "$root/tmp/script.$tag")" = "(none)" ]; then
			rm "$root/tmp/script.$tag"
			continue
		fi
		names+=" $tag"
		sh -n "$root/tmp/script.$tag" || fail "$tag of $1 is no shell script"
	done
	is "the scripts of $1" "$2" "${names# }"
}

# look_into PACKAGE FILE SCRIPTS: FILE has the files and the scripts of PACKAGE, and it
# can be unpacked
look_into()
{
	local docs=/usr/share/doc/$name-$1-$version files=$root/tmp/files

	inside rpm -qpl "$2" | LC_ALL=C sort >"$files"
	is "what $1 has" "$(rpm_files "$1")" "$(grep -v -e "^$docs" -e /.build-id "$files")"
	is "the documentation of $1" "$(rpm_docs "$1")" "$(sed -n "s|^$docs/||p" "$files")"
	inside sh -ec '
		mkdir -p "/tmp/unpacked/$1"
		cd "/tmp/unpacked/$1"
		rpm2cpio "$2" | cpio -idm --quiet' - "$1" "$2"
	is "what $1 unpacks to" "$(cat "$files")" \
		"$(cd "$root/tmp/unpacked/$1" && find . -printf '/%P\n' | grep -xFf "$files" |
			LC_ALL=C sort)"
	rpm_scripts "$2" "$3"
}

# as_for DEFINITION...: print the spec as rpm reads it where these macros are defined
as_for()
{
	local macro options=()

	for macro; do options+=(--define "$macro"); done
	inside rpmspec -P "${options[@]}" "/tmp/$name.spec"
}

# wants HEADERS DEFINITION...: with these macros the package for dkms requires these
# headers and no others
wants()
{
	local wanted=$1
	shift

	is "the headers where '$*'" "$wanted" "$(as_for "$@" |
		sed -n 's/^Requires: *\(.*kernel.*\)$/\1/p')"
}

# rpm_do ARGUMENT...: run rpm. Debian's rpm refuses to install without --force-debian.
rpm_do()
{
	inside rpm --force-debian --nodeps "$@" >&2
}

# as_another DIST DEFINITION...: build the binary packages from the source package, for a
# distribution that has these macros
as_another()
{
	local macro options=(--define "dist .$1" --define "_topdir /tmp/$1")
	shift

	for macro; do options+=(--define "$macro"); done
	inside rpmbuild --quiet --rebuild --nodeps "${options[@]}" "/$name-$version-1.src.rpm" >&2
}

test_rpm()
{
	local units="tw-recycle-sim-metrics.timer tw-recycle-sim-metrics.service" said

	debian rpm
	with_kernel
	inside make -s rpm >&2
	is "what is built" "$name-$version-1.src.rpm
$name-common-$version-1.noarch.rpm
$name-dkms-$version-1.noarch.rpm
$name-tools-$version-1.$(uname -m).rpm" "$(cd "$root" && printf '%s\n' *.rpm | LC_ALL=C sort)"
	inside sh -c "rpmlint --strict -c scripts/tests/host/rpmlint.toml /*.rpm" >&2

	look_into dkms "/$name-dkms-$version-1.noarch.rpm" "POSTIN PREUN"
	look_into common "/$name-common-$version-1.noarch.rpm" "POSTIN PREUN POSTUN"
	look_into tools "/$name-tools-$version-1.$(uname -m).rpm" ""

	# The parts of the spec for other distributions.
	inside sh -ec "cd /tmp && rpm2cpio /$name-$version-1.src.rpm | cpio -i --quiet '*.spec'"
	wants kernel-devel "fedora 42"
	wants kernel-devel "rhel 9"
	wants kernel-default-devel "suse_version 1600"
	wants "(kernel-default-devel if kernel-default else kernel-devel)" "dist .unknown"
	said=$(as_for "suse_version 1600" "service_add_pre() PRE %{*}" "service_add_post() POST %{*}" \
		"service_del_preun() PREUN %{*}" "service_del_postun_without_restart() POSTUN %{*}")
	is "what SUSE's macros are called with" "PRE $units
POST $units
PREUN $units
POSTUN $units" "$(grep -E '^(PRE|POST)(UN)? ' <<<"$said")"
	! grep "^%\(service\|systemd\)" <<<"$said" || fail "a macro is left as it is"
	# Fedora 42 has the programs of /usr/sbin in /usr/bin.
	as_another fc42 "fedora 42" "_sbindir /usr/bin" "systemd_post() : POST %{*}" \
		"systemd_preun() : PREUN %{*}" "systemd_postun() : POSTUN %{*}"
	is "what is in /usr/bin" "/usr/bin/twr-pcap /usr/bin/twr-report /usr/bin/twrstat" \
		"$(inside sh -c "rpm -qpl /tmp/fc42/RPMS/*/*.rpm | grep ^/usr/s*bin/" | sort | xargs)"
	is "what systemd's macros are called with" ": POST $units : PREUN $units : POSTUN $units" \
		"$(inside sh -c "rpm -qp --qf '%{POSTIN}\n%{PREUN}\n%{POSTUN}\n' \
			/tmp/fc42/RPMS/noarch/$name-common-*.rpm" | xargs)"
	is "what is started in /usr/bin" "ExecStart=/usr/bin/twrstat" "$(inside sh -c "
		rpm2cpio /tmp/fc42/RPMS/noarch/$name-common-*.rpm |
			cpio -i --quiet --to-stdout '*.service'" | grep -o '^ExecStart=[^ ]*')"

	before=$(files)
	rpm_do -i "/$name-dkms-$version-1.noarch.rpm" "/$name-common-$version-1.noarch.rpm" \
		"/$name-tools-$version-1.$(uname -m).rpm"
	state "$installed"
	signed "$dkms_key" updates/dkms/tw_recycle_sim.ko
	loads updates/dkms/tw_recycle_sim.ko
	tells /usr/sbin
	runs /usr/sbin/twr-pcap
	fails "the RPM package $name-dkms is installed" inside make KDIR="$headers" dkms

	# Upgrades to another release of the same version and to another version, and then a
	# downgrade.
	rpm_do -U /tmp/fc42/RPMS/noarch/"$name-dkms-$version"-1.fc42.noarch.rpm
	is "what is installed" "$name-dkms-$version-1.fc42" \
		"$(inside rpm -q --qf '%{NVR}' "$name-dkms")"
	state "$installed"
	# The programs have the version too. The build fails if it differs.
	sed -i "/VERSION/s/\"$version\"/\"99.9\"/" "$root/mnt/module/main.c" \
		"$root/mnt/scripts/tools/python/common/module.py" \
		"$root/mnt/scripts/tools/pcap/options.c"
	inside make -s rpm >&2
	rpm_do -U "/$name-dkms-99.9-1.noarch.rpm"
	is "all that dkms has" "${installed/$version/99.9}" "$(inside dkms status)"
	is "the module's version" 99.9 \
		"$(modinfo -F version "$root/lib/modules/$release/updates/dkms/tw_recycle_sim.ko")"
	[ ! -e "$root/usr/src/$name-$version" ] || fail "the earlier source is still there"
	rm "$root"/*-99.9-1.*.rpm
	rpm_do -U --oldpackage "/$name-dkms-$version-1.noarch.rpm"
	is "all that dkms has" "$installed" "$(inside dkms status)"
	rpm_do -e "$name-dkms"
	is "all that dkms has" "" "$(inside dkms status)"
	tells /usr/sbin
	rpm_do -e "$name-tools" "$name-common"
	nothing_left

	# The headers come later. dkms runs this command when a kernel is installed or boots.
	mv "$root$headers" "$root/tmp"
	rpm_do -i "/$name-dkms-$version-1.noarch.rpm"
	state "$updates: added"
	mv "$root/tmp/build" "$root$headers"
	inside dkms autoinstall -k "$release" >&2
	state "$installed"
	rpm_do -e "$name-dkms"
	nothing_left
}
