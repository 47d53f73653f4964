# SPDX-License-Identifier: GPL-2.0
#
# module: the name of the kernel module, and the places of its files

NAME = "tw_recycle_sim"
VERSION = "0.1"         # as in module/main.c

SYSFS = "/sys/kernel/" + NAME
PARAMETERS = "/sys/module/%s/parameters" % NAME
VERSION_FILE = "/sys/module/%s/version" % NAME

DEBUGFS_MOUNT = "/sys/kernel/debug"
DEBUGFS = DEBUGFS_MOUNT + "/" + NAME
