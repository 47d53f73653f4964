# SPDX-License-Identifier: GPL-2.0
#
# twr-report: draws the clocks behind each address as one HTML page
