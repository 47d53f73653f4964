#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# scripts.sh REPLAY - the messages of replay about scripts that it cannot play
#
# Does not run in a guest: replay refuses each script before it plays anything, and
# names the line and the cause.

set -eu

replay=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# turned_down WHAT: replay refuses the script on standard input, for WHAT in its last
# line
turned_down() {
	cat >"$work/s.tw"
	lines=$(wc -l <"$work/s.tw")
	rc=0
	"$replay" --no-module "$work/s.tw" >"$work/said" 2>&1 || rc=$?
	wanted="replay: $work/s.tw:$lines: $1"
	[ $rc = 2 ] && [ "$(cat "$work/said")" = "$wanted" ] || {
		echo "scripts.sh: status $rc, '$(cat "$work/said")', not '$wanted'" >&2
		exit 1
	}
	count=$((count + 1))
}

conn="conn 198.51.100.1:4000 ts=1"

# after WORDS LINE WHAT: replay refuses LINE, which follows a conn with WORDS
after() {
	turned_down "$3" <<-END
		$conn $1
		$2
	END
}

# line LINE WHAT: replay refuses LINE, before which there is nothing
line() {
	turned_down "$2" <<-END
		# the first line
		$1
	END
}

line "fly" "'fly' is unknown (conn, client, dial, wait, set, seg, app, listen, unlisten, accept, host, ask)"
line "wait" "wait needs one number of seconds"
line "wait 1 2" "wait needs one number of seconds"
line "wait -1" "wait: '-1' is not a number of seconds"
line "set /proc/x" "set needs a file and a value"

line "conn" "the peer is missing"
line "conn 198.51.100.1 ts=1" "'198.51.100.1' is not ADDRESS:PORT"
line "conn [2001:db8::1:4000 ts=1" "'[2001:db8::1' has no ']'"
line "conn 198.51.100.1:4000" "ts= is missing"
line "conn 198.51.100.1:4000 ts=ff" "ts: 'ff' is not a number from 0 to 4294967295"
line "$conn seq=4294967296" "seq: '4294967296' is not a number from 0 to 4294967295"
line "$conn close=fly" "close: 'fly' is unknown"
line "$conn syn=fly" "syn: 'fly' is unknown"
line "$conn delay=" "delay: '' is not a number of seconds"
line "$conn to=2001:db8::1" "to: '2001:db8::1' is not an address of the peer's family"
line "$conn opt=mss" "opt: 'mss' is unknown"
line "$conn opt=two" "opt: two, secr and win need a number after a ':', raw and tfo do not"
line "$conn opt=tfo:1" "opt: two, secr and win need a number after a ':', raw and tfo do not"
line "$conn opt=win:65536" "opt=win: '65536' is not a number from 0 to 65535"
line "$conn id=x" "id: only with close=open, close=queued or close=half"
line "$conn close=open id=" "'id=' is unknown here, or given twice"
line "$conn close=open id=x id=y" "'id=y' is unknown here, or given twice"
line "dial 198.51.100.1:4000 ts=1 delay=1" "'delay=1' is unknown here, or given twice"
line "dial 198.51.100.1:4000 ts=1 close=open" "close: a dial has server or client"
line "client 198.51.100.1:4000 ts=1 close=open" "close: not for a client"

line "seg" "the connection is missing"
line "seg x A" "no conn before this line has id=x"
after "close=open id=x" "seg y A" "no conn before this line has id=y"
after "close=open id=x" "seg x" "seg needs a connection and flags"
after "close=open id=x" "seg x AU" "'AU' are not flags (of S F R P A E C)"
after "close=open id=x" "seg x A keeps" "'keeps' is not NAME=VALUE"
after "close=open id=x" "seg x A win=1" "'win=' is unknown here"
after "close=open id=x" "seg x A data=1401" "data: '1401' is not a number from 0 to 1400"
after "close=open id=x" "seg x A seq=+-1" "seq: '+-1' is not a number with or without a sign"
after "close=open id=x" "seg x A ack=2147483648" \
	"ack: '2147483648' is not a number with or without a sign"
after "close=open id=x" "app x" "app needs a connection and one action"
after "close=open id=x" "app x close now" "app needs a connection and one action"
after "close=open id=x" "app x fly" "app: 'fly' is unknown"
after "close=open id=x" "app x close=1" "app: close has no number"
after "close=open id=x" "app x linger" "app: linger needs =NUMBER"
after "close=open id=x" "app x write=-1" "app: write=-1 is negative"
after "close=queued id=x" "accept" "the connection is missing"
after "close=queued id=x" "accept x y" "accept needs one connection"

line "listen" "the port is missing"
line "listen 0 1" "cannot listen on port 0"
line "listen 90" "listen needs PORT BACKLOG [dual]"
line "listen 90 1 both" "listen needs PORT BACKLOG [dual]"
line "listen 80 1" "the program listens on port 80 already"
line "unlisten 90" "the program does not listen on port 90"

host="host h0 198.51.100.1 1 1000"

# behind_host LINE WHAT: replay refuses LINE, which follows a host
behind_host() {
	turned_down "$2" <<-END
		$host
		$1
	END
}

line "host h0 198.51.100.1 1" "host needs NAME ADDRESS BASE RATE"
line "host h0 198.51.100 1 1000" "'198.51.100' is not an address"
line "host h0 198.51.100.1 1 0" "RATE: '0' is not a number of ticks a second"
line "ask h0 1 close=server hold=1" "there is no host 'h0' before this line"
behind_host "$host" "there is a host 'h0' already"
behind_host "ask h0" "ask needs NAME AT close=server|client hold=SECONDS"
behind_host "ask h0 1 hold=1" "ask needs NAME AT close=server|client hold=SECONDS"
behind_host "ask h0 1 close=rst hold=1" "close: 'rst' is unknown"
behind_host "ask h0 1 close=client hold=1 hold=2" "'hold=2' is unknown here, or given twice"
behind_host "wait 1" "a script has either host and ask, or the other lines"

echo "$count scripts refused"
