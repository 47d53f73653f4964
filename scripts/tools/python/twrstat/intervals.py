# SPDX-License-Identifier: GPL-2.0
#
# intervals: waits for the end of each interval, by a clock that cannot be set

import time


def wait_intervals(seconds, count):
    end = time.monotonic()
    n = 0
    while count is None or n < count:
        n += 1
        # A process that was stopped, or got no processor, does not catch up with very short
        # intervals: their rates would mean nothing.
        now = time.monotonic()
        end = now + seconds if now > end + seconds / 2 else end + seconds
        time.sleep(max(end - now, 0))
        yield n


def begin_and_wait(seconds, count):
    """As wait_intervals(), with one more turn at the start. It is the only one if seconds is
    None."""
    yield 0
    if seconds is not None:
        yield from wait_intervals(seconds, None if count is None else count - 1)
