#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# fleet-systemd.sh - systemd starts the service of scripts/tools/fleet by its timer. The
# service writes the counters, although its unit takes many rights away.
#
# systemd runs as the first process of a PID namespace, with as few units as it allows.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

scripts=${0%/*}/../..
unit=tw-recycle-sim-metrics
folder=/var/lib/prometheus/node-exporter
file=$folder/tw_recycle_sim.prom

# systemd clears /tmp when it starts.
mkdir -p /run/twr /run/systemd/system
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /srv
mkdir -p $folder /srv/textfile
# Another user may own the folder, as on Debian.
chown 100:100 $folder
mount -t cgroup2 cgroup2 /sys/fs/cgroup
"$scripts/tools/pack" twrstat /run/twr/twrstat
for kind in service timer; do
	sed 's|/usr/sbin/twrstat|/run/twr/twrstat|' "$scripts/tools/fleet/$unit.$kind" \
		>/run/systemd/system/$unit.$kind
done

load
python3 -c "$connections" 1 1
is "untimed" 1 "$(count syns_rejected_untimed)"

env container=other unshare --pid --fork --kill-child --mount-proc /lib/systemd/systemd \
	--system --unit=$unit.timer --log-target=journal --show-status=no \
	</dev/null &
systemd=$!

same_as() {
	"/run/twr/twrstat" --prometheus --offenders 5 | grep -v "$1" >/run/twr/wanted
	cmp "$2" /run/twr/wanted || fail "$2 is not what is counted"
}

# There is no bus in the guest, but systemd reloads its units on SIGHUP.
reload() {
	kill -HUP "$(pgrep -P $systemd)"
}

newer() {
	[ "$(stat -c %i $file)" != "$inode" ]
}

await test -e $file
same_as offender $file
is "rights of the file" 644 "$(stat -c %a $file)"
inode=$(stat -c %i $file)
await newer

# Another folder, and offenders, as Documentation/fleet.rst describes.
mkdir /run/systemd/system/$unit.service.d
sed -n '/^    \[Unit\]/,/^$/s/^    //p' "$scripts/../Documentation/fleet.rst" |
	sed 's|/usr/sbin/twrstat|/run/twr/twrstat|' >/run/systemd/system/$unit.service.d/own.conf
reload
await test -e /srv/textfile/tw_recycle_sim.prom
grep -q '^tw_recycle_sim_offender_syns_rejected_total{' /srv/textfile/tw_recycle_sim.prom ||
	fail "no offenders: $(cat /srv/textfile/tw_recycle_sim.prom)"
same_as nothing /srv/textfile/tw_recycle_sim.prom

# The journal has the error, and no line for each run.
journal() {
	journalctl -q -o cat -D /run/log/journal -u $unit.service
}
told() {
	journal >/run/twr/journal
	grep -q '^twrstat: /srv/textfile/tw_recycle_sim.prom: ' /run/twr/journal
}
mount -o remount,ro /srv
await told
! grep -E '^(Starting|Finished)' /run/twr/journal || fail "the journal has each run"

mount -o remount,rw /srv

# Not root, but a user of the group that may read the counters, as
# Documentation/fleet.rst describes. The user is one that each machine has.
unload
load mode=0440 gid="$(id -g daemon)"
chown daemon:daemon $folder
rm $file
awk -v RS= '/User=prometheus/' "$scripts/../Documentation/fleet.rst" |
	sed 's/^    //; s/prometheus$/daemon/' >/run/systemd/system/$unit.service.d/own.conf
grep -q '^User=daemon$' /run/systemd/system/$unit.service.d/own.conf ||
	fail "no User= on the page"
reload
await test -e $file
is "owner of the file" daemon "$(stat -c %U $file)"
same_as offender $file

# Nobody but root may read the counters any more: the service reports it, and the old
# file stays.
unload
load
inode=$(stat -c %i $file)
denied() {
	journal >/run/twr/journal
	grep -q "^twrstat: the module's counters: for root only" /run/twr/journal
}
await denied
newer && fail "a file of what cannot be read"

kill -9 $systemd
unload
umount /srv /var/lib
echo "systemd $(systemctl --version | awk '{ print $2; exit }') started it by the timer, as root and as a user of the group"
