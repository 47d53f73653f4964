#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# judge.sh - the rule by which the demo judges a capture
#
# Does not run in a guest. Each case is a capture in a short form of tcpdump's: the
# time, the sender (c or s) with the client's port, flags, sequence and acknowledgement
# number, TSval.

set -eu

# judge WHAT WANTED: judge the capture on standard input
judge() {
	got=$(awk '{
		client = "192.0.2.1." substr($2, 2)
		server = "192.0.2.80.80"
		from = $2 ~ /^c/ ? client : server
		to = $2 ~ /^c/ ? server : client
		printf "%s IP %s > %s: Flags [%s], seq %s, ack %s, win 9, ", $1, from, to, $3, $4, $5
		printf "options [nop,nop,TS val %s ecr 0], length 0\n", $6
	}' | awk -f "${0%/*}/../../demo-judge.awk")
	[ "$got" = "$2" ] || {
		echo "judge.sh: $1: '$got', not '$2'" >&2
		exit 1
	}
}

# The server closes first, the client's ACK and FIN leave stamps of 5000 and 5001.
closed="1.0 c1000 S 100 0 4990
1.0 s1000 S. 200 101 1
1.0 c1000 . 1 1 4990
1.1 s1000 F. 1 1 2
1.1 c1000 . 1 2 5000
1.1 c1000 F. 1 2 5001
1.1 s1000 . 2 2 3"

judge "an older SYN, a newer one" "3 1" <<END
$closed
1.2 c1001 S 100 0 4000
1.2 c1002 S 100 0 6000
END
judge "the SYN of a pending request comes again" "3 0" <<END
$closed
1.2 c1001 S 100 0 6000
1.2 c1001 S 100 0 6000
END
judge "a rejected SYN comes again" "3 2" <<END
$closed
1.2 c1001 S 100 0 4000
2.2 c1001 S 100 0 4000
END
judge "a port is used again" "2 1" <<END
$closed
9.0 c1000 S 300 0 4000
END
judge "what was rejected leaves no stamp" "3 1" <<END
$closed
1.2 c1001 S 100 0 4000
1.2 s1001 S. 200 101 1
30.9 s1001 F. 1 1 2
30.9 c1001 F. 1 2 5002
30.9 s1001 . 2 2 3
30.9 c1002 S 100 0 5000
END
judge "a client that closes first leaves no stamp" "2 0" <<END
1.0 c1000 S 100 0 4990
1.0 s1000 S. 200 101 1
1.1 c1000 F. 1 1 5000
1.1 s1000 F. 1 2 2
1.1 c1000 . 2 2 5001
1.2 c1001 S 100 0 4000
END
