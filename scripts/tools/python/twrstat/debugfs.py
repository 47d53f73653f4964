# SPDX-License-Identifier: GPL-2.0
#
# debugfs: reads the module's files in debugfs, or says why it cannot

import os

from common.failure import Failure
from common.module import DEBUGFS_MOUNT


def read_debugfs(files, path, what, missing):
    """The text of a file in debugfs. Raises Failure with the reason if there is none."""
    try:
        with files.open(path) as file:
            return file.read()
    except PermissionError:
        if os.geteuid() == 0:
            raise Failure("%s: not permitted, not even to root" % what)
        raise Failure("%s: for root only; try sudo" % what)
    except FileNotFoundError:
        mounts = files.read_text("/proc/mounts") or ""
        if not any(line.split()[2:3] == ["debugfs"] for line in mounts.splitlines()):
            raise Failure("debugfs is not mounted: mount -t debugfs none " + DEBUGFS_MOUNT)
        raise Failure(missing)
    except OSError as err:
        raise Failure("%s: %s" % (what, err.strerror))
