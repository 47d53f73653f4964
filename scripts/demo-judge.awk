# SPDX-License-Identifier: GPL-2.0
#
# Reads a capture as `tcpdump -nn -tt` prints it, and applies the rule of 3.17 to 4.11
# to it, as far as short connections to one server need it. Prints the number of bare
# SYNs and how many of them would have been rejected. It shares no code with the module,
# so that each can be checked against the other. The simulated kernel has no state of a
# rejected connection: it judges each retransmission of the SYN again, and the close
# leaves no stamp.

# older(a, b): how far the 32-bit timestamp b is behind a
function older(a, b,	d)
{
	d = a - b
	if (d >= 2147483648)
		d -= 4294967296
	else if (d < -2147483648)
		d += 4294967296
	return d
}

# acked(): the relative acknowledgement number of the segment
function acked()
{
	return match($0, / ack [0-9]+/) ? substr($0, RSTART + 5, RLENGTH - 5) + 0 : -1
}

# ends(): the relative sequence number after the segment's FIN
function ends(	seq)
{
	match($0, /seq [0-9:]+/)
	split(substr($0, RSTART + 4, RLENGTH - 4), seq, ":")
	return (2 in seq ? seq[2] : seq[1]) + 1
}

$2 == "IP" || $2 == "IP6" {
	second = int($1)
	from = $3
	to = $5
	sub(/:$/, "", to)
	flags = $7
	sub(/,$/, "", flags)
	has_ts = match($0, /TS val [0-9]+/)
	tsval = has_ts ? substr($0, RSTART + 7, RLENGTH - 7) + 0 : 0
	peer = from
	sub(/\.[0-9]+$/, "", peer)

	if (flags ~ /S/ && flags !~ /[.FR]/) {
		syns++
		conn = from " " to
		match($0, /seq [0-9]+/)
		isn = substr($0, RSTART + 4, RLENGTH - 4)
		# A retransmission: the request is still pending.
		if (open[conn] == isn && !(conn in away))
			next
		open[conn] = isn
		delete away[conn]
		delete server_fin[conn]
		delete client_fin[conn]
		if ((peer in stamp) && second - when[peer] < 60 &&
		    (!has_ts || older(stamp[peer], tsval) > 1)) {
			rejected++
			away[conn] = 1
		}
		next
	}

	# The server's FIN. The server closes first, unless its FIN acknowledges the
	# client's.
	conn = to " " from
	if (conn in open) {
		if (flags ~ /F/ && !((conn in client_fin) && acked() >= client_fin[conn]))
			server_fin[conn] = ends()
		next
	}

	conn = from " " to
	if (!(conn in open) || conn in away)
		next
	if (flags ~ /F/)
		client_fin[conn] = ends()
	# The client's ACK of the server's FIN, or its own FIN after it, leaves a stamp.
	if ((conn in server_fin) && acked() >= server_fin[conn] && has_ts &&
	    (!(peer in stamp) || older(stamp[peer], tsval) <= 0 ||
	     second - when[peer] > 60)) {
		stamp[peer] = tsval
		when[peer] = second
	}
}

END {
	print syns + 0, rejected + 0
}
