# SPDX-License-Identifier: GPL-2.0
#
# files: reads small files below a root folder, and replaces a file as a whole

import os
import tempfile

from common.failure import Failure


class Files:
    """The files of this machine or, in tests, of a folder with the same layout."""

    def __init__(self, root=""):
        self.root = root.rstrip("/")

    def open(self, path):
        return open(self.root + path, encoding="utf-8", errors="replace")

    def read_text(self, path):
        """None if there is no such file, or if it may not be read."""
        try:
            with self.open(path) as file:
                return file.read()
        except OSError:
            return None

    def read_number(self, path):
        text = self.read_text(path)
        try:
            return int(text)
        except (TypeError, ValueError):
            return None

    def read_numbers(self, folder):
        """The files in a folder that hold one number each."""
        found = {}
        for name in self.list_names(folder):
            value = self.read_number(folder + "/" + name)
            if value is not None:
                found[name] = value
        return found

    def list_names(self, path):
        try:
            return sorted(os.listdir(self.root + path))
        except OSError:
            return []

    def find_inode(self, path):
        try:
            return os.stat(self.root + path).st_ino
        except OSError:
            return None


def mode_of_new_files():
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def write_whole(path, data, mode):
    """A reader finds the old file or the new one. After an error the old one stays."""
    new = None
    try:
        # The name must not end in .prom, because the node exporter reads such files.
        fd, new = tempfile.mkstemp(".new", ".twr-", os.path.dirname(path) or ".")
        with open(fd, "wb") as file:
            os.fchmod(fd, mode)
            file.write(data)
        os.rename(new, path)
        new = None
    except OSError as err:
        raise Failure("%s: %s" % (path, err.strerror))
    finally:
        if new:
            os.unlink(new)
