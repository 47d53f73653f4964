#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# scripts.sh REPLAY - what replay says to scripts that cannot be played
#
# Not for a guest: each is turned down before anything is played, by line and cause.

set -eu

replay=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# turned_down WHAT: the script on standard input, because of WHAT in its last line
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

# after WORDS LINE WHAT: LINE, where a conn with WORDS came before
after() {
	turned_down "$3" <<-END
		$conn $1
		$2
	END
}

# line LINE WHAT: LINE, where nothing came before
line() {
	turned_down "$2" <<-END
		# the first line
		$1
	END
}

line "fly" "'fly' is no step (conn, client, dial, wait, set, seg, app, listen, unlisten, accept)"
line "wait" "wait wants one number of seconds"
line "wait 1 2" "wait wants one number of seconds"
line "wait -1" "wait: '-1' is no number of seconds"
line "set /proc/x" "set wants a file and a value"

line "conn" "the peer is missing"
line "conn 198.51.100.1 ts=1" "'198.51.100.1' is no ADDRESS:PORT"
line "conn [2001:db8::1:4000 ts=1" "'[2001:db8::1' lacks its ']'"
line "conn 198.51.100.1:4000" "ts= is missing"
line "conn 198.51.100.1:4000 ts=ff" "ts: 'ff' is no number from 0 to 4294967295"
line "$conn seq=4294967296" "seq: '4294967296' is no number from 0 to 4294967295"
line "$conn close=fly" "close: 'fly' is not known"
line "$conn syn=fly" "syn: 'fly' is not known"
line "$conn delay=" "delay: '' is no number of seconds"
line "$conn to=2001:db8::1" "to: '2001:db8::1' is no address of the peer's family"
line "$conn opt=mss" "opt: 'mss' is not known"
line "$conn opt=two" "opt: two, secr and win want a number after a ':', raw and tfo none"
line "$conn opt=tfo:1" "opt: two, secr and win want a number after a ':', raw and tfo none"
line "$conn opt=win:65536" "opt=win: '65536' is no number from 0 to 65535"
line "$conn id=x" "id: only what is left open, queued or half can be played on"
line "$conn close=open id=" "'id=' is not known here, or stands here twice"
line "$conn close=open id=x id=y" "'id=y' is not known here, or stands here twice"
line "dial 198.51.100.1:4000 ts=1 delay=1" "'delay=1' is not known here, or stands here twice"
line "dial 198.51.100.1:4000 ts=1 close=open" "close: dial knows server and client"
line "client 198.51.100.1:4000 ts=1 close=open" "close: a client has none"

line "seg" "the connection is missing"
line "seg x A" "no conn before this line has id=x"
after "close=open id=x" "seg y A" "no conn before this line has id=y"
after "close=open id=x" "seg x" "seg wants a connection and flags"
after "close=open id=x" "seg x AU" "'AU' are no flags (of S F R P A E C)"
after "close=open id=x" "seg x A keeps" "'keeps' is no NAME=VALUE"
after "close=open id=x" "seg x A win=1" "'win=' is not known here"
after "close=open id=x" "seg x A data=1401" "data: '1401' is no number from 0 to 1400"
after "close=open id=x" "seg x A seq=+-1" "seq: '+-1' is no number, with a sign or without"
after "close=open id=x" "seg x A ack=2147483648" \
	"ack: '2147483648' is no number, with a sign or without"
after "close=open id=x" "app x" "app wants a connection and one deed"
after "close=open id=x" "app x close now" "app wants a connection and one deed"
after "close=open id=x" "app x fly" "app: 'fly' is not known"
after "close=open id=x" "app x close=1" "app: close wants no number"
after "close=open id=x" "app x linger" "app: linger wants =NUMBER"
after "close=open id=x" "app x write=-1" "app: write=-1 is negative"
after "close=queued id=x" "accept" "the connection is missing"
after "close=queued id=x" "accept x y" "accept wants one connection"

line "listen" "the port is missing"
line "listen 0 1" "port 0 is none to listen on"
line "listen 90" "listen wants PORT BACKLOG [dual]"
line "listen 90 1 both" "listen wants PORT BACKLOG [dual]"
line "listen 80 1" "the program listens on port 80 already"
line "unlisten 90" "the program does not listen on port 90"

echo "$count scripts turned down"
