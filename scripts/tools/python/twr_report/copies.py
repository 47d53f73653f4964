# SPDX-License-Identifier: GPL-2.0
#
# copies: finds events that were read before, from another recording
#
# Users give a trace and the trace.dat of the same minutes, or a file twice. Two recorders give
# an event times that differ a little, and other digits. So an event is a copy if another
# recording has one with the same fields at nearly the same time. Within one recording an event
# is never a copy: the network can bring the same SYN twice.

import array

# In seconds. A client waits longer before it sends a SYN again.
NEAR = 0.1
# If time goes back by this, several recordings are in one file.
BACK = 0.5


class Copies:
    def __init__(self):
        # All events that were no copies, by a hash of their fields.
        self.keys = array.array("q")
        self.times = array.array("d")
        # Those of earlier recordings: a time, or a tuple of times.
        self.known = {}
        self.indexed = 0
        # Which of them this recording has repeated: a key and a place among its times.
        self.taken = set()
        self.latest = float("-inf")
        self.begin_file()

    def begin_file(self):
        self.copies = 0         # in this file
        self.new = 0
        self.elsewhen = 0       # events that an earlier recording has at quite another time
        self.begin_recording()

    def begin_recording(self):
        for i in range(self.indexed, len(self.keys)):
            key, when = self.keys[i], self.times[i]
            others = self.known.get(key)
            if others is None:
                self.known[key] = when
            elif isinstance(others, tuple):
                self.known[key] = (*others, when)
            else:
                self.known[key] = others, when
        self.indexed = len(self.keys)
        self.taken.clear()
        self.latest = float("-inf")

    def is_copy(self, when, fields):
        if when < self.latest - BACK:
            self.begin_recording()
        self.latest = max(self.latest, when)
        key = hash(fields)
        times = self.known.get(key)
        if times is not None:
            times = times if isinstance(times, tuple) else (times,)
            near = [(abs(other - when), i) for i, other in enumerate(times)
                    if abs(other - when) <= NEAR and (key, i) not in self.taken]
            if near:
                self.taken.add((key, min(near)[1]))
                self.copies += 1
                return True
            self.elsewhen += 1
        self.new += 1
        self.keys.append(key)
        self.times.append(when)
        return False
