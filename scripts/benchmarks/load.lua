-- SPDX-License-Identifier: GPL-2.0
--
-- A script for wrk. Each thread uses another address of the server, so that there are
-- enough ports for each connection to have its own. At the end it prints a line for
-- load-guest: requests, microseconds, and failures by kind.

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
