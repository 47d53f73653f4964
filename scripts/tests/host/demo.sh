#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh - the demo has the results that it must have
#
# Does not run in a guest: the demo starts guests itself. The demo fails by itself if
# the module and the capture differ.

set -eu
TWR_RESULTS=$(mktemp)
export TWR_RESULTS
env -u TWR_CONTAINED "${0%/*}/../../demo" || exit 1

# must NAME RELATION NUMBER
must()
{
	local value

	value=$(sed -n "s/^$1=//p" "$TWR_RESULTS")
	test "$value" "$2" "$3" || {
		echo "demo.sh: $1 is '$value', must be $2 $3" >&2
		exit 1
	}
}

for scene in 1 2 3; do
	must scene${scene}_failed_requests -eq 0
done
must scene1_syns -ge 40
must scene1_rejected -eq 0
# The server closes first each time.
must scene1_stamps -ge 40

# The SYNs of the clock that is ahead are never older, those of the other one always.
must scene2_syns -ge 40
must scene2_rejected_old -eq 0
must scene2_rejected_young -ge 18

# Half of 100, at random: three standard deviations are 15.
must scene3_syns -ge 100
must scene3_rejected -ge 25
must scene3_rejected -le 75

rm "$TWR_RESULTS"
