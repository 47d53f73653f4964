-- SPDX-License-Identifier: GPL-2.0
--
-- For wrk: each thread asks an address of the server's of its own, so that there
-- are ports enough for no connection to have those of another; in the end a line
-- for load-one.sh: requests, microseconds, and what failed, by kind.

local threads = 0

function setup(thread)
	threads = threads + 1
	thread.addr = wrk.lookup("192.0.2." .. threads, "80")[1]
end

function done(summary)
	local failed = summary.errors

	print(string.format("asked %d %d connect=%d read=%d write=%d status=%d timeout=%d",
		summary.requests, summary.duration, failed.connect, failed.read,
		failed.write, failed.status, failed.timeout))
end
