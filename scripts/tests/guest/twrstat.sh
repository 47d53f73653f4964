#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# twrstat.sh - twrstat shows what the module and the kernel count, on known traffic
#
# Connections over loopback in a network namespace of its own. The server closes first,
# so that the next SYN of the same host is compared with a stamp; one without a time
# stamp would be rejected. Then SYNs that the running kernel does not answer, for other
# reasons.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

# Another user may have no right to read the source, so the program is copied.
twrstat=/tmp/twrstat
"${0%/*}/../../tools/pack" twrstat $twrstat
out=/tmp/out err=/tmp/err

# has LINE: twrstat printed this line, whatever its indentation
has() {
	sed 's/^ *//' $out | grep -qxF -- "$1" || fail "no line '$1' in: $(cat $out)"
}

# lines_at_least N: at least N lines are printed by now
lines_at_least() {
	[ "$(wc -l <$out)" -ge "$1" ]
}

# shows ARGUMENT...: twrstat succeeds and prints no error
shows() {
	"$twrstat" "$@" >$out 2>$err || fail "twrstat $*: status $?, $(cat $err)"
	[ ! -s $err ] || fail "twrstat $* said $(cat $err)"
}

# refuses WORDS COMMAND...: COMMAND prints one line with WORDS, and its status is 1
refuses() {
	words=$1
	shift
	rc=0
	"$@" >$out 2>$err || rc=$?
	is "status of $*" 1 $rc
	is "number of lines on stderr of $*" 1 "$(wc -l <$err)"
	grep -qF -- "$words" $err || fail "$* does not say '$words' but: $(cat $err)"
	[ ! -s $out ] || fail "$* printed $(cat $out)"
}

# column NAME LINE: a value of the table of rates
column() {
	awk -v "name=$1" -v "line=$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) place = i }
		NR == line + 1 { print $place }' $out
}

# rates_of NAME: the number and the rate of each complete line
rates_of() {
	head -n "$(wc -l <$out)" $out | awk -v "name=$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) place = i; next }
		{ print NR - 1, $place }'
}

has_rate() {
	rates_of "$1" | awk '$2 > 0 { found = 1 } END { exit !found }'
}

has_reset() {
	grep -q '(reset)$' $out
}

uptime() {
	cut -d ' ' -f 1 /proc/uptime
}

# is_rate WHAT N RATE: RATE fits N events. The interval was at least half of what
# twrstat was told, and no longer than the time since $begin. On a busy machine it may
# be long.
is_rate() {
	awk -v "n=$2" -v "rate=$3" -v "seconds=$interval" -v "begin=$begin" \
		-v "end=$(uptime)" 'BEGIN {
			exit !(rate >= n / (end - begin) - 0.05 && rate <= 2 * n / seconds + 0.05)
		}' || fail "the rate of $1 is $3, for $2 since $begin: $(cat $out)"
}

# while_stopped COMMAND...: run COMMAND while the process $reader is stopped
while_stopped() {
	kill -STOP "$reader"
	await is_stopped "$reader"
	"$@"
	kill -CONT "$reader"
}

is_stopped() {
	grep -q '^State:.T' "/proc/$1/status"
}

# connect N M: open N connections that leave a stamp, and M without a timestamp
connect() {
	$in_blue sysctl -qw net.ipv4.tcp_timestamps=2
	$in_blue python3 -c "$connections" "$1" "$2"
}

in_blue="ip netns exec blue"
ip netns add blue
ip -netns blue link set lo up

# Without the module.
refuses "modprobe tw_recycle_sim" "$twrstat"
refuses "not loaded" "$twrstat" --json
shows --why
grep -q "What no counter here tells" $out || fail "--why without a module: $(cat $out)"
shows --version
is "its version" "twrstat $(modinfo -F version "$ko")" "$(cat $out)"

# The counters, each with its words.
load
connect 5 3
$in_blue bash -c ': </dev/tcp/127.0.0.1/9' 2>/dev/null || :
adds_up "$sys"
shows
has "TcpTwRecycle (simulated, era 4.11, all network namespaces):"
has "9 SYNs came to this machine"
has "8 SYNs would have been held against the cache of timestamps"
has "3 passive connections would have been rejected because of time stamp"
has "3 because they had none, and their peer had had one"
has "1 because nobody listens there"
has "$(count stamps_recorded) timestamps of closed connections recorded"
has "1 peers in the cache"
# A module with delays has lines about them too. On a slow machine a stamp can be refused, and
# a SYN can come again.
is "number of lines" 9 \
	"$(grep -cvE 'client would have got in|sent again|its retries|refused|came again|not known|time wait now|there would be' $out)"

# JSON: the number of every file, read with another JSON reader, both those of the file
# counters and those of the single files.
shows --json
python3 - "$sys" $out <<-'END' || fail "JSON: $(cat $out)"
	import json, os, sys
	sys_dir, out = sys.argv[1:]
	with open(out) as file:
	    text = file.read()
	assert text.count("\n") == 1, "more than a line"
	found = json.loads(text)
	numbers = dict(found["counters"])
	for group in "exempt", "delays", "timewait", "lost":
	    numbers.update((group + "/" + name, value)
	                   for name, value in found.get(group, {}).items())
	files = {}
	for folder, _, names in os.walk(sys_dir):
	    for name in names:
	        if name not in ("era", "reset", "counters"):
	            path = os.path.join(folder, name)
	            with open(path) as file:
	                files[os.path.relpath(path, sys_dir)] = int(file.read())
	# These change with time.
	def lasting(values):
	    return {name: value for name, value in values.items() if name not in
	            ("timewait/buckets", "timewait/simulated") and
	            (name == "delays/0" or not name.startswith("delays/"))}
	assert set(numbers) == set(files), (numbers, files)
	assert lasting(numbers) == lasting(files), (numbers, files)
	with open(sys_dir + "/counters") as file:
	    one = {name: int(value) for name, value in map(str.split, file)}
	assert set(one) == set(files) - {"peers", "timewait/buckets", "timewait/simulated"}, (
	    one, files)
	assert all(files[name] == value for name, value in lasting(one).items()), (one, files)
	assert {"timewait", "rejected"} <= set(found["lost"]), found["lost"]
	assert found["era"] == "4.11" and found["parameters"]["rows"] > 0
	assert found["counters"]["syns_seen"] == 9
END

# One namespace, by three names. Another namespace has seen nothing.
inode=$($in_blue stat -L -c %i /proc/self/ns/net)
for name in "$inode" blue /run/netns/blue; do
	shows --netns "$name"
	has "TcpTwRecycle (simulated, era 4.11, network namespace $inode):"
	has "9 SYNs came to this machine"
	has "1 peers in the cache"
done
shows --netns /proc/self/ns/net
has "0 SYNs came to this machine"
refuses "the module knows no network namespace 1" "$twrstat" --netns 1

# Not root, and without debugfs.
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
refuses "for root only" $nobody "$twrstat" --netns "$inode"
for how in "" --json --prometheus --top "-i 1"; do
	# shellcheck disable=SC2086 # none, one or two words
	refuses "mode=0440 gid=GROUP" $nobody "$twrstat" $how
done
$nobody "$twrstat" --why >$out
grep -q "its counters cannot be read: for root only" $out || fail "--why: $(cat $out)"
umount /sys/kernel/debug
refuses "mount -t debugfs" "$twrstat" --netns "$inode"
mount -t debugfs debugfs /sys/kernel/debug

# Rates: eleven SYNs in one interval, ten of them without a timestamp, none in the next
# interval, then a reset. The reader is stopped meanwhile, so that all SYNs come between
# two of its readings, however long they take.
interval=3
begin=$(uptime)
"$twrstat" -i $interval >$out 2>$err &
reader=$!
await lines_at_least 1
while_stopped connect 1 10
await has_rate seen
line=$(rates_of seen | awk '$2 > 0 { print $1; exit }')
await lines_at_least $((line + 2))
for pair in seen:11 checked:11 rejected:10 untimed:10; do
	name=${pair%:*}
	is "lines where $name is not 0" "$line" "$(rates_of "$name" | awk '$2 > 0 { print $1 }')"
	is_rate "$name" "${pair#*:}" "$(column "$name" "$line")"
done
is "older in that line" 0 "$(column older "$line")"
is "seen in the next" 0 "$(column seen $((line + 1)))"
reset_and_connect() {
	echo 1 >"$sys/reset"
	connect 1 1
}
while_stopped reset_and_connect
await has_reset
line=$(awk '/\(reset\)$/ { print NR - 1; exit }' $out)
for name in seen checked rejected untimed; do
	is "$name in the interval of the reset" - "$(column $name "$line")"
done
kill $reader
wait $reader || :
[ ! -s $err ] || fail "twrstat -i said $(cat $err)"

# A closed pipe, and a module that is unloaded.
"$twrstat" -i 0.2 2>$err | head -n 2 >$out
is "number of lines" 2 "$(wc -l <$out)"
[ ! -s $err ] || fail "with a closed pipe it said $(cat $err)"
"$twrstat" -i 0.2 >$out 2>$err &
reader=$!
await lines_at_least 2
unload
rc=0
wait $reader || rc=$?
is "status without the module" 1 $rc
is "number of lines on stderr" 1 "$(wc -l <$err)"

# Not root, but a member of the group.
load mode=0440 gid=65534
for how in "" --why --prometheus "-i 0.01 1"; do
	# shellcheck disable=SC2086 # none, one or more words
	shows $how
	# shellcheck disable=SC2086
	$nobody "$twrstat" $how >/tmp/theirs || fail "twrstat $how as one of the group"
	is "first line of $how" "$(head -n 1 $out)" "$(head -n 1 /tmp/theirs)"
done
unload

# A listener that never accepts, with room for one connection.
load
# kernel COUNTER: a counter of TcpExt in the namespace blue
kernel() {
	$in_blue awk -v "name=$1" '$1 == "TcpExt:" && !place {
			for (i = 2; i <= NF; i++) if ($i == name) place = i
			next
		}
		$1 == "TcpExt:" { print $place }' /proc/net/netstat
}
$in_blue python3 -c "import socket, time
listener = socket.socket()
listener.bind(('127.0.0.1', 81))
listener.listen(0)
clients = []
for _ in range(6):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(('127.0.0.1', 81))
    clients.append(client)
# On a busy machine a thread of its own deals with packets over lo, so wait.
def dropped():
    with open('/proc/net/netstat') as file:
        names, values = file.readline().split(), file.readline().split()
    return int(values[names.index('ListenOverflows')])
end = time.monotonic() + 120
while not dropped() and time.monotonic() < end:
    time.sleep(0.05)"
dropped=$(kernel ListenOverflows)
[ "$dropped" -gt 0 ] || fail "no listen queue was full"
$in_blue "$twrstat" --why >$out
has "$dropped dropped, the accept queue of a listener was full (TcpExtListenOverflows)"
grep -qF "net.core.somaxconn (now $(cat /proc/sys/net/core/somaxconn))" $out ||
	fail "the value of somaxconn is missing: $(cat $out)"
has "0 SYNs of $(count syns_seen) would have been rejected by tcp_tw_recycle, era 4.11"

# Three packets from an address without a route back, and the rate of such packets.
ip netns add red
ip link add blue netns red type veth peer name red netns blue
ip -netns red -batch - <<-END
	link set blue up
	link set lo up
	addr add 192.0.2.2/24 dev blue
	addr add 198.51.100.7/32 dev lo
END
ip -netns blue addr add 192.0.2.1/24 dev red
ip -netns blue link set red up
$in_blue sysctl -qw net.ipv4.conf.red.rp_filter=1
# Find the neighbour first: packets that wait for this could be lost.
ip netns exec red bash -c ': </dev/tcp/192.0.2.1/9' 2>$err || :
grep -q refused $err || fail "no way to blue: $(cat $err)"
spoof() {
	ip netns exec red python3 -c "import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(('198.51.100.7', 0))
    for _ in range($1):
        s.sendto(b'', ('192.0.2.1', 9))"
}
filtered() {
	[ "$(kernel IPReversePathFilter)" = "$1" ]
}
# A device in this namespace whose name would clear the screen.
evil=$(printf '\033[2J')
ip -netns blue link add "$evil" type veth peer name plain
$in_blue sysctl -qw "net/ipv4/conf/$evil/rp_filter=1"
spoof 3
await filtered 3
$in_blue "$twrstat" --why >$out
! grep -qF "$evil" $out || fail "a device's name clears the screen"
grep -qF ' \x1b[2J=1' $out || fail "a device is missing: $(cat $out)"
has "3 dropped by reverse-path filter (TcpExtIPReversePathFilter)"
grep -q "rp_filter is.* red=1" $out || fail "rp_filter is missing: $(cat $out)"
shows --why
! grep -q "TcpExtIPReversePathFilter" $out || fail "another namespace's: $(cat $out)"

# A SYN with an old timestamp for a connection in TIME-WAIT, as from behind a NAT that
# uses a port again. The running kernel answers with an ACK.
$in_blue sysctl -qw net.ipv4.tcp_timestamps=2
$in_blue env "PYTHONPATH=${0%/*}" python3 - <<-'END' || fail "no ACK from TIME-WAIT"
	import socket, struct, sys, time
	from wire import ones_sum
	listener = socket.create_server(("127.0.0.1", 82))
	client = socket.create_connection(("127.0.0.1", 82))
	port = client.getsockname()[1]
	server = listener.accept()[0]
	server.close()
	client.recv(1)
	client.close()
	# The kernel may handle the last FIN late. Wait for state 06 of this port.
	bucket = "0100007F:0052 0100007F:%04X 06 " % port
	end = time.monotonic() + 120
	while time.monotonic() < end:
	    with open("/proc/net/tcp") as file:
	        if bucket in file.read():
	            break
	    time.sleep(0.05)
	home = socket.inet_aton("127.0.0.1")
	options = struct.pack(">BBBBII", 1, 1, 8, 10, 1, 0)
	syn = struct.pack(">HHIIBBHHH", port, 82, 1000, 0, 8 << 4, 2, 32767, 0, 0) + options
	total = ones_sum(home + home + struct.pack(">HH", 6, len(syn)) + syn)
	syn = syn[:16] + struct.pack(">H", ~total & 0xffff) + syn[18:]
	wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
	wire.bind(("lo", 3))
	wire.settimeout(120)
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
	raw.sendto(struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 6, 0) + home + home + syn,
	           ("127.0.0.1", 0))
	while True:
	    packet = wire.recv(65536)
	    if packet[20:24] == struct.pack(">HH", 82, port):
	        sys.exit(packet[33] != 0x10)
END
$in_blue "$twrstat" --why >$out
grep -qE '^    1 rejected by timestamp, .* \(TcpExtPAWS(Estab|Timewait)\)$' $out ||
	fail "PAWS in TIME-WAIT is missing: $(cat $out)"

# The same as rates. What the first reading finds is printed after the first interval.
begin=$(uptime)
$in_blue "$twrstat" --why -i $interval >$out 2>$err &
reader=$!
await lines_at_least 1
spoof_and_await() {
	spoof 8
	await filtered 11
}
while_stopped spoof_and_await
has_filtered() {
	grep -q '/s dropped by reverse-path filter' $out
}
await has_filtered
is_rate "the reverse-path filter" 8 \
	"$(sed -n 's,^    \([0-9.]*\)/s dropped by reverse-path filter.*,\1,p' $out)"
kill $reader
wait $reader || :
[ ! -s $err ] || fail "twrstat --why -i said $(cat $err)"
! grep -q ListenOverflows $out || fail "what does not move is shown: $(cat $out)"

# The other causes that can be set off here, each by packets that meet it. This takes too long
# where the processor is emulated.
echo no >/tmp/causes
[ "$TWR_BACKEND" != uml ] ||
	ip netns exec red env "PYTHONPATH=${0%/*}" python3 "${0%/*}/why.py" "$twrstat" >/tmp/causes ||
	fail "a cause is not told"

unload
ip netns del red
ip netns del blue
echo "$dropped SYNs dropped by a full queue, 3 by the reverse-path filter, 1 by PAWS," \
	"$(cat /tmp/causes) other causes, all told"
