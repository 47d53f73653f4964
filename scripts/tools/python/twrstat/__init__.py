# SPDX-License-Identifier: GPL-2.0
#
# twrstat: prints what the module has counted, and other reasons for a SYN without an answer
