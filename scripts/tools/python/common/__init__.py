# SPDX-License-Identifier: GPL-2.0
#
# common: what twrstat and twr-report share
