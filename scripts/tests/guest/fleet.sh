#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# fleet.sh MODULE TOOLS - one server of a fleet and its monitoring, in one guest
#
# The module counts SYNs, twrstat writes the counters, the node exporter serves them.
# Prometheus scrapes them, evaluates the rules and answers the queries of the dashboard.
# TOOLS has Debian's programs, unpacked.
#
# The rules are those of scripts/tools/fleet, with shorter waits.

tools=$2/usr/bin
# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

scripts=${0%/*}/../..
text=/tmp/textfile
file=$text/tw_recycle_sim.prom
mkdir $text /tmp/prometheus

"$tools/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory=$text --web.listen-address=127.0.0.1:9100 \
	2>/tmp/node-exporter.log &
exporter=$!

# The waits of the alerts and the maximal age of the file are shorter.
sed 's/^\( *for: \).*/\1 2s/; s/> 120$/> 4/' "$scripts/tools/fleet/rules.yml" >/tmp/rules.yml
is "number of rules that were shortened" 8 \
	"$(diff "$scripts/tools/fleet/rules.yml" /tmp/rules.yml | grep -c '^>')"
cat >/tmp/prometheus.yml <<-'END'
	global: {scrape_interval: 1s, evaluation_interval: 1s}
	rule_files: [/tmp/rules.yml]
	scrape_configs:
	  - job_name: node
	    static_configs: [{targets: ['127.0.0.1:9100']}]
END
"$tools/prometheus" --config.file=/tmp/prometheus.yml --storage.tsdb.path=/tmp/prometheus \
	--web.listen-address=127.0.0.1:9090 2>/tmp/prometheus.log &
server=$!

# As in the DaemonSet: no capability, namespaces of its own, a read-only /sys of its
# own. Only the host can show the offenders.
contained() {
	unshare --net --mount sh -euc '
		umount -R /sys
		mount -t sysfs -o ro sysfs /sys
		exec setpriv --bounding-set -all --inh-caps -all --no-new-privs "$@"' - "$@"
}

in_blue="ip netns exec blue"
ip netns add blue
ip -netns blue link set lo up

# connect MODE: open a connection, without timestamps (0) or with timestamps (1)
connect() {
	$in_blue sysctl -qw net.ipv4.tcp_timestamps="$1"
	$in_blue python3 -c "$connections" 1
}

# traffic N M: connect until N SYNs were rejected as older, which half of the SYNs are,
# because each has an offset of its own; then until M were rejected without a timestamp
traffic() {
	until [ "$(count syns_rejected_older)" -ge "$1" ]; do
		connect 1
	done
	until [ "$(count syns_rejected_untimed)" -ge "$2" ]; do
		connect 0
	done
	$in_blue bash -c ': </dev/tcp/127.0.0.1/9' 2>/dev/null || :
}

check() {
	"$scripts/tests/guest/fleet.py" "$@" || {
		tail -n 5 /tmp/prometheus.log /tmp/node-exporter.log >&2
		fail "fleet.py $*"
	}
}

# Before the module is loaded.
"$scripts/tools/twrstat" --prometheus --output $file -i 0.5 --offenders 5 &
writer=$!
check unloaded

load
traffic 3 2
check counters
traffic 7 4
check counters
check queries "$scripts/tools/fleet/dashboard.json"
check firing TwRecycleSimSynsRejected

# A container can read all counters but the offenders, which are in debugfs.
kill $writer
# A place that a process without capabilities can read.
"$scripts/tools/pack" twrstat /tmp/twrstat
contained /tmp/twrstat --prometheus --output /tmp/contained.prom
"$scripts/tools/twrstat" --prometheus >/tmp/here.prom
cmp /tmp/contained.prom /tmp/here.prom || fail "a container does not see the same"
[ "$(grep -c '^tw_' /tmp/here.prom)" -ge 30 ] || fail "counters are missing: $(cat /tmp/here.prom)"
! contained /tmp/twrstat --prometheus --offenders 5 2>/tmp/err ||
	fail "a container sees debugfs"
grep -q "debugfs is not mounted" /tmp/err || fail "offenders in a container: $(cat /tmp/err)"

# Nothing writes the file any more.
check firing TwRecycleSimMetricsStale
rm $file
check firing TwRecycleSimMetricsMissing

# Unloaded, and loaded again: the counters start from 0.
"$scripts/tools/twrstat" --prometheus --output $file -i 0.5 --offenders 5 &
writer=$!
check counters
unload
check unloaded
check firing TwRecycleSimNotLoaded
load
traffic 2 1
check counters
check reset

kill $writer $server $exporter
ip netns del blue
unload
cat /tmp/said
