# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests of the programs that users install or run: twrstat, twr-report, twr-pcap, the
# packages, the demo.

test_twrstat-files()
{
	"$twr_tree/scripts/tests/host/twrstat-files.py"
}

test_report-files()
{
	"$twr_tree/scripts/tests/host/report-files.py"
}

# Records known traffic, makes the page and has a browser show it. The page and the
# pictures are kept in the cache.
test_report()
{
	local kept=$twr_cache/report

	mkdir -p "$kept"
	plays uml report --timeout 900 >"$TWR_RUN/report" ||
		{ cat "$TWR_RUN/report"; return 1; }
	awk -v "folder=$kept" '/^== / { file = folder "/" $2; printf "" >file; next }
		file { print >file }' "$TWR_RUN/report"
	"$twr_tree/scripts/tools/twr-report" -o "$kept/page.html" "$kept/recording"
	"$twr_tree/scripts/tests/host/report.py" "$kept/page.html" "$kept/counters" "$kept"
}

test_judge()
{
	"$twr_tree/scripts/tests/host/judge.sh"
}

test_scripts()
{
	make -s -C "$twr_tree/scripts/tests/replay" >&2
	"$twr_tree/scripts/tests/host/scripts.sh" "$twr_tree/scripts/tests/replay/replay"
}

test_setup()
{
	"$twr_tree/scripts/tests/host/setup.sh" "$setup"
}

# What peers seem, for 52,000 that are known. The table is in Documentation/questions.rst.
test_label()
{
	make -s -C "$twr_tree/scripts/tests/clocks" OUT="$TWR_RUN" >&2
	"$TWR_RUN/label" 52000
}

# twr-pcap as users build it, and once more with the sanitizers.
test_pcap()
{
	local pcap=$twr_tree/scripts/tools/pcap

	make -s -C "$pcap" >&2
	play_captures "$pcap/twr-pcap"
}

# The same with the sanitizers of addresses and of undefined behaviour.
test_pcap-sanitized()
{
	mkdir -p "$TWR_RUN/sanitized"
	make -s -C "$twr_tree/scripts/tools/pcap" OUT="$TWR_RUN/sanitized" \
		FLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all" >&2
	play_captures "$TWR_RUN/sanitized/twr-pcap"
}

# play_captures TWR-PCAP: the captures with known answers; the last line has the result
play_captures()
{
	local errors=$TWR_RUN/${FUNCNAME[1]}-errors test

	for test in pcap-loop pcap; do
		"$twr_tree/scripts/tests/host/$test.py" "$1" 2>"$errors" ||
			{ cat "$errors"; return 1; }
	done
}

test_demo()
{
	"$twr_tree/scripts/tests/host/demo.sh"
}

# The module installed on a machine, in the four supported ways.
test_install()
{
	"$twr_tree/scripts/tests/host/package.sh" install
}

test_dkms()
{
	"$twr_tree/scripts/tests/host/package.sh" dkms
}

test_deb()
{
	"$twr_tree/scripts/tests/host/package.sh" deb
}

test_rpm()
{
	"$twr_tree/scripts/tests/host/package.sh" rpm
}

test_dkms-kernels()
{
	"$twr_tree/scripts/tests/host/dkms-kernels.sh"
}

test_fleet-rules()
{
	"$twr_tree/scripts/tests/host/fleet-rules.py" "$("$setup" fleet)"
}

test_fleet()
{
	in_guest uml fleet "$("$setup" fleet)"
}
