# SPDX-License-Identifier: GPL-2.0
#
# format: numbers, rates and durations as text, for a terminal and for a page


def format_rate(value):
    """A rate in six characters or less; - if it is not known."""
    if value is None:
        return "-"
    if value >= 999999.5:
        return "%.4gM" % (value / 1e6)
    if value >= 100 or value == int(value):
        return "%.0f" % value
    if value >= 1:
        return "%.1f" % value
    return "%.2g" % value if value >= 0.001 else "<0.001"


def format_duration(seconds):
    """For a column: 1.5s, 90s, 20m; - if it is not known."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return "%.3gs" % seconds
    for size, unit, limit in ((1, "s", 120), (60, "m", 7200), (3600, "h", 172800)):
        if seconds < limit:
            return "%d%s" % (seconds // size, unit)
    return "%dd" % (seconds // 86400)


def spell_duration(seconds):
    """For a sentence: 1.5 s, 90 s, 20 min 0 s."""
    if seconds < 120:
        return "%.4g s" % seconds if seconds < 10 else "%.0f s" % seconds
    if seconds < 7200:
        return "%d min %d s" % divmod(round(seconds), 60)
    return "%d h %d min" % divmod(round(seconds / 60), 60)


def group_digits(value):
    """With a thin space between thousands."""
    return format(value, ",").replace(",", "\u202f")


def count_things(value, one, many=None):
    """A number and its noun."""
    return "%s %s" % (group_digits(value), one if value == 1 else many or one + "s")
