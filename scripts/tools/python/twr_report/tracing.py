# SPDX-License-Identifier: GPL-2.0
#
# tracing: records the tracepoints of the module now, in a tracing buffer of its own

import errno
import os
import signal
import time

from common.failure import Failure
from common.module import NAME, SYSFS
from twr_report.clock import Watch
from twr_report.recording import EVENTS


class Instance:
    """A tracing buffer of its own, so that the tracing of other users does not change."""

    KB = 4096           # for each processor

    def __init__(self):
        self.path = None

    def __enter__(self):
        folders = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
        try:
            found = [folder for folder in folders
                     if os.path.isdir(folder + "/instances")]
        except OSError:
            found = []
        if os.geteuid() != 0:
            raise Failure("--record is for root only; try sudo")
        if not os.path.isdir(SYSFS):
            raise Failure("the module is not loaded: modprobe " + NAME)
        if not found:
            raise Failure("no tracefs: mount -t tracefs tracefs /sys/kernel/tracing")
        if not os.path.isdir(found[0] + "/events/" + NAME):
            raise Failure("the module has no tracepoints: this kernel has no tracing")
        path = "%s/instances/twr-report-%d" % (found[0], os.getpid())
        try:
            os.mkdir(path)
            self.path = path
            self.write("buffer_size_kb", str(self.KB))
            # This clock is the same on all processors.
            self.write("trace_clock", "mono")
            for event in EVENTS:
                self.write("events/%s/%s/enable" % (NAME, event), "1")
            self.pipe = os.open(path + "/trace_pipe", os.O_RDONLY | os.O_NONBLOCK)
        except OSError as err:
            self.__exit__()
            raise Failure("%s: %s" % (err.filename or path, err.strerror))
        except BaseException:
            self.__exit__()
            raise
        self.pending = b""
        return self

    def write(self, name, text):
        with open(self.path + "/" + name, "w") as file:
            file.write(text)

    def __exit__(self, *_):
        if getattr(self, "pipe", None) is not None:
            os.close(self.pipe)
            self.pipe = None
        if self.path is not None:
            path, self.path = self.path, None
            os.rmdir(path)

    def stop(self):
        try:
            # A reader makes the module judge the retries that are due, and tell of them.
            with open(SYSFS + "/counters", encoding="ascii") as file:
                file.read()
        except OSError:
            pass
        for event in EVENTS:
            try:
                self.write("events/%s/%s/enable" % (NAME, event), "0")
            except FileNotFoundError:
                # The module was unloaded meanwhile.
                pass

    def read_lines(self):
        """What the buffer has received since the last call."""
        while True:
            try:
                text = os.read(self.pipe, 1 << 16)
            except OSError as err:
                if err.errno in (errno.EAGAIN, errno.EINTR):
                    return
                raise
            if not text:
                return
            *lines, self.pending = (self.pending + text).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace") + "\n"


class Ended(Exception):
    """A signal ends the program, which removes its tracing buffer first."""


def record_now(seconds, save, recording):
    """Records for that time or until Ctrl-C, and copies the text to the file save."""
    ended = []

    def end(number, _):
        if number != signal.SIGINT:
            raise Ended(number)
        ended.append(number)

    def copied(lines):
        for line in lines:
            if file is not None:
                file.write(line)
            yield line

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    file = None
    try:
        with Instance() as instance:
            if save is not None:
                file = open(save, "w", encoding="utf-8")
            until = time.monotonic() + seconds
            watch = Watch()
            while not ended and time.monotonic() < until:
                # Before the events: the first mark tells the time of day of all of them.
                mark = watch.find_change()
                recording.read(copied([mark.line()] if mark else []))
                recording.read(copied(instance.read_lines()))
                if file is not None:
                    # If the program is killed, the recording is of use all the same.
                    file.flush()
                time.sleep(max(min(until - time.monotonic(), 0.2), 0))
            instance.stop()
            recording.read(copied(instance.read_lines()))
        if file is not None:
            file.close()
    except OSError as err:
        raise Failure("%s: %s" % (err.filename or "tracing", err.strerror))
    except Ended as err:
        signal.signal(err.args[0], signal.SIG_DFL)
        os.kill(os.getpid(), err.args[0])
    signal.signal(signal.SIGINT, signal.default_int_handler)
