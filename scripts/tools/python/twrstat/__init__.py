# SPDX-License-Identifier: GPL-2.0
#
# twrstat: prints what the module has counted, and why else a SYN gets no answer
